"""Bytes of an uploaded file to text: which encoding, and whether it is a list at all. Pure.

A text with characters that could not be read has U+FFFD in their place; what to make of such cells is left to others.
"""

from dataclasses import dataclass

from foundation.errors import Invalid

MAX_BYTES = 20 * 1024 * 1024
UNREADABLE = "�"

_SAVE_AS_CSV = "Open it in your spreadsheet program, choose “Save as” and the format CSV, and upload that file."
_NOT_LISTS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", f"This is an Excel workbook or another packed file. {_SAVE_AS_CSV}"),
    (b"\xd0\xcf\x11\xe0", f"This is an old Excel or Office file. {_SAVE_AS_CSV}"),
    (b"%PDF", "This is a PDF. Ask for the list as a CSV file."),
    (b"{\\rtf", f"This is a formatted text document. {_SAVE_AS_CSV}"),
    (b"\x89PNG", "This is a picture. Upload the list as a CSV file."),
    (b"\xff\xd8\xff", "This is a picture. Upload the list as a CSV file."),
    (b"GIF8", "This is a picture. Upload the list as a CSV file."),
    (b"\x1f\x8b", "This file is compressed. Unpack it and upload the CSV file."),
    (b"SQLite format 3", "This is a database. Export the list as a CSV file."),
)
# Signs that a text does not have: control characters but for tabs and line ends, and what could not be read.
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\f\v"] + [UNREADABLE]
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg")


@dataclass(frozen=True)
class Decoded:
    """The text, its lines ended by line feeds. `unreadable` counts the characters that could not be read."""

    text: str
    encoding: str
    unreadable: int = 0


def decode(content: bytes) -> Decoded:
    """Read bytes as text: by its mark, as UTF-8, or as Windows-1252, which is what Excel writes here.

    Raises:
        Invalid: the content is empty, too large, or no text; the message says what to do.
    """
    if len(content) > MAX_BYTES:
        raise Invalid(f"The file has more than {MAX_BYTES // 1024 // 1024} MB. Split it and upload the parts.")
    _refuse_other_kinds(content)
    decoded = _decode_marked(content) or _decode_unmarked(content)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", UNREADABLE)
    if not text.strip():
        raise Invalid("The file is empty. Upload a CSV file with one contact per line.")
    controls = sum(map(text.count, _CONTROLS))
    if controls > 5 + len(text) // 50:
        raise Invalid("This is not a text file. Upload the list as a CSV file.")
    return Decoded(text, decoded.encoding, text.count(UNREADABLE))


def _refuse_other_kinds(content: bytes) -> None:
    for start, what_to_do in _NOT_LISTS:
        if content.startswith(start):
            raise Invalid(what_to_do)
    if content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise Invalid("This is a web page or XML, not a list. Upload the list as a CSV file.")


def _decode_marked(content: bytes) -> Decoded | None:
    if content.startswith(b"\xef\xbb\xbf"):
        return _decode_utf8(content[3:]) or Decoded(content[3:].decode("utf-8", "replace"), "utf-8")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Decoded(content.decode("utf-16", "replace"), "utf-16")
    # UTF-16 without its mark: in western text every second byte is zero.
    sample = content[:4000]
    if len(sample) >= 4:
        if sample[1::2].count(0) * 10 > len(sample[1::2]) * 7:
            return Decoded(content.decode("utf-16-le", "replace"), "utf-16")
        if sample[0::2].count(0) * 10 > len(sample[0::2]) * 7:
            return Decoded(content.decode("utf-16-be", "replace"), "utf-16")
    return None


def _decode_unmarked(content: bytes) -> Decoded:
    return _decode_utf8(content) or Decoded(content.decode("cp1252", "replace"), "windows-1252")


def _decode_utf8(content: bytes) -> Decoded | None:
    """As UTF-8; a file that is UTF-8 but for some lines keeps those readable; None when it is mostly something else."""
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    lines: list[str] = []
    proper = foreign = 0
    for line in content.splitlines(keepends=True):
        try:
            lines.append(line.decode("utf-8"))
            proper += not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", "replace"))
            foreign += 1
    return Decoded("".join(lines), "utf-8, windows-1252") if proper > foreign else None
