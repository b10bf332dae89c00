"""The page of the sandbox speaks four languages: each of its texts is there in all of them, and none is left over."""

import json
import re
from pathlib import Path

FILES = Path(__file__).resolve().parents[3] / "sandbox" / "page" / "files"
SCRIPTS = ("page.js", "calls.js", "lines.js", "person.js", "network.js")
# The same in every language.
PLAIN = {"+41445550001, +4144668*", "0", "↑", "↓", "Enter", "A", "R", "T", "H"}


def translations() -> dict[str, list[str]]:
    """Each English text with its translations."""
    table = (FILES / "words.js").read_text(encoding="utf-8").partition("const TEXTS = ")[2].partition("};")[0]
    found: dict[str, list[str]] = json.loads(re.sub(r",\s*$", "", table) + "}")
    return found


def shown() -> set[str]:
    """All texts of the page and its scripts, in English."""
    html = (FILES / "index.html").read_text(encoding="utf-8")
    between = (text.strip() for text in re.findall(r">([^<]+)<", html))
    named = re.findall(r'(?:aria-label|placeholder)="([^"]+)"', html)
    said = (re.findall(r'\bsay\("([^"]+)"', (FILES / name).read_text(encoding="utf-8")) for name in SCRIPTS)
    return {text for text in (*between, *named) if text}.union(*said) - PLAIN


def test_every_text_is_there_in_every_language_and_none_is_left_over() -> None:
    known = translations()
    assert set(known) == shown()
    for text, several in known.items():
        assert len(several) == 3, text
        assert all(several), text


def test_translations_have_the_same_places_to_fill_in_and_are_written_as_in_switzerland() -> None:
    for text, several in translations().items():
        for one in several:
            assert sorted(re.findall(r"\{\w+\}", one)) == sorted(re.findall(r"\{\w+\}", text)), text
            assert not set(one) & set("ß—"), text
