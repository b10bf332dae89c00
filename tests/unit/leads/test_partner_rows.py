"""Reading partner files, good ones and bad."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.customer_identity import CustomerMark
from leads.partner_rows import COLUMNS, read_partners

HEADER = ";".join(COLUMNS)


def read_one(line: str) -> list[tuple[str, str]]:
    return [(problem.column, problem.found) for problem in read_partners(f"{HEADER}\n{line}".encode()).problems]


def test_every_cell_of_a_good_row_is_read() -> None:
    line = "Muster  IT AG;Leads@Example.ch;DE fr;zh,be;8005 30;erp, cloud;10;1'000;5;Alpha Bau AG, CHE-123.456.789"
    read = read_partners(f"{HEADER}\n{line}\n".encode())
    assert read.problems == ()
    (row,) = read.partners
    assert (row.row_number, row.email) == (2, "leads@example.ch")
    assert row.profile.name == "Muster IT AG"
    assert row.profile.languages == ("de", "fr")
    assert row.profile.cantons == ("ZH", "BE")
    assert row.profile.postcodes == ("8005", "30")
    assert row.profile.solutions == ("erp", "cloud")
    assert (row.profile.min_employees, row.profile.max_employees, row.profile.weekly_capacity) == (10, 1000, 5)
    assert row.known_customers == (CustomerMark("company", "alpha bau"), CustomerMark("uid", "123456789"))


def test_windows_encoding_and_commas_are_read_too() -> None:
    content = 'name,languages,solutions,weekly_capacity\r\n"Zürich, IT",de,erp,3\r\n'
    for encoded in (content.encode("cp1252"), content.encode("utf-8-sig")):
        read = read_partners(encoded)
        assert read.problems == ()
        assert read.partners[0].profile.name == "Zürich, IT"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("A;;xx;;;erp;;;3;", ("languages", "xx")),
        ("A;;de;ZH QQ;;erp;;;3;", ("cantons", "QQ")),
        ("A;;de;;0123;erp;;;3;", ("postcodes", "0123")),
        ("A;;de;;;voip;;;3;", ("solutions", "voip")),
        ("A;;de;;;erp;20;10;3;", ("min_employees", "20")),
        ("A;;de;;;erp;;;0;", ("weekly_capacity", "0")),
        ("A;;de;;;erp;;;many;", ("weekly_capacity", "many")),
        ("A;;de;;;erp;;;;", ("weekly_capacity", "")),
        ("A;nobody;de;;;erp;;;3;", ("email", "nobody")),
        (";;de;;;erp;;;3;", ("name", "")),
        ("--;;de;;;erp;;;3;", ("name", "--")),
        ("A;;de;;;erp;;;3;--", ("known_customers", "--")),
        ("A;;de;;;erp;;;3" + ";" * (len(COLUMNS) - 8) + "surplus", ("row", "")),
    ],
)
def test_bad_cell_is_named(line: str, problem: tuple[str, str]) -> None:
    assert read_one(line) == [problem]


def test_all_bad_rows_are_listed_with_what_to_do() -> None:
    read = read_partners(f"{HEADER}\nA;;de;QQ;;erp;;;3;\nB;;de;ZH;;erp;;;3;\nC;;;;;erp;;;x;".encode())
    assert [problem.row_number for problem in read.problems] == [2, 4, 4]
    assert read.problems[0].sentence().startswith("row 2, cantons “QQ”: use any of ZH BE")


def test_same_partner_twice_is_a_problem() -> None:
    read = read_partners(f"{HEADER}\nMüller AG;;de;;;erp;;;3;\nMUELLER GmbH;;de;;;erp;;;3;".encode())
    assert [problem.sentence() for problem in read.problems] == [
        "row 3, name “MUELLER GmbH”: row 2 has this partner already: keep one of them"
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n\n",
        b'"',
        b"PK\x03\x04\x00\x00",
        b"just text",
        b"name;languages\nA;de",
        HEADER.encode(),
        b'name;"' + b"x" * 200_000,
    ],
)
def test_file_that_is_no_partner_list_is_one_problem(content: bytes) -> None:
    read = read_partners(content)
    assert read.partners == ()
    assert len(read.problems) == 1
    assert read.problems[0].what_to_do


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_reader(content: bytes) -> None:
    for tried in (content, HEADER.encode() + b"\n" + content):
        read = read_partners(tried)
        assert read.partners or read.problems


def test_levels_home_reach_complexity_and_owner_are_read() -> None:
    read = read_partners(
        b"name;languages;solutions;weekly_capacity;home_postcode;reach_km;min_complexity;max_complexity;owner\n"
        b"A;de;erp:3 crm:1;5;8005;60;2;4;Holding AG\n"
    )
    assert read.problems == ()
    profile = read.partners[0].profile
    assert (profile.solutions, profile.levels) == (("erp", "crm"), (3, 1))
    assert (profile.home_postcode, profile.reach_km, profile.owner) == ("8005", 60, "Holding AG")
    assert (profile.min_complexity, profile.max_complexity) == (2, 4)


def test_level_that_is_none_reach_without_home_and_solutions_partly_with_levels_are_problems() -> None:
    header = b"name;languages;solutions;weekly_capacity;home_postcode;reach_km\n"
    read = read_partners(header + b"A;de;erp:4;5;;\nB;de;erp:3 crm;5;;\nC;de;erp;5;;60\nD;de;erp;5;0001;\n")
    assert [(problem.row_number, problem.column) for problem in read.problems] == [
        (2, "solutions"), (3, "solutions"), (4, "home_postcode"), (5, "home_postcode"),
    ]  # fmt: skip
