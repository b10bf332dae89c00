"""The shipped examples are what their generator makes."""

from pathlib import Path

import pytest

from campaigns.reading import read_table
from scripts.make_examples import HEADER, LANGUAGE_SHARES, ROWS, make_contacts, make_partners

EXAMPLES = Path(__file__).parents[3] / "examples"
CONTACTS = make_contacts()


@pytest.mark.parametrize(("name", "content"), [("contacts.csv", CONTACTS), ("partners.csv", make_partners())])
def test_the_shipped_file_is_the_generated_one(name: str, content: bytes) -> None:
    assert (EXAMPLES / name).read_bytes() == content, "run python -m scripts.make_examples"


def test_another_seed_makes_another_list() -> None:
    assert make_contacts(seed=1, rows=100) != make_contacts(seed=2, rows=100)


def test_the_list_is_as_excel_writes_it_here() -> None:
    table = read_table(CONTACTS, "contacts.csv")
    assert (table.encoding, table.delimiter, table.header) == ("windows-1252", ";", HEADER)
    assert len(table.rows) == ROWS
    assert CONTACTS.count(b"\r\n") == CONTACTS.count(b"\n") == ROWS + 4  # the header and three emptied lines


def test_the_language_column_has_its_shares() -> None:
    column = HEADER.index("Sprache")
    written = [row.cells[column] for row in read_table(CONTACTS, "contacts.csv").rows]
    for language, share in LANGUAGE_SHARES.items():
        found = sum(cell.lower().startswith(language[0]) for cell in written)
        assert abs(found / ROWS - share) < 0.001, language
    assert written.count("") == ROWS - sum(bool(cell) for cell in written) > 0


def test_nobody_in_the_list_can_be_written_to_or_has_a_real_company_number() -> None:
    email, uid = HEADER.index("E-Mail"), HEADER.index("UID")
    for row in read_table(CONTACTS, "contacts.csv").rows:
        assert not row.cells[email] or row.cells[email].endswith(".example")
        assert not row.cells[uid] or row.cells[uid].startswith("CHE-0")
