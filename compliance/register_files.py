"""Reads files of numbers that must not be called, line by line or tag by tag, however long they are.

TPS and CTPS: twelve characters a line, padded with spaces, with or without one inside. The registries of the United
States and Canada: `area,number` a line, or XML of `<ac val><ph val/>`. Anything else: one number a line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat  # nosec - entities and document types are refused below

from foundation.errors import Invalid
from foundation.marking import N_, Said
from foundation.phone_number import parse_phone_number

# Which register's numbers are written in which country's way.
COUNTRIES = {"tps": "GB", "ctps": "GB", "us_national": "US", "ca_dncl": "CA"}
_AREA_FIRST = frozenset({"us_national", "ca_dncl"})
_LONGEST_LINE = 400
_CHUNK = 64 * 1024
# What the parser stumbles over, by its number for it; the others come of what we refuse anyway.
_NOT_XML = {
    2: N_("something is not written as XML wants it"),
    3: N_("there is nothing in it"),
    4: N_("a character does not belong there"),
    5: N_("it breaks off in the middle"),
    6: N_("it breaks off in the middle"),
    7: N_("something is closed by another name than it was opened"),
    8: N_("an attribute is there twice"),
    9: N_("something follows after the end"),
    11: N_("it uses an entity that it does not explain"),
    14: N_("a character does not belong there"),
    17: N_("something stands before its beginning"),
    18: N_("its encoding is not known"),
    19: N_("it is in another encoding than it says"),
    20: N_("it breaks off in the middle"),
}
_OTHERWISE = N_("something is not written as XML wants it")
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Entry:
    """A number of the file in E.164. `is_removal`: the file says that it no longer stands in the register."""

    line: int
    phone_number: str
    is_removal: bool = False


@dataclass(frozen=True)
class Unreadable:
    """A line that holds no number, as it was found."""

    line: int
    found: str


def read_numbers(file: BinaryIO, register: str, country: str = "CH") -> Iterator[Entry | Unreadable]:
    """The numbers of a file, in its order. `register` is one of `COUNTRIES`, or empty for a plain list.

    Raises:
        Invalid: the file is no text, is zipped, or is XML of a kind that could do harm.
    """
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"PK":
        raise Invalid("This file is zipped. Unpack it and hand in what is inside.")
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in start:
        raise Invalid("This file is not plain text. Save it as UTF-8 or ASCII.")
    if start.removeprefix(_UTF8_MARK).lstrip()[:1] == b"<":
        yield from _xml_numbers(file, COUNTRIES.get(register, country))
        return
    for number, line in _lines(file):
        if line.strip():
            yield _read_line(number, line, register, country)


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    number = 0
    while raw := file.readline(_LONGEST_LINE):
        number += 1
        if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
            raise Invalid("Line %(line)s is too long to hold a number.", line=number)
        # Numbers are ASCII; whatever else stands there is shown as far as it can be.
        yield number, raw.removeprefix(_UTF8_MARK).decode("utf-8", "replace")


def _read_line(number: int, line: str, register: str, country: str) -> Entry | Unreadable:
    cells = [cell.strip().strip('"') for cell in line.strip().split(",")]
    is_removal = False
    if register in _AREA_FIRST:
        if len(cells) > 2:  # a list of changes: area, number, A or D
            is_removal = cells[2].upper().startswith("D")
            if cells[2][:1].upper() not in {"A", "D"}:
                return Unreadable(number, line.strip()[:40])
        text = "".join(cells[:2])
        well_formed = text.isascii() and text.isdigit() and len(text) == 10
    else:
        text = cells[0]
        well_formed = bool(text) and not any(sign.isalpha() for sign in text)
    found = parse_phone_number(text, COUNTRIES.get(register, country)) if well_formed else None
    # Registers hold numbers that are not in use any more; written rightly, they are numbers all the same.
    e164 = found.e164 if found else _as_written(text, register) if well_formed else ""
    return Entry(number, e164, is_removal) if e164 else Unreadable(number, line.strip()[:40])


def _as_written(text: str, register: str) -> str:
    digits = "".join(sign for sign in text if sign.isdigit())
    if register in _AREA_FIRST and len(digits) == 10:
        return f"+1{digits}"
    if COUNTRIES.get(register) == "GB" and digits.startswith("0") and 10 <= len(digits) <= 11:
        return f"+44{digits[1:]}"
    return ""


class _Harmful(Exception):
    """The XML declares a document type or an entity."""


def _xml_numbers(file: BinaryIO, country: str) -> Iterator[Entry | Unreadable]:
    """`<ac val="212"><ph val="5550199"/></ac>`, as it is read; nothing is kept but the area and a chunk's numbers."""
    parser = expat.ParserCreate()
    area = ""
    waiting: list[Entry | Unreadable] = []

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal area
        if tag == "ac":
            area = attributes.get("val", "").strip()
        elif tag == "ph":
            digits = area + attributes.get("val", "").strip()
            line = parser.CurrentLineNumber
            is_whole = digits.isascii() and digits.isdigit() and len(digits) == 10
            waiting.append(Entry(line, f"+1{digits}") if is_whole else Unreadable(line, digits[:40]))

    def refuse(*declared: object) -> None:
        raise _Harmful

    if country not in {"US", "CA"}:
        raise Invalid("Only the registries of the United States and Canada come as XML.")
    parser.StartElementHandler = on_start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from waiting
            waiting.clear()
        parser.Parse(b"", True)
    except _Harmful as error:
        raise Invalid("This XML declares a document type or entities; such files are not read.") from error
    except expat.ExpatError as error:
        raise Invalid(
            "This is not well-formed XML: %(problem)s (line %(line)s).",
            problem=Said((_NOT_XML.get(error.code, _OTHERWISE), {})),
            line=error.lineno,
        ) from error
    yield from waiting
