"""Text of a list to rows: delimiter, header, blank and ragged lines. Pure. What the cells mean is left to others."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from campaigns.columns import field_named
from campaigns.decoding import UNREADABLE, decode
from foundation.errors import Invalid

MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 32 * 1024
MAX_LINES_IN_CELL = 50
DELIMITERS = (";", ",", "\t", "|")

_LOOKS_LIKE_NUMBER = re.compile(r"[='\"+(]*\d[\d ()./'’+-]{6,}")


@dataclass(frozen=True)
class Row:
    """One row. `number` is what a spreadsheet program shows beside it. As many cells as the header, or more."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A list as it was read. Without a header of its own its columns are called `column 1`, `column 2`, …"""

    file_name: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    unreadable_characters: int = 0


def read_table(content: bytes, file_name: str) -> Table:
    """Read an uploaded CSV file in any of the usual encodings and dialects. Blank lines and the header are no rows.

    Raises:
        Invalid: it is no list, or too large; the message says what to do.
    """
    decoded = decode(content)
    text, delimiter = _take_separator_line(decoded.text)
    delimiter = delimiter or find_delimiter(text)
    rows = list(_read_rows(text, delimiter, first_number=2 if text is not decoded.text else 1))
    if not rows:
        raise Invalid("The file has no rows. Upload a CSV file with one contact per line.")
    width = max(len(row.cells) for row in rows[:50])
    if width > MAX_COLUMNS:
        raise Invalid(f"The list has {width} columns; at most {MAX_COLUMNS} can be read. Leave out what is not needed.")
    if _is_header(rows[0].cells):
        header = _distinct_names(rows[0].cells)
        rows = rows[1:]
        if not rows:
            raise Invalid("The file has a header and no rows below it. Upload a CSV file with one contact per line.")
    else:
        header = tuple(f"column {number}" for number in range(1, width + 1))
    padded = tuple(Row(row.number, row.cells + ("",) * (len(header) - len(row.cells))) for row in rows)
    return Table(file_name, decoded.encoding, delimiter, header, padded, decoded.unreadable)


def _is_header(cells: tuple[str, ...]) -> bool:
    """Whether a first row names columns: it has a name we know, or nothing that only a contact would have."""
    if any(field_named(cell) for cell in cells):
        return True
    return not any("@" in cell or _LOOKS_LIKE_NUMBER.fullmatch(cell) for cell in cells)


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first 50 lines most evenly; a semicolon, Excel's choice here, where none does."""
    sample = text[: 50 * 2000].split("\n")[:50]
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if any(row))
        except csv.Error:
            continue
        width, lines = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        score = (lines / max(1, widths.total()), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _take_separator_line(text: str) -> tuple[str, str]:
    """Excel's own first line `sep=;` names the delimiter and is no row."""
    first, _, rest = text.partition("\n")
    wanted = first.strip('"\ufeff ')
    if wanted.lower().startswith("sep=") and wanted[4:] in DELIMITERS:
        return rest, wanted[4:]
    return text, ""


def _read_rows(text: str, delimiter: str, first_number: int) -> Iterator[Row]:
    """All rows with content. A last line of our own shows whether a quotation mark was left open before it."""
    # The csv module keeps this limit for the whole process; nothing else in it reads what strangers upload.
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    end = "end"
    while end in text:
        end += "!"
    lines = io.StringIO(text if text.endswith("\n") else text + "\n", newline="\n")
    reader = csv.reader(chain(lines, [end]), delimiter=delimiter)
    kept, number, cells = 0, first_number - 1, [""]
    try:
        for number, cells in enumerate(reader, first_number):
            if cells == [end]:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.count("\n") > MAX_LINES_IN_CELL for cell in cells):
                raise Invalid(_open_quote(number))
            kept += 1
            if kept > MAX_ROWS + 1:
                raise Invalid(f"The list has more than {MAX_ROWS} rows. Split it and upload the parts.")
            yield Row(number, tuple(_clean(cell) for cell in cells))
    except csv.Error as error:
        raise Invalid(_open_quote(number + 1)) from error
    raise Invalid(_open_quote(number))


def _open_quote(row_number: int) -> str:
    return f"Row {row_number} has a quotation mark that is never closed, or an enormous cell. Mend it and upload again."


def _clean(cell: str) -> str:
    return cell.strip().strip("\ufeff")


def _distinct_names(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Column names without twins and blanks, so that every column can be named in a mapping."""
    seen: Counter[str] = Counter()
    names = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.replace(UNREADABLE, "").split())[:100] or f"column {number}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
