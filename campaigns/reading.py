"""Lines of a list to rows: delimiter, header, blank and ragged lines. A stream: memory does not grow with the file.

What the cells mean is left to others.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from campaigns.columns import field_named, name_of_unnamed
from campaigns.decoding import MAX_ROWS, UNREADABLE, Encoding, find_encoding, read_lines
from foundation.errors import Invalid

MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 32 * 1024
MAX_LINES_IN_CELL = 50
DELIMITERS = (";", ",", "\t", "|")
HEAD_ROWS = 50

_LOOKS_LIKE_NUMBER = re.compile(r"[='\"+(]*\d[\d ()./'’+-]{6,}")
_END = "\ue000end of the list\ue000"


class Row(NamedTuple):
    """One row. `number` is what a spreadsheet program shows beside it. As many cells as the header, or more."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A list as it was read. Without a header of its own its columns are called `column 1`, `column 2`, …

    `rows` are the first ones, or all where the whole was asked for.
    """

    file_name: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    is_plain: bool = False  # nothing can turn out to be wrong with its form further down


def read_table(content: bytes, file_name: str) -> Table:
    """A whole list in memory, for small ones: blank lines and the header are no rows.

    Raises:
        Invalid: it is no list, or too large; the message says what to do.
    """
    table, rows = open_list(io.BytesIO(content), file_name)
    return replace(table, rows=tuple(rows))


def open_list(file: BinaryIO, file_name: str, encoding: Encoding | None = None) -> tuple[Table, Iterator[Row]]:
    """A CSV file in any of the usual encodings and dialects: what it looks like, with its first rows, and all its rows.

    Its encoding is found by a look through the whole file, unless it is known.

    Raises:
        Invalid: it is no list, or too large; the message says what to do. The rows raise it, too.
    """
    encoding = encoding or find_encoding(file)
    lines = read_lines(file, encoding)
    first = list(islice(lines, HEAD_ROWS))
    first_number = 1
    delimiter = _separator_line(first)
    if delimiter:
        first, first_number = first[1:], 2
    delimiter = delimiter or find_delimiter(first)
    rows = _rows_of(chain(first, lines), delimiter, first_number)
    table, rows = _with_header(file_name, encoding.name, delimiter, rows)
    return replace(table, is_plain=encoding.is_plain), rows


def table_of(file_name: str, kind: str, rows: Iterator[Row]) -> tuple[Table, Iterator[Row]]:
    """Rows that were read from something else than text, with their header taken off."""
    table, rows = _with_header(file_name, kind, "", rows)
    return replace(table, is_plain=True), rows


def _with_header(file_name: str, encoding: str, delimiter: str, rows: Iterator[Row]) -> tuple[Table, Iterator[Row]]:
    head = list(islice(rows, HEAD_ROWS))
    if not head:
        raise Invalid("The file has no rows. Upload a CSV file with one contact per line.")
    width = max(len(row.cells) for row in head)
    if width > MAX_COLUMNS:
        raise Invalid(
            "The list has %(columns)s columns; at most %(most)s can be read. Leave out what is not needed.",
            columns=width,
            most=MAX_COLUMNS,
        )
    if _is_header(head[0].cells):
        header = _distinct_names(head[0].cells)
        head = head[1:]
        if not head:
            raise Invalid("The file has a header and no rows below it. Upload a CSV file with one contact per line.")
    else:
        header = tuple(map(name_of_unnamed, range(1, width + 1)))
    shown = tuple(_padded(head, len(header)))
    return Table(file_name, encoding, delimiter, header, shown), chain(shown, _padded(rows, len(header)))


def _padded(rows: Iterable[Row], width: int) -> Iterator[Row]:
    for row in rows:
        missing = width - len(row.cells)
        yield row if missing <= 0 else Row(row.number, row.cells + ("",) * missing)


def _is_header(cells: tuple[str, ...]) -> bool:
    """Whether a first row names columns: it has a name we know, or nothing that only a contact would have."""
    if any(field_named(cell) for cell in cells):
        return True
    return not any("@" in cell or _LOOKS_LIKE_NUMBER.fullmatch(cell) for cell in cells)


def find_delimiter(lines: Iterable[str]) -> str:
    """The delimiter that cuts the first lines most evenly; a semicolon, Excel's choice here, where none does."""
    sample = list(lines)
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if any(row))
        except csv.Error:
            continue
        width, lines_so_wide = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        score = (lines_so_wide / max(1, widths.total()), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _separator_line(first: list[str]) -> str:
    """Excel's own first line `sep=;` names the delimiter and is no row."""
    wanted = first[0].rstrip("\n").strip('"\ufeff ') if first else ""
    return wanted[4:] if wanted.lower().startswith("sep=") and wanted[4:] in DELIMITERS else ""


def _rows_of(lines: Iterator[str], delimiter: str, first_number: int) -> Iterator[Row]:
    """All rows with content. A last line of our own shows whether a quotation mark was left open before it."""
    # The csv module keeps this limit for the whole process; nothing else in it reads what strangers upload.
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    at_end = False

    def end() -> Iterator[str]:
        nonlocal at_end
        at_end = True
        yield _END

    kept, number, lines_before = 0, first_number - 1, 0
    reader = csv.reader(chain(lines, end()), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, first_number):
            height, lines_before = reader.line_num - lines_before, reader.line_num
            if at_end and cells == [_END] and height == 1:
                return
            row = Row(number, tuple([cell.strip() for cell in cells]))
            if not any(row.cells):
                continue
            kept += 1
            if kept > MAX_ROWS + 1:
                raise Invalid("The list has more than %(rows)s rows. Split it and upload the parts.", rows=MAX_ROWS)
            if height > MAX_LINES_IN_CELL or "\ufeff" in row.cells[0]:
                row = _checked(row)
            yield row
    except csv.Error as error:
        raise _open_quote(number + 1) from error
    raise _open_quote(number)


def _checked(row: Row) -> Row:
    """A row without marks in the middle of the text.

    Raises:
        Invalid: a cell has so many lines that a quotation mark must have been left open.
    """
    for cell in row.cells:
        if "\n" in cell and cell.count("\n") > MAX_LINES_IN_CELL:
            raise _open_quote(row.number)
    if "\ufeff" in row.cells[0]:
        return Row(row.number, (row.cells[0].strip("\ufeff"), *row.cells[1:]))
    return row


def _open_quote(row_number: int) -> Invalid:
    return Invalid(
        "Row %(row)s has a quotation mark that is never closed, or an enormous cell. Mend it and upload again.",
        row=row_number,
    )


def _distinct_names(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Column names without twins and blanks, so that every column can be named in a mapping."""
    seen: Counter[str] = Counter()
    names = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.replace(UNREADABLE, "").split())[:100] or name_of_unnamed(number)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
