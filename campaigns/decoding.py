"""Bytes of an uploaded file to lines of text: which encoding, and whether it is a list at all. Reads as a stream.

A text with characters that could not be read has U+FFFD in their place; what to make of such cells is left to others.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from foundation.errors import Invalid
from foundation.marking import N_

MAX_BYTES = 512 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_LINE_CHARACTERS = 4 * 1024 * 1024
UNREADABLE = "�"
MIXED = "utf-8, windows-1252"

_NOT_LISTS: tuple[tuple[bytes, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0",
        N_(
            "This is an old Excel or Office file, or one with a password. Open it in your spreadsheet program, choose "
            "“Save as” and the format CSV, and upload that file."
        ),
    ),
    (b"%PDF", N_("This is a PDF. Ask for the list as a CSV file.")),
    (
        b"{\\rtf",
        N_(
            "This is a formatted text document. Open it in your spreadsheet program, choose “Save as” and the format "
            "CSV, and upload that file."
        ),
    ),
    (b"\x89PNG", N_("This is a picture. Upload the list as a CSV file.")),
    (b"\xff\xd8\xff", N_("This is a picture. Upload the list as a CSV file.")),
    (b"GIF8", N_("This is a picture. Upload the list as a CSV file.")),
    (b"\x1f\x8b", N_("This file is compressed. Unpack it and upload the CSV file.")),
    (b"7z\xbc\xaf\x27\x1c", N_("This file is compressed. Unpack it and upload the CSV file.")),
    (b"Rar!", N_("This file is compressed. Unpack it and upload the CSV file.")),
    (b"SQLite format 3", N_("This is a database. Export the list as a CSV file.")),
)
# Signs that a text does not have: control characters but for tabs and line ends.
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\f\v\r")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg")
_CHUNK = 1 << 20
_LONG_LINE = 16 * 1024


@dataclass(frozen=True)
class Encoding:
    """How a file is written: `name` for people, `codec` for Python; MIXED decides line by line.

    `is_plain`: no quotation mark, no long line, and fewer lines than a list may have rows, so that nothing can be
    wrong with its form.
    """

    name: str
    codec: str
    size: int
    is_plain: bool = False


def find_encoding(file: BinaryIO) -> Encoding:
    """How a file is written: by its mark, else UTF-8, else Windows-1252, which is what Excel writes here.

    Raises:
        Invalid: the content is empty, too large, or no text; the message says what to do.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise Invalid(
            "The file has more than %(megabytes)s MB. Split it and upload the parts.", megabytes=MAX_BYTES >> 20
        )
    file.seek(0)
    start = file.read(4000)
    _refuse_other_kinds(start)
    file.seek(0)
    codec = _marked(start)
    if codec in {"", "utf-8-sig"}:
        return _look_through(file, size, marked=bool(codec))
    if codec == "utf-16" and not start[2:].strip(b"\0 \r\n"):
        raise Invalid("The file is empty. Upload a CSV file with one contact per line.")
    return Encoding("utf-16", codec, size)


def read_lines(file: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """The lines of a file, each ended by a line feed but perhaps the last, whatever ends them in the file.

    Raises:
        Invalid: a line is enormous, or the text turns out to be none.
    """
    file.seek(0)
    codec = "latin-1" if encoding.name == MIXED else encoding.codec
    text = io.TextIOWrapper(file, codec, errors="replace", newline=None)
    strange = seen = 0
    try:
        while line := text.readline(MAX_LINE_CHARACTERS):
            if len(line) == MAX_LINE_CHARACTERS:
                raise Invalid("The file has an enormous line. Upload a CSV file with one contact per line.")
            if encoding.name == MIXED:
                line = _decoded_by_itself(line.encode("latin-1"))
            if "\0" in line:
                line = line.replace("\0", UNREADABLE)
            if not line.isascii() and (bad := line.count(UNREADABLE)):
                strange += bad
            seen += len(line)
            if strange > 5 + max(seen, 2000) // 50:
                raise Invalid("This is not a text file. Upload the list as a CSV file.")
            yield line
    finally:
        if not file.closed:
            text.detach()  # or the file would be closed with it


def _refuse_other_kinds(start: bytes) -> None:
    for kind, what_to_do in _NOT_LISTS:
        if start.startswith(kind):
            raise Invalid(what_to_do)
    if start[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise Invalid("This is a web page or XML, not a list. Upload the list as a CSV file.")


def _marked(start: bytes) -> str:
    """The codec that a mark at the beginning names, or that zero bytes betray; empty where there is neither."""
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # UTF-16 without its mark: in western text every second byte is zero.
    if len(start) >= 4:
        if start[1::2].count(0) * 10 > len(start[1::2]) * 7:
            return "utf-16-le"
        if start[0::2].count(0) * 10 > len(start[0::2]) * 7:
            return "utf-16-be"
    return ""


def _look_through(file: BinaryIO, size: int, *, marked: bool) -> Encoding:
    """Read a file once: UTF-8, UTF-8 but for some lines, or Windows-1252."""
    proper = foreign = controls = content = lines = 0
    is_plain = True
    for chunk in _whole_lines(file):
        controls += len(chunk) - len(chunk.translate(None, _CONTROLS))
        content += len(chunk.strip())
        lines += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
        is_plain = is_plain and b'"' not in chunk and max(map(len, chunk.splitlines()), default=0) < _LONG_LINE
        if not chunk.isascii():
            good, bad = _lines_in_utf8(chunk)
            proper, foreign = proper + good, foreign + bad
    if content == 0 or (marked and size <= 3):
        raise Invalid("The file is empty. Upload a CSV file with one contact per line.")
    if controls > 5 + size // 50:
        raise Invalid("This is not a text file. Upload the list as a CSV file.")
    is_plain = is_plain and lines < MAX_ROWS
    if foreign == 0:
        return Encoding("utf-8", "utf-8-sig" if marked else "utf-8", size, is_plain)
    if proper > foreign or marked:
        return Encoding(MIXED, "latin-1", size, is_plain)
    return Encoding("windows-1252", "cp1252", size, is_plain)


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces of about a megabyte that end where a line ends, as far as lines are no longer than that."""
    rest = b""
    while chunk := file.read(_CHUNK):
        chunk = rest + chunk
        cut = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1 or (len(chunk) if len(chunk) > 4 * _CHUNK else 0)
        yield chunk[:cut]
        rest = chunk[cut:]
    yield rest


def _lines_in_utf8(chunk: bytes) -> tuple[int, int]:
    """How many lines with letters beyond ASCII are UTF-8, and how many are not."""
    lines = [line for line in chunk.splitlines() if not line.isascii()]
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError:
        return len(lines) - (bad := sum(not _is_utf8(line) for line in lines)), bad
    return len(lines), 0


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded_by_itself(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
