"""Numbers that must not be called."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from compliance.do_not_call import BlockTerms, Target, block, block_many, erase, is_blocked
from compliance.tables import DoNotCall
from foundation.database import Database
from foundation.errors import Invalid
from tests.grounds import no_key
from tests.meanwhile import meanwhile

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NUMBER = "+41446681800"
DAY = timedelta(days=1)


def blocked(database: Database, campaign_id: str = "campaign_1", number: str = NUMBER, now: datetime = NOW) -> bool:
    with database.reading() as session:
        return is_blocked(session, number, campaign_id, now, no_key)


def test_a_blocked_number_is_blocked_everywhere_and_another_is_not(database: Database) -> None:
    assert not blocked(database)
    with database.transaction() as session:
        block(session, NUMBER, source="disposition", now=NOW, added_by="agent_1")
    assert blocked(database)
    assert blocked(database, "campaign_2")
    assert not blocked(database, number="+41446681801")


def test_a_block_for_one_campaign_leaves_the_others_alone(database: Database) -> None:
    with database.transaction() as session:
        block(session, NUMBER, source="page", now=NOW, campaign_id="campaign_1")
    assert blocked(database, "campaign_1")
    assert not blocked(database, "campaign_2")


def test_a_block_with_an_end_ends(database: Database) -> None:
    with database.transaction() as session:
        block(session, NUMBER, source="import", now=NOW, expires_at=NOW + DAY)
    assert blocked(database)
    assert not blocked(database, now=NOW + DAY)


def test_a_block_can_get_longer_and_never_shorter(database: Database) -> None:
    for expires_at in (NOW + 2 * DAY, NOW + DAY, None, NOW + DAY):
        with database.transaction() as session:
            block(session, NUMBER, source="import", now=NOW, note=str(expires_at), expires_at=expires_at)
        if expires_at == NOW + DAY:
            assert blocked(database, now=NOW + DAY)
    assert blocked(database, now=NOW + 10_000 * DAY)
    with database.reading() as session:
        rows = session.scalars(select(DoNotCall)).all()
    assert [row.note for row in rows] == [str(NOW + 2 * DAY)]


@pytest.mark.parametrize("number", ["", "0446681800", "+41 44 668 18 00", "+0446681800", "+41446681800x1", "CH"])
def test_a_number_in_another_form_would_never_match_and_is_refused(sqlite_database: Database, number: str) -> None:
    with pytest.raises(Invalid, match="country code"), sqlite_database.transaction() as session:
        block(session, number, source="api", now=NOW)


def test_two_who_block_at_once_make_one_block(database: Database) -> None:
    together = threading.Barrier(4)

    def add() -> str:
        together.wait()
        with database.transaction() as session:
            return block(session, NUMBER, source="disposition", now=NOW).id

    with ThreadPoolExecutor(4) as threads:
        ids = {future.result() for future in [threads.submit(add) for _ in range(4)]}
    assert len(ids) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DoNotCall)) == 1


def test_whoever_blocks_a_number_that_is_being_erased_is_heard(postgres_database: Database) -> None:
    database = postgres_database
    with database.transaction() as session:
        block(session, NUMBER, source="page", now=NOW, expires_at=NOW + DAY)

    def block_for_good() -> str:
        with database.transaction() as session:
            return block(session, NUMBER, source="api", now=NOW).value

    key, in_hand = b"k" * 32, select(DoNotCall).with_for_update()
    said = meanwhile(
        database,
        lambda session: session.scalars(in_hand).all(),
        block_for_good,
        then=lambda session: erase(session, NUMBER, key, NOW),
    )
    assert said == NUMBER
    with database.reading() as session:
        assert is_blocked(session, NUMBER, "campaign_1", NOW + 2 * DAY, lambda: key)


def test_two_files_that_name_the_same_numbers_in_another_order_do_not_wait_in_a_circle(
    postgres_database: Database,
) -> None:
    numbers = [f"+4144668{number:04}" for number in range(2000)]

    def block_all(session: Session, order: int) -> None:
        targets = [Target("number", number) for number in numbers[::order]]
        block_many(session, targets, BlockTerms("import"), NOW)

    def block_backwards() -> None:
        with postgres_database.transaction() as session:
            block_all(session, -1)

    for _ in range(3):
        with ThreadPoolExecutor(1) as thread, postgres_database.transaction() as session:
            backwards = thread.submit(block_backwards)
            block_all(session, 1)
            session.commit()
            backwards.result(timeout=30)
            session.execute(delete(DoNotCall))
