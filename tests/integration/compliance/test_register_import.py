"""Registers and lists are read in, replaced and asked at the gate."""

import io
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from compliance import do_not_call, registers
from compliance.do_not_call import BlockTerms, Callee, Target
from compliance.gate import Blocked, GateRequest, check
from compliance.register_import import FileReport, FileTerms, import_numbers
from compliance.tables import DoNotCall, RegisterEdition, RegisterNumber
from foundation.database import Database
from foundation.errors import Invalid, Unavailable
from tests.grounds import no_key

NOW = datetime(2026, 6, 2, 14, tzinfo=UTC)
TPS = FileTerms("tps", "tps.txt", NOW - timedelta(days=1), "user_1")
FIRST, SECOND = b"02079460000 \r\n02079460001 \r\n", b"02079460001 \r\n02079460002 \r\nrubbish\r\n"
LONDON = GateRequest("+442079460000", "GB", "", "", "campaign_1", "+442079460999")


def take_in(database: Database, content: bytes, terms: FileTerms = TPS) -> FileReport:
    return import_numbers(database, io.BytesIO(content), terms, NOW)


def standing(database: Database) -> set[int]:
    with database.reading() as session:
        return set(session.scalars(select(RegisterNumber.number)))


def test_a_newer_copy_takes_the_place_of_the_older_one(database: Database) -> None:
    assert take_in(database, FIRST).numbers == 2
    report = take_in(database, SECOND)
    assert (report.numbers, report.refused, report.refused_lines) == (2, 1, ["line 3: rubbish"])
    assert standing(database) == {442079460001, 442079460002}
    with database.reading() as session:
        assert registers.newest_editions(session, ["tps", "ctps"], NOW) == {"tps": TPS.as_of}
        assert session.scalar(select(func.count()).select_from(RegisterEdition)) == 2


class Overtaken(io.BytesIO):
    """A file that is read slowly: when it is taken in to its end, another one has been."""

    def __init__(self, content: bytes, overtake: Callable[[], object]) -> None:
        super().__init__(content)
        self.overtake, self.times_at_end = overtake, 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.times_at_end += not line
        if not line and self.times_at_end == 2:  # the first time it is only looked at
            time.sleep(0.002)  # ids sort by the millisecond
            self.overtake()
        return line


def test_edition_that_is_overtaken_by_a_newer_one_takes_nothing_of_it_away(database: Database) -> None:
    newer = replace(TPS, as_of=NOW)
    file = Overtaken(FIRST, lambda: take_in(database, SECOND, newer))
    import_numbers(database, file, TPS, NOW)
    assert file.times_at_end == 2
    # What the older one alone names may stay until the next edition: too many are blocked, never too few.
    assert standing(database) >= {442079460001, 442079460002}
    take_in(database, SECOND, newer)
    assert standing(database) == {442079460001, 442079460002}


def test_a_list_of_changes_adds_and_takes_away(database: Database) -> None:
    full = FileTerms("us_national", "full.txt", NOW - timedelta(days=9), "user_1")
    take_in(database, b"202,4561111\n202,4561112\n", full)
    changes = replace(full, is_complete=False, as_of=NOW)
    report = take_in(database, b"202,4561111,D\n202,4561113,A\n", changes)
    assert (report.numbers, report.removed) == (1, 1)
    assert standing(database) == {12024561112, 12024561113}


def test_a_registered_number_is_blocked_and_another_needs_both_registers(database: Database) -> None:
    with database.reading() as session:
        unchecked = check(session, LONDON, NOW, no_key)
    assert isinstance(unchecked, Blocked)
    assert unchecked.reason == "register_not_checked"
    take_in(database, FIRST)
    take_in(database, b"02079460777 \r\n", replace(TPS, register="ctps"))
    with database.reading() as session:
        assert check(session, LONDON, NOW, no_key) == Blocked("do_not_call", ("do_not_call",))
        other = check(session, replace(LONDON, phone_number="+442079460005"), NOW, no_key)
        later = check(session, replace(LONDON, phone_number="+442079460005"), NOW + timedelta(days=28), no_key)
    assert not isinstance(other, Blocked)
    assert isinstance(later, Blocked)


@pytest.mark.parametrize(
    ("terms", "content", "says"),
    [
        (replace(TPS, register="bloctel"), FIRST, "one of"),
        (replace(TPS, as_of=NOW + timedelta(days=1)), FIRST, "has passed"),
        (TPS, b"name;phone\nMuster;\n", "right file"),
        (TPS, b"", "right file"),
    ],
)
def test_a_file_that_is_something_else_leaves_nothing_behind(
    sqlite_database: Database, terms: FileTerms, content: bytes, says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        take_in(sqlite_database, content, terms)
    assert standing(sqlite_database) == set()


def test_a_plain_list_blocks_for_good(database: Database) -> None:
    with database.transaction() as session:
        do_not_call.block(session, "+41446681800", source="page", now=NOW, expires_at=NOW + timedelta(days=1))
    take_in(database, b"044 668 18 00\n044 668 18 01\n044 668 18 01\n", replace(TPS, register="list"))
    with database.reading() as session:
        rows = session.scalars(select(DoNotCall).order_by(DoNotCall.value)).all()
    assert [(row.value, row.source, row.expires_at) for row in rows] == [
        ("+41446681800", "page", None),
        ("+41446681801", "import", None),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "hits"),
    [
        ("prefix", "+4144668", True),
        ("prefix", "+41 44 669", False),
        ("uid", "CHE-123.456.789", True),
        ("uid", "CHE-987.654.321", False),
        ("company", "Müller & Co. SA", True),
        ("company", "Mueller Treuhand", False),
    ],
)
def test_prefixes_and_companies_are_blocked_too(database: Database, kind: str, text: str, hits: bool) -> None:
    callee = Callee(("+41446681800",), "campaign_1", uid="CHE123456789 MWST", company="MUELLER + CO AG")
    with database.transaction() as session:
        do_not_call.block_target(session, do_not_call.read_target(kind, text), BlockTerms("page"), NOW)
        assert bool(do_not_call.blocks_of(session, [callee], NOW, no_key)[0]) is hits


@pytest.mark.parametrize(
    ("kind", "text"),
    [("prefix", "44"), ("prefix", "+"), ("uid", "123"), ("company", "AG"), ("mood", "x"), ("number", "1")],
)
def test_a_block_that_means_nobody_or_everybody_is_refused(kind: str, text: str) -> None:
    with pytest.raises(Invalid):
        do_not_call.read_target(kind, text)


def test_an_erased_number_is_found_with_its_key_alone(database: Database) -> None:
    key, callee = b"k" * 32, Callee(("+41446681800",), "campaign_1")
    with database.transaction() as session:
        do_not_call.block(session, "+41446681800", source="page", now=NOW, note="Frau Muster", campaign_id="")
        assert do_not_call.erase(session, "+41446681800", key, NOW) == 1
        assert do_not_call.erase(session, "+41446681800", key, NOW) == 0
        row = session.scalars(select(DoNotCall)).one()
        assert (row.value.startswith(do_not_call.ERASED), row.note) == (True, "")
        assert do_not_call.blocks_of(session, [callee], NOW, lambda: key) == [(row.id,)]
        with pytest.raises(Unavailable):
            do_not_call.blocks_of(session, [callee], NOW, lambda: b"o" * 32)


def test_a_number_that_was_erased_and_blocked_again_is_erased_again(database: Database) -> None:
    key, number = b"k" * 32, "+41446681800"
    with database.transaction() as session:
        do_not_call.block(session, number, source="page", now=NOW, expires_at=NOW + timedelta(days=1))
        do_not_call.erase(session, number, key, NOW)
        do_not_call.block(session, number, source="disposition", now=NOW)
        do_not_call.erase(session, number, key, NOW)
        row = session.scalars(select(DoNotCall)).one()
    assert row.expires_at is None


def test_many_are_blocked_at_once_and_each_of_them_once(database: Database) -> None:
    targets = [Target("number", f"+4144668{number:04}") for number in range(300)]
    with database.transaction() as session:
        do_not_call.block_many(session, targets, BlockTerms("import"), NOW)
        do_not_call.block_many(session, targets[:10], BlockTerms("import"), NOW)
        do_not_call.block_many(session, [], BlockTerms("import"), NOW)
        assert session.scalar(select(func.count()).select_from(DoNotCall)) == 300
