"""The program's own modules, parsed one at a time, for the rules in this folder to look at."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

PROGRAM = (
    "foundation",
    "telephony",
    "compliance",
    "campaigns",
    "leads",
    "accounts",
    "events",
    "dialer",
    "webhooks",
    "web",
    "cli",
    "migrations",
)
BESIDE = ("sandbox", "benchmarks", "scripts")
TESTS = ("tests",)


@dataclass(frozen=True)
class Module:
    """One file of Python: its path from the root with forward slashes, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All of its syntax, walked once for all rules."""
        return tuple(ast.walk(self.tree))

    @property
    def line_count(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())


def parse(path: str, text: str) -> Module:
    """A module from text, as the rules want it."""
    return Module(path, text, ast.parse(text, path))


def modules_of(*folders: str) -> Iterator[Module]:
    """All modules below these folders of the root. A tree is a hundred times its text: do not hold them all."""
    for path in paths_of(*folders):
        yield parse(path, (ROOT / path).read_text(encoding="utf-8"))


def paths_of(*folders: str) -> list[str]:
    """The paths of all modules below these folders of the root."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path.relative_to(ROOT).as_posix() for path in paths]


def is_below(path: str, *folders: str) -> bool:
    """Whether a path lies in one of these folders."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
