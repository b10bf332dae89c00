"""What the pages of the documentation tell people to type must exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli.main import app
from tests.architecture.source_tree import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")])
# In code, a command is `halali`, its words, and then what it is given.
TYPED = re.compile(r"(?:`|^|/)halali ((?:[a-z][a-z-]+ ?)+)", re.MULTILINE)


def resolve(words: list[str]) -> str:
    """The first word that is no command of its group; empty where the words lead to a command or a group."""
    at: Any = typer.main.get_command(app)
    for word in words:
        if not hasattr(at, "get_command"):
            return ""  # what the command is given
        found = at.get_command(at.make_context("halali", [], resilient_parsing=True), word)
        if found is None:
            return word
        at = found
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    unknown = {
        typed.group(0).strip("`/\n") for typed in TYPED.finditer(page.read_text()) if resolve(typed.group(1).split())
    }
    assert not unknown, f"{page.name} tells people to type {', '.join(sorted(unknown))}"


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert resolve(["campaign", "pause"]) == ""
    assert resolve(["campaign", "explode"]) == "explode"
