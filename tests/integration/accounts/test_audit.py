"""The audit trail on a real database: what was written verifies, what was touched does not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, select, update

from accounts.audit import Act, Broken, Intact, list_entries, record, verify_chain
from accounts.tables import AuditEntry
from foundation.database import Database

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


def write_five(database: Database) -> str:
    head = ""
    for number in range(5):
        with database.transaction() as session:
            act = Act("user_1", "campaign_started", f"campaign_{number}", {"lists": number, "by_hand": True, "x": None})
            head = record(session, act, NOW + timedelta(seconds=number)).hash
    return head


def test_what_was_written_verifies(database: Database) -> None:
    head = write_five(database)
    with database.reading() as session:
        assert verify_chain(session) == Intact(5, head)
        assert [entry.number for entry in list_entries(session, before_number=5, at_most=2)] == [4, 3]


def test_a_moment_given_in_another_zone_verifies(database: Database) -> None:
    with database.transaction() as session:
        record(session, Act("cli", "start", "campaign"), datetime(2026, 11, 24, 9, tzinfo=timezone(timedelta(hours=1))))
    with database.reading() as session:
        assert isinstance(verify_chain(session), Intact)


def test_an_empty_trail_is_intact(database: Database) -> None:
    with database.reading() as session:
        assert verify_chain(session) == Intact(0, "0" * 64)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "user_2"},
        {"action": "campaign_paused"},
        {"subject": "campaign_9"},
        {"facts": {"lists": 99}},
        {"at": NOW},
        {"hash": "f" * 64},
        {"previous_hash": "f" * 64},
    ],
)
def test_a_changed_row_is_found(database: Database, change: dict[str, object]) -> None:
    write_five(database)
    with database.transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.number == 3).values(**change))
    with database.reading() as session:
        verdict = verify_chain(session)
    assert isinstance(verdict, Broken)
    assert verdict.number == 3


def test_a_missing_row_is_found(database: Database) -> None:
    write_five(database)
    with database.transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.number == 2))
    with database.reading() as session:
        assert verify_chain(session) == Broken(2, "a row is missing")


def test_two_rows_that_changed_places_are_found(database: Database) -> None:
    write_five(database)
    with database.transaction() as session:
        for number, new in ((2, 99), (3, 2), (99, 3)):
            session.execute(update(AuditEntry).where(AuditEntry.number == number).values(number=new))
    with database.reading() as session:
        assert verify_chain(session) == Broken(2, "it does not follow the row before it")


def test_a_trail_that_was_cut_off_is_found_by_a_head_known_from_before(database: Database) -> None:
    head = write_five(database)
    with database.transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.number == 5))
    with database.reading() as session:
        assert isinstance(verify_chain(session), Intact)
        assert verify_chain(session, known_head=head) == Broken(4, "the known head is gone")


def test_an_act_that_was_rolled_back_is_not_recorded(database: Database) -> None:
    def fail_after_recording() -> None:
        with database.transaction() as session:
            record(session, Act("user_1", "campaign_started", "campaign_1"), NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_recording()
    with database.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_acts_written_at_the_same_time_make_one_chain(database: Database) -> None:
    def write(number: int) -> None:
        with database.transaction() as session:
            record(session, Act(f"user_{number}", "signed_in", "session"), NOW)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(30)))
    with database.reading() as session:
        verdict = verify_chain(session)
    assert isinstance(verdict, Intact)
    assert verdict.entries == 30
