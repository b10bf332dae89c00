"""A sheet that is read in slices has the same rows as one that is read as it is."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from python_calamine import load_workbook

from campaigns.workbook_slices import slices_of
from campaigns.workbooks import workbook_rows
from tests.workbook_files import packed, sheet_of_xml, sheet_xml, workbook

ROWS: Sequence[Sequence[str | int | float | None]] = [
    ("Firma", "Telefon", "PLZ"),
    *((f"Muster </row> {number} AG", 41446681800 + number, 8005.0) for number in range(400)),
    (None, None, None),
    ("Die letzte", "044 668 18 00", "8005"),
]


def read_in_slices(path: Path, slice_bytes: int) -> list[tuple[int, list[object]]]:
    rows: list[tuple[int, list[object]]] = []
    for part in slices_of(path, slice_bytes):
        sheet = load_workbook(part).get_sheet_by_index(0)
        rows += [(number, list(cells)) for number, cells in enumerate(sheet.iter_rows(), 1) if any(cells)]
    return rows


@pytest.mark.parametrize("slice_bytes", [2_000, 10_000, 39_000])
def test_the_rows_of_all_slices_are_those_of_the_sheet(tmp_path: Path, slice_bytes: int) -> None:
    path = tmp_path / "list"
    path.write_bytes(workbook(ROWS))
    sheet = load_workbook(str(path)).get_sheet_by_index(0)
    whole = [(number, list(cells)) for number, cells in enumerate(sheet.iter_rows(), 1)]
    sliced = read_in_slices(path, slice_bytes)
    assert sliced == [row for row in whole if any(row[1])]
    assert sum(1 for _ in slices_of(path, slice_bytes)) > 1


def test_a_small_sheet_and_one_that_says_no_numbers_are_not_sliced(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(workbook(ROWS))
    assert list(slices_of(path)) == []
    rows = '<row><c t="inlineStr"><is><t>Firma</t></is></c></row>' * 400
    path.write_bytes(packed(sheet_of_xml(rows)))
    assert list(slices_of(path, 1000)) == []


def test_a_small_sheet_before_the_large_one_is_in_the_first_slice_alone(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(packed(sheet_xml([("Firma", "Telefon"), ("A", "044 668 18 00")]), sheets=[sheet_xml(ROWS)]))
    assert [number for number, _ in read_in_slices(path, 2000)] == [1, 2]


def test_a_large_workbook_is_read_whole_slice_by_slice(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(workbook([("Firma", "Telefon"), *((f"Muster {n} " + "x" * 3000, n) for n in range(6000))]))
    assert sum(1 for _ in slices_of(path)) > 1
    rows = list(workbook_rows(path))
    assert [row.number for row in rows] == list(range(1, 6002))
    assert rows[-1].cells[1] == "5999"
    path.write_bytes(packed(sheet_xml([]), sheets=[path_sheet(rows=6000)]))
    assert sum(1 for _ in workbook_rows(path)) == 6000


def test_rows_have_the_numbers_that_a_spreadsheet_program_shows(tmp_path: Path) -> None:
    path = tmp_path / "list"
    cells = "".join(f'<row r="{n}"><c r="B{n}" t="inlineStr"><is><t>text {n}</t></is></c></row>' for n in (5, 7))
    path.write_bytes(packed(sheet_of_xml(cells)))
    assert [(row.number, row.cells[-1]) for row in workbook_rows(path)] == [(5, "text 5"), (7, "text 7")]


def path_sheet(rows: int) -> bytes:
    return sheet_xml([("Muster " + "x" * 3000, number) for number in range(rows)])
