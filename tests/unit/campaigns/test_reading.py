"""Bytes to rows: encodings, dialects and files that are no lists."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.decoding import MAX_LINE_CHARACTERS
from campaigns.reading import MAX_COLUMNS, read_table
from foundation.errors import Invalid

LIST = "Firma;Telefon\r\nMüller Gärtnerei;044 668 18 00\r\nCafé Zürich;031 123 45 67\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LIST.encode(), "utf-8"),
        (LIST.encode("utf-8-sig"), "utf-8"),
        (LIST.encode("cp1252"), "windows-1252"),
        (LIST.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + LIST.encode("utf-16-be"), "utf-16"),
        (LIST.encode("utf-16-le"), "utf-16"),
        (LIST.encode("utf-16-be"), "utf-16"),
    ],
)
def test_usual_encodings_are_recognised(content: bytes, encoding: str) -> None:
    table = read_table(content, "list.csv")
    assert table.encoding == encoding
    assert table.header == ("Firma", "Telefon")
    assert [row.cells for row in table.rows] == [
        ("Müller Gärtnerei", "044 668 18 00"),
        ("Café Zürich", "031 123 45 67"),
    ]


def test_lines_in_another_encoding_stay_readable() -> None:
    lines = ["Firma;Telefon", *(f"Käserei {n};044 668 18 {n:02}" for n in range(5))]
    content = "\n".join(lines).encode() + "\nBäckerei;044 668 18 99\n".encode("cp1252")
    table = read_table(content, "list.csv")
    assert table.rows[0].cells[0] == "Käserei 0"
    assert table.rows[-1].cells[0] == "Bäckerei"


def test_bytes_that_no_encoding_has_are_counted() -> None:
    table = read_table(b"Firma;Telefon\nM\x81ller \xe4;044 668 18 00\n", "list.csv")
    assert table.encoding == "windows-1252"
    assert table.rows[0].cells[0] == "M�ller ä"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_usual_delimiters_and_line_ends_are_recognised(delimiter: str, line_end: str) -> None:
    lines = (("Firma", "Telefon", "Ort"), ("A", "044 668 18 00", "Zürich"), ("B", "", "Bern"))
    table = read_table(line_end.join(map(delimiter.join, lines)).encode(), "list.csv")
    assert table.delimiter == delimiter
    assert [row.cells for row in table.rows] == list(lines[1:])


def test_commas_inside_cells_do_not_win_over_semicolons() -> None:
    table = read_table(b"Name;Telefon\nMuster, Eva;1\nMuster, Max;2\n", "list.csv")
    assert table.rows[0].cells == ("Muster, Eva", "1")


def test_one_column_of_numbers_is_a_list() -> None:
    table = read_table(b"044 668 18 00\n044 668 18 01\n", "list.csv")
    assert table.header == ("column 1",)
    assert [row.number for row in table.rows] == [1, 2]


def test_the_separator_line_of_excel_is_no_row() -> None:
    table = read_table(b"sep=|\nTelefon|Firma;Ort\n0446681800|A;B\n", "list.csv")
    assert table.delimiter == "|"
    assert table.header == ("Telefon", "Firma;Ort")
    assert table.rows[0].number == 3


def test_blank_lines_are_no_rows_and_keep_the_row_numbers_of_a_spreadsheet() -> None:
    table = read_table(b"Telefon;Firma\n\n0446681800;A\n;\n  ; \n0446681801;B\n", "list.csv")
    assert [(row.number, row.cells[1]) for row in table.rows] == [(3, "A"), (6, "B")]


def test_short_rows_are_filled_up_and_long_ones_keep_what_is_too_much() -> None:
    table = read_table(b"Telefon;Firma;Ort\n1;A;B\n2\n3;C;D;E\n", "list.csv")
    assert [row.cells for row in table.rows] == [("1", "A", "B"), ("2", "", ""), ("3", "C", "D", "E")]


def test_cells_may_hold_delimiters_quotes_and_line_breaks() -> None:
    table = read_table(b'Telefon;Firma\n1;"A; B ""C""\nD"\n2;E\n', "list.csv")
    assert [row.cells for row in table.rows] == [("1", 'A; B "C"\nD'), ("2", "E")]


def test_columns_without_a_name_or_with_the_same_one_can_be_told_apart() -> None:
    table = read_table(b"Telefon;Telefon;;\n1;2;3;4\n", "list.csv")
    assert table.header == ("Telefon", "Telefon (2)", "column 3", "column 4")


def test_a_header_may_show_how_to_write_a_number() -> None:
    table = read_table(b"Firma;Tel. (z. B. 044 668 18 00)\nA;0446681800\n", "list.csv")
    assert len(table.rows) == 1


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"", "empty"),
        (b" \r\n\r\n ", "empty"),
        (b"Telefon;Firma\r\n", "no rows below"),
        (b";;;\n;;;\n", "no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save as"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "web page"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (bytes(range(256)) * 20, "not a text file"),
        (b'Telefon;Firma\n1;"A\n2;B\n', "quotation mark"),
        (b'Telefon;Firma\n1;"' + b"x" * 40_000 + b'"\n', "quotation mark"),
        (b"a;" * (MAX_COLUMNS + 1) + b"\n" + b"1;" * (MAX_COLUMNS + 1), "columns"),
        (b"1" * (MAX_LINE_CHARACTERS + 1), "enormous line"),
    ],
)
def test_what_is_no_list_gets_an_error_that_says_what_to_do(content: bytes, hint: str) -> None:
    with pytest.raises(Invalid, match=hint):
        read_table(content, "list.csv")


def test_an_open_quotation_mark_is_found_where_it_opens() -> None:
    with pytest.raises(Invalid, match="Row 3 "):
        read_table(b'Telefon;Firma\n1;A\n2;"B\n3;C\n4;D\n', "list.csv")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_clear_error(content: bytes) -> None:
    try:
        table = read_table(content, "list.csv")
    except Invalid:
        return
    assert table.rows
    assert all(len(row.cells) >= len(table.header) for row in table.rows)


# Line ends are read as one kind, and cells are stripped of blanks: neither is a loss.
_CELL = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=12).map(str.strip)


@given(
    rows=st.lists(st.tuples(_CELL, _CELL, _CELL).filter(any), min_size=1, max_size=8),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_every_row_that_was_written_is_read_in_any_dialect(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str
) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([("Firma", "Telefon", "Ort"), *rows])
    content = f"sep={delimiter}\r\n{target.getvalue()}".encode(encoding)
    table = read_table(content, "list.csv")
    assert len(table.rows) == len(rows)
    if table.encoding != "windows-1252" or encoding == "cp1252":
        assert [row.cells for row in table.rows] == rows
