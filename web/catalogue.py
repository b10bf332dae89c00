"""Which texts the pages can show: collected from the program's own files, for the catalogues and for the test of them.

`python -m web.catalogue` adds what is new to every catalogue, without a translation, and drops what is gone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from campaigns.refusals import REASONS
from compliance.jurisdictions import all_jurisdictions
from compliance.rule_rows import Remark
from dialer import reasons, standstill
from dialer.dispositions import DISPOSITIONS
from dialer.launch_check import TEXTS
from web.language import LANGUAGES, SOURCE_LANGUAGE, catalogue_path

ROOT = Path(__file__).resolve().parent.parent
# Where texts come from that people see: the pages, and the errors and labels of the packages below.
SOURCES = ("web", "accounts", "campaigns", "compliance", "dialer", "events", "leads", "foundation")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
# Beside gettext's own names: errors are shown to people as they are.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "say": None,
    "Invalid": None,
    "Conflict": None,
    "NotFound": None,
    "Forbidden": None,
    "Unavailable": None,
}


def texts() -> Iterator[str | tuple[str, str]]:
    """Every text, once; one with a plural comes as a pair."""
    seen: set[str | tuple[str, str]] = set()
    for text in (*_labels(), *_extracted()):
        if text and text not in seen:
            seen.add(text)
            yield text


def _labels() -> Iterator[str]:
    """What packages below keep in tables of their own."""
    yield from (disposition.label for disposition in DISPOSITIONS.values())
    for green, red, mend, _link in TEXTS.values():
        yield from (green, red, mend)
    yield from standstill.TEXTS.values()
    yield from (text for code, text in reasons.TEXTS.items() if code != "told")
    for reason in REASONS.values():
        yield from (reason.what, reason.mend)
    yield from rule_texts()


def rule_texts() -> Iterator[str]:
    """What jurisdictions say in our own words. The names of laws and of who reports them stay as they are."""
    for jurisdiction in all_jurisdictions().values():
        for rule in jurisdiction.rules:
            yield rule.note
            if isinstance(rule.terms, Remark):
                yield rule.terms.text
            if rule.basis == "product_default":
                yield rule.source


def _extracted() -> Iterator[str | tuple[str, str]]:
    for source in SOURCES:
        found = extract_from_dir(ROOT / source, METHODS, OPTIONS, KEYWORDS)
        for _file, _line, message, _comments, _context in found:
            yield (str(message[0]), str(message[1])) if isinstance(message, tuple) else message


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is on disk; an empty one where there is none."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def new_catalogue(language: str) -> Catalog:
    """An empty catalogue with a head that says no more than it knows, and is the same each time it is written."""
    return Catalog(
        locale=language,
        project="Halali",
        version="1",
        header_comment=f"# Halali in {LANGUAGES[language]}.",
        copyright_holder="the Halali maintainers",
        msgid_bugs_address="none",
        last_translator="the Halali maintainers",
        language_team="the Halali maintainers",
        creation_date=datetime(2026, 11, 1, tzinfo=UTC),
        revision_date=datetime(2026, 11, 1, tzinfo=UTC),
        fuzzy=False,
    )


def write_catalogue(language: str, catalogue: Catalog) -> None:
    """Write a catalogue, sorted, so that two versions are easy to compare."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, no_location=True, sort_output=True)


def main() -> None:
    """Bring every catalogue to the present texts."""
    wanted = sorted(texts(), key=str)
    for language in LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        before = read_catalogue(language)
        after = new_catalogue(language)
        for text in wanted:
            key = text if isinstance(text, str) else text[0]
            known = before.get(key)
            after.add(text, known.string if known is not None else "")
        write_catalogue(language, after)


if __name__ == "__main__":
    main()
