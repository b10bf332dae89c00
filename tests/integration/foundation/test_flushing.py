"""Writing all that a session holds by one statement leaves the same rows as its own flush does."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from foundation.database import Database
from foundation.flushing import flush_at_once
from leads.tables import RoutingPeriod, RoutingPolicy

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def policy(mark: str) -> RoutingPolicy:
    return RoutingPolicy(mark=mark, version="2", first_used_at=NOW)


def test_rows_that_were_added_and_changed_are_written_with_their_defaults_and_stay_known(database: Database) -> None:
    with database.transaction() as session:
        session.add(policy("old"))
    with database.transaction() as session:
        known = session.get_one(RoutingPolicy, "old")
        known.dials, known.version = {"max_offers": 2}, "3"
        added = policy("new")
        session.add_all([added, RoutingPeriod(name="2026-03", seed="seed"), RoutingPeriod(name="2026-04", seed="seed")])
        flush_at_once(session)
        assert not session.new
        assert added in session
        assert added.dials == {}
        flush_at_once(session)
        added.version = "4"
    with database.reading() as session:
        rows = {row.mark: (row.version, row.dials, row.first_used_at) for row in session.scalars(select(RoutingPolicy))}
        assert rows == {"old": ("3", {"max_offers": 2}, NOW), "new": ("4", {}, NOW)}
        assert set(session.scalars(select(RoutingPeriod.name))) == {"2026-03", "2026-04"}


def test_row_that_is_there_already_is_refused_and_nothing_is_written(database: Database) -> None:
    with database.transaction() as session:
        session.add(policy("same"))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add_all([RoutingPeriod(name="2026-03", seed="seed"), policy("same")])
        flush_at_once(session)
    with database.reading() as session:
        assert session.scalar(select(RoutingPeriod.name)) is None


@pytest.mark.postgres
def test_on_postgresql_it_is_one_statement(postgres_database: Database) -> None:
    asked: list[str] = []
    with postgres_database.transaction() as session:
        session.add(RoutingPeriod(name="2026-03", seed="seed"))
        session.add(policy("mark"))
        event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        flush_at_once(session)
    assert len(asked) == 1
