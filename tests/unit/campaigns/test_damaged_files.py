"""Every hostile or damaged file comes to exactly what it must: never a crash, never a wrong number, counts add up."""

from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.guarded_reader import Wish, read_head, reading_rows
from campaigns.list_reader import answers
from campaigns.numbers import NumberFound, read_number
from campaigns.refusals import REASONS
from foundation.errors import Invalid
from foundation.phone_number import parse_phone_number
from tests.unit.campaigns.damaged_files import CASES, Case
from web.catalogue import texts


def read(path: Path, form: dict[str, Any] | None = None) -> tuple[list[str], list[tuple[int, str]], int, int]:
    """Numbers with extensions, refused rows, how many were repaired, and how many rows the file says it has."""
    numbers: list[str] = []
    refused: list[tuple[int, str]] = []
    repaired = counted = 0
    with reading_rows(path, path.name, Wish("CH", form=form or {})) as (_, total, batches):
        for batch in batches:
            numbers += [row[1] + (f";{row[2]}" if row[2] else "") for row in batch.rows]
            refused += [(row[0], row[1]) for row in (*batch.refused, *batch.twins)]
            repaired += sum(row[6] for row in batch.rows)
            counted = batch.read
    assert total in {0, counted}
    return numbers, sorted(refused), repaired, counted


@cache
def _texts_of_catalogues() -> frozenset[object]:
    return frozenset(texts())


def test_the_corpus_is_large_and_no_name_stands_twice() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_damaged_file_comes_to_what_it_must(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(case.make())
    if case.problem:
        with pytest.raises(Invalid, match=case.problem) as caught:
            read(path)
        assert caught.value.text in _texts_of_catalogues(), "people read it in their own language"
        return
    numbers, refused, repaired, rows = read(path)
    assert numbers == list(case.numbers)
    assert refused == list(case.refused)
    assert repaired == case.repaired
    assert rows == len(numbers) + len(refused)
    assert {reason for _, reason in refused} <= set(REASONS)


@pytest.mark.parametrize(
    "name", ["windows-1252", "one line in another encoding", "utf-16 without its mark", "a workbook"]
)
def test_what_one_look_at_a_file_has_shown_is_enough_for_the_next(name: str, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(next(case for case in CASES if case.name == name).make())
    head = read_head(path, path.name, "CH")
    assert read_head(path, path.name, "CH", head.form) == head
    assert read(path, head.form) == read(path)


CELL = st.one_of(
    st.sampled_from(["", "044 668 18 00", "446681801", "0900 123 456", "4.14E+10", "117", '"', "0446681800 ext 3"]),
    st.text(max_size=12),
    st.from_regex(r"[+0'=(]{0,3}[0-9 ./-]{4,16}( (ext|intern|/) ?[0-9]{1,9})?", fullmatch=True),
)


@settings(max_examples=60)
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=8),
    delimiter=st.sampled_from(";,\t|"),
    line_end=st.sampled_from(["\n", "\r", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"]),
    quote=st.booleans(),
)
def test_whatever_is_in_a_file_all_its_rows_are_accounted_for(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    line_end: str,
    encoding: str,
    quote: bool,
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-list"
    lines = [
        delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if quote else cell for cell in row) for row in rows
    ]
    text = line_end.join(["Telefon" + delimiter + "Firma", *lines])
    path.write_bytes(text.encode(encoding, "replace"))
    try:
        numbers, refused, _, counted = read(path)
    except Invalid:
        return
    assert counted == len(numbers) + len(refused)
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        found = parse_phone_number(number.partition(";")[0], "US")
        assert found is not None
        assert found.e164 == number.partition(";")[0]


@given(CELL, st.sampled_from(["CH", "DE", "US"]))
def test_a_number_is_made_of_the_cells_own_digits_in_their_order(cell: str, country: str) -> None:
    found = read_number(cell, country)
    if isinstance(found, NumberFound) and cell.isascii():
        national = str(phonenumbers.parse(found.number.e164).national_number)
        assert national in "".join(filter(str.isdigit, cell))


@given(st.binary(max_size=600))
def test_any_bytes_cost_one_clear_error_at_most(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes"
    path.write_bytes(content)
    request = {"path": str(path), "file_name": "x", "country": "CH", "columns": [], "fields": [], "mended": {}}
    wanted = {"check_first": True, "want": "rows", "keeps_cells": True, "form": {}}
    try:
        counts = [answer["read"] for answer in answers({**request, **wanted}) if "read" in answer]
    except Invalid:
        return
    assert counts
