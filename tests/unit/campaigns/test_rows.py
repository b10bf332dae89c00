"""One row to a contact or a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.languages import LANGUAGES
from campaigns.mapping import mapping_from
from campaigns.reading import Row
from campaigns.refusals import REASONS
from campaigns.rows import AcceptedRow, RefusedCell, normal_uid, read_row

COLUMNS = ("Firma", "Telefon", "Mobile", "PLZ", "Ort", "Mitarbeitende", "UID", "Branche", "Land")
MAPPING = mapping_from(COLUMNS, ("company", "phone", "phone", "postcode", "place", "employees", "uid", "", "country"))
ROW = ("Muster AG", "044 668 18 00", "079 123 45 67", "8005", "Zürich", "1'200", "CHE109322551", "Bau", "CH")


def read(**cells: str) -> AcceptedRow | RefusedCell:
    changed = [cells.get(column.lower(), cell) for column, cell in zip(COLUMNS, ROW, strict=True)]
    return read_row(Row(2, tuple(changed)), MAPPING, "CH")


def accepted(**cells: str) -> AcceptedRow:
    row = read(**cells)
    assert isinstance(row, AcceptedRow)
    return row


def test_a_whole_row_becomes_a_contact() -> None:
    row = accepted()
    assert row.number.e164 == "+41446681800"
    assert (row.where.canton, row.where.language, row.time_zone, row.employees) == ("ZH", "de", "Europe/Zurich", 1200)
    assert row.texts["company"] == "Muster AG"
    assert row.uid == "CHE-109.322.551"
    assert row.fields == {"Branche": "Bau"}
    assert [(phone.number.e164, phone.number.kind, phone.label) for phone in row.phones] == [
        ("+41446681800", "fixed_line", "Telefon"),
        ("+41791234567", "mobile", "Mobile"),
    ]


def test_the_next_number_column_serves_when_the_first_cannot_be_dialed() -> None:
    assert accepted(telefon="0900 123 456").number.e164 == "+41791234567"
    assert accepted(telefon="").number.e164 == "+41791234567"


def test_a_refusal_names_the_filled_column() -> None:
    row = read(telefon="", mobile="0900 123 456")
    assert isinstance(row, RefusedCell)
    assert (row.reason, row.column, row.found) == ("premium_rate", "Mobile", "0900 123 456")


def test_a_row_without_numbers_lacks_one() -> None:
    row = read(telefon="", mobile="")
    assert isinstance(row, RefusedCell)
    assert row.reason == "missing_number"


def test_a_row_with_more_cells_than_columns_may_be_shifted_and_is_refused() -> None:
    row = read_row(Row(2, (*ROW, "", "noch etwas")), MAPPING, "CH")
    assert isinstance(row, RefusedCell)
    assert row.reason == "too_many_cells"
    assert isinstance(read_row(Row(2, (*ROW, "", "")), MAPPING, "CH"), AcceptedRow)


def test_the_rows_own_country_says_how_its_number_is_read() -> None:
    row = accepted(land="Deutschland", telefon="030 1234567")
    assert (row.number.e164, row.time_zone) == ("+49301234567", "Europe/Berlin")


@pytest.mark.parametrize(
    ("cell", "employees"), [("25", 25), ("25.0", 25), ("10-49", 10), ("1’200", 1200), ("1.200", 1200), ("viele", None)]
)
def test_employees_are_read_as_people_write_them(cell: str, employees: int | None) -> None:
    row = accepted(mitarbeitende=cell)
    assert row.employees == employees
    assert row.fields.get("employees", "") == ("" if employees else cell)


@pytest.mark.parametrize(("cell", "postcode"), [("8005.0", "8005"), ("CH-8005", "8005"), ("8005", "8005")])
def test_postcodes_lose_what_does_not_belong_to_them(cell: str, postcode: str) -> None:
    row = accepted(plz=cell)
    assert row.where.postcode == postcode
    assert row.where.canton == "ZH"


@pytest.mark.parametrize(
    ("text", "uid"),
    [("CHE-109.322.551", "CHE-109.322.551"), ("CHE-109.322.551 MWST", "CHE-109.322.551"), ("CHE-109.322.552", ""),
     ("109322551", "")],
)  # fmt: skip
def test_a_company_number_has_a_right_check_digit(text: str, uid: str) -> None:
    assert normal_uid(text) == uid


def test_a_wrong_company_number_is_kept_as_a_field() -> None:
    row = accepted(uid="CHE-109.322.552")
    assert row.uid == ""
    assert row.fields["uid"] == "CHE-109.322.552"


def test_an_apostrophe_of_our_own_export_is_taken_off_again() -> None:
    assert accepted(firma="'=Muster AG").texts["company"] == "=Muster AG"
    assert accepted(firma="'s Lädeli").texts["company"] == "'s Lädeli"


def test_long_texts_are_cut_to_what_can_be_kept() -> None:
    assert len(accepted(firma="x" * 5000).texts["company"]) == 300


@given(st.lists(st.text(max_size=30), min_size=len(COLUMNS), max_size=len(COLUMNS) + 2))
def test_any_row_is_accepted_or_refused_with_a_known_reason(cells: list[str]) -> None:
    match read_row(Row(2, tuple(cells)), MAPPING, "CH"):
        case AcceptedRow() as row:
            assert row.where.language in LANGUAGES
            assert len(row.number.country) == 2
        case RefusedCell(_, reason):
            assert reason in REASONS
