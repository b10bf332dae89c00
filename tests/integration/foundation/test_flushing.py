"""Writing all that a session holds by one statement leaves the same rows as its own flush does."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from foundation.database import Database
from foundation.flushing import Beside, flush_at_once
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


def test_statement_beside_the_rows_is_carried_out_and_values_that_are_alike_stay_apart(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([policy("a mark of length"), policy("another"), RoutingPeriod(name="2026-02", seed="old")])
    place = "?" if database.is_sqlite else "%s"
    words = f"UPDATE routing_periods SET seed = {place} WHERE name = {place}"
    with database.transaction() as session:
        known = session.get_one(RoutingPolicy, "a mark of length")
        # The same text as a key, as a value of the same kind, and as one of another kind.
        known.version = "a mark of length"
        session.add(RoutingPolicy(mark="new", version="a mark of length", dials={}, first_used_at=NOW))
        flush_at_once(session, Beside(words, ["a mark of length", "2026-02"]))
    with database.transaction() as session:
        flush_at_once(session, Beside(words.replace("WHERE name", "WHERE seed"), ["2026-02", "a mark of length"]))
    with database.reading() as session:
        versions = {row.mark: row.version for row in session.scalars(select(RoutingPolicy))}
        assert versions == {"a mark of length": "a mark of length", "another": "2", "new": "a mark of length"}
        assert session.scalar(select(RoutingPeriod.seed)) == "2026-02"


@pytest.mark.postgres
def test_on_postgresql_it_is_one_statement(postgres_database: Database) -> None:
    asked: list[str] = []
    with postgres_database.transaction() as session:
        session.add(RoutingPeriod(name="2026-03", seed="seed"))
        session.add(policy("mark"))
        event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        flush_at_once(session)
    assert len(asked) == 1
