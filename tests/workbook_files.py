"""Excel workbooks for tests, made by hand: honest ones, damaged ones, and such as harm whoever reads them."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
_ROOT = f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
SHEET = "xl/worksheets/sheet1.xml"

Cell = str | int | float | None


def workbook(rows: Iterable[Sequence[Cell]], more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook of one sheet: texts as texts, numbers as numbers. `more` adds or replaces parts."""
    return packed(sheet_xml(rows), more)


def packed(sheet: bytes, more: Mapping[str, bytes] | None = None, *, sheets: Sequence[bytes] = ()) -> bytes:
    """A workbook around ready-made sheets."""
    all_sheets = [sheet, *sheets]
    names = "".join(
        f'<sheet name="Sheet{number}" sheetId="{number}" r:id="rId{number}"/>'
        for number in range(1, len(all_sheets) + 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(all_sheets) + 1)
    )
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{names}</sheets></workbook>'
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _ROOT.encode(),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'.encode()
        ),
        **{f"xl/worksheets/sheet{number}.xml": content for number, content in enumerate(all_sheets, 1)},
        **(more or {}),
    }
    return zipped(parts)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Any packed file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def sheet_xml(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The XML of a sheet."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{column_letters(column)}{number}", value) for column, value in enumerate(row, 1))
        lines.append(f'<row r="{number}">{cells}</row>')
    return sheet_of_xml("".join(lines))


def sheet_of_xml(rows: str, prologue: str = "") -> bytes:
    """A sheet around ready-made rows."""
    return (
        f'<?xml version="1.0"?>{prologue}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def _cell(place: str, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def column_letters(column: int) -> str:
    """How a spreadsheet program names a column; the first one, 1, is A."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
