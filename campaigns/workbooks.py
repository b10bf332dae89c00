"""XLSX workbooks to rows. Looked through as a stream before anything unpacks them; read in a guarded process alone.

A reader in native code may abort on a hostile file, which no `except` catches: see `guarded_reader`.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from campaigns.decoding import UNREADABLE
from campaigns.reading import MAX_CELL_CHARACTERS, MAX_COLUMNS, Row
from campaigns.workbook_slices import slices_of
from foundation.errors import Invalid
from foundation.marking import N_

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MAX_MEMBERS = 2000
MAX_INFLATED_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
# What a reader lays out at once: rows up to the last filled one, times columns up to the last filled one.
MAX_CELLS = 12_000_000

_BROKEN = N_(
    "This Excel workbook is damaged. Open it in your spreadsheet program and save it again, or save the sheet as CSV "
    "and upload that file."
)
_CHUNK = 1 << 18
# References such as r="XFD1048576"; a chunk may end within one, so the next begins a little before its own start.
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})?(\d{1,7})"')
# Most sheets hold no reference beyond column Z or AZ and these rows, and so keep the limit. One look for what may be
# beyond takes a fifth of the time that it takes to read each reference.
_MAY_BE_BEYOND = (
    re.compile(rb'r="(?:[A-Z]{2}|[A-Z]?(?:4[6-9]\d{4}|[5-9]\d{5}|\d{7}))'),  # column 26, row 460,000
    re.compile(rb'r="(?:[A-Z]{3}|[B-Z][A-Z]|[A-Z]{0,2}(?:23\d{4}|2[4-9]\d{4}|[3-9]\d{5}|\d{7}))'),  # 52, 230,000
)
_OVERLAP = 32
_FORBIDDEN_XML = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins like this is packed, as XLSX workbooks are."""
    return start.startswith(b"PK\x03\x04")


def look_through(file: BinaryIO) -> None:
    """Read a workbook once as a stream, unpacking at most so much, before anything else may read it.

    Raises:
        Invalid: it is no XLSX workbook, has macros, is damaged, or unpacks to more than a list needs.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
            _refuse_other_kinds(names)
            sizes: list[int] = []
            for member in packed.infolist():
                sizes.append(0)
                _look_through_member(packed, member, sizes)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Invalid(_BROKEN) from error
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise Invalid(_BROKEN) from error


def _refuse_other_kinds(names: list[str]) -> None:
    if len(names) > MAX_MEMBERS:
        raise Invalid("This workbook has too many parts. Save the sheet as CSV and upload that file.")
    if "xl/workbook.bin" in names or any(name.endswith("vbaProject.bin") for name in names):
        raise Invalid(
            "This workbook has macros or is in Excel's binary format. Save the sheet as CSV and upload that file."
        )
    if "xl/workbook.xml" not in names:
        raise Invalid("This packed file is no Excel workbook (.xlsx). Save the sheet as CSV and upload that file.")


def _look_through_member(packed: zipfile.ZipFile, member: zipfile.ZipInfo, sizes: list[int]) -> None:
    if not member.filename.startswith("xl/worksheets/"):
        for _ in _unpacked(packed, member, sizes):
            pass
        return
    for beyond in _MAY_BE_BEYOND:
        if not any(beyond.search(window) for window in _unpacked(packed, member, sizes)):
            return
    last_row = last_column = 0
    for window in _unpacked(packed, member, sizes):
        for column, row in _REFERENCE.findall(window):
            last_row = max(last_row, int(row))
            last_column = max(last_column, _column_number(column))
        if last_row * max(last_column, 1) > MAX_CELLS or last_column > MAX_COLUMNS * 4:
            raise Invalid(
                "This sheet reaches to row %(row)s, column %(column)s. Save the sheet as CSV and upload that file.",
                row=last_row,
                column=last_column,
            )


def _unpacked(packed: zipfile.ZipFile, member: zipfile.ZipInfo, sizes: list[int]) -> Iterator[bytes]:
    """A part in pieces, each with the end of the one before, so that nothing is cut in two.

    Counted while unpacking, in the last of `sizes`: what a header says of sizes is not believed.
    """
    before, sizes[-1] = b"", 0
    with packed.open(member) as part:
        while chunk := part.read(_CHUNK):
            sizes[-1] += len(chunk)
            too_much = sizes[-1] > _CHUNK + MAX_RATIO * max(member.compress_size, 1024)
            if too_much or sum(sizes) > MAX_INFLATED_BYTES:
                raise Invalid(
                    "This workbook unpacks to far more than a list needs. Save the sheet as CSV and upload that file."
                )
            window = before + chunk
            if b"<!" in window and _FORBIDDEN_XML.search(window):
                raise Invalid(
                    "This workbook holds instructions that no list needs. Save the sheet as CSV and upload that file."
                )
            yield window
            before = window[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def workbook_rows(path: Path) -> Iterator[Row]:
    """All rows with content of the first sheet that has any, every cell as text, as the spreadsheet program shows it.

    Raises:
        Invalid: the workbook is damaged or empty.
    """
    from python_calamine import CalamineError, load_workbook

    try:
        name = ""
        with closing(slices_of(path)) as slices:
            for part in slices:
                book = load_workbook(part)
                # Where the first sheet begins with nothing another one may be meant: that takes the whole.
                if not name and book.get_sheet_by_index(0).total_height == 0:
                    break
                name = name or book.sheet_names[0]
                yield from _rows_of(book.get_sheet_by_name(name))
        if name:
            return
        book = load_workbook(str(path))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height:
                yield from _rows_of(sheet)
                return
    except CalamineError as error:
        raise Invalid(_BROKEN) from error


def _rows_of(sheet: "CalamineSheet") -> Iterator[Row]:
    # Rows above the first filled one come as empty ones.
    above = sheet.start[0] if sheet.start else 0
    for number, cells in enumerate(islice(sheet.iter_rows(), above, None), above + 1):
        row = Row(number, _texts(cells))
        if any(row.cells):
            yield row


def _texts(cells: Sequence[object]) -> tuple[str, ...]:
    texts = [cell.strip() if type(cell) is str else _text(cell) for cell in cells]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    # One look over the whole row spares one at each of its cells.
    whole = "".join(texts)
    if len(texts) <= MAX_COLUMNS and len(whole) <= MAX_CELL_CHARACTERS and "\0" not in whole:
        return tuple(texts)
    for index, text in enumerate(texts):
        if len(text) > MAX_CELL_CHARACTERS:
            texts[index] = text[:MAX_CELL_CHARACTERS]
        if "\0" in text:
            texts[index] = texts[index].replace("\0", UNREADABLE)
    return tuple(islice(texts, MAX_COLUMNS + 1))


def _text(cell: object) -> str:
    """A number without the `.0` of its way to be stored; one too long to be exact as the spreadsheet shortens it."""
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell).lower()
    if isinstance(cell, int | float):
        if not abs(cell) < 1e15:
            return f"{cell:.5E}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell).strip()
