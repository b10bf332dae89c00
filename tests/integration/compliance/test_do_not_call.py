"""Numbers that must not be called."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from compliance.do_not_call import block, is_blocked
from compliance.tables import DoNotCall
from foundation.database import Database
from foundation.errors import Invalid
from tests.grounds import no_key

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
