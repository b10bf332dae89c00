"""The queries of every tick walk an index, however long the line is. Plans are compared, not seconds."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import Connection

from campaigns import contact_queue
from campaigns.campaigns import figures, finish_when_done
from campaigns.line_queries import Terms
from campaigns.tables import ContactList
from foundation.database import Database
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts
from tests.plans import listening, read_as_a_whole

ASKED: list[tuple[str, Any]] = []


@pytest.fixture
def line(database: Database) -> Iterator[tuple[Database, str]]:
    """A line of some thousands in several languages, with statistics, whose queries are listened to."""
    campaign_id, other = add_campaign(database), add_campaign(database, "Autumn")
    # Several lists of each size: where one held nearly all, walking the whole line would cost no more than walking it.
    for language, count in (("de", 1000), ("de", 1000), ("de", 1000), ("fr", 1000), ("it", 300)):
        add_contacts(database, campaign_id, count, language=language)
    add_contacts(database, campaign_id, 500, not_before=NOW + timedelta(days=1))
    add_contacts(database, other, 2000)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    ASKED.clear()

    def listen(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            ASKED.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", listen)
    yield database, campaign_id
    event.remove(database.engine, "before_cursor_execute", listen)


def plans(database: Database) -> list[str]:
    """How the database carries out each of the queries that were asked."""
    asked, found = list(ASKED), []
    raw = database.engine.raw_connection()
    try:
        for statement, parameters in asked:
            cursor = raw.cursor()
            if database.is_sqlite:
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found.append("\n".join(str(row[3]) for row in cursor.fetchall()))
            else:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                found.append(json.dumps(cursor.fetchall()))
            cursor.close()
    finally:
        raw.close()
    return found


def test_taking_the_next_contacts_walks_the_index_in_its_order(line: tuple[Database, str]) -> None:
    database, campaign_id = line
    with database.transaction() as session:
        contact_queue.reserve_next(session, campaign_id, "de", 10, NOW)
    taken = plans(database)
    assert len(taken) == 2  # one look at all there is, and the head
    assert all(f"ix_contacts_{kind}" in taken[0] for kind in ("promised", "resting", "hopper"))
    assert "ix_contacts_hopper" in taken[1]
    for plan in taken:
        _walks(plan)


def test_mixing_lists_walks_an_index_for_each(line: tuple[Database, str]) -> None:
    database, campaign_id = line
    with database.reading() as session:
        of_campaign = select(ContactList.id).where(ContactList.campaign_id == campaign_id)
        lists = session.scalars(of_campaign.order_by(ContactList.id)).all()
    ASKED.clear()
    terms = Terms(owners=frozenset({"agent_1", "agent_2"}), shares=dict.fromkeys(lists[:2], 50))
    with database.transaction() as session:
        contact_queue.reserve_next(session, campaign_id, "de", 10, NOW, terms)
    taken = [plan for plan in plans(database) if "ix_contacts" in plan]
    # Where each list begins is looked up with the lists themselves, of which there are few.
    assert all(f"ix_contacts_{kind}" in taken[0] for kind in ("promised", "resting", "hopper_list"))
    assert "ix_contacts_hopper_list" in taken[1]
    for plan in taken[1:]:
        _walks(plan)


@pytest.mark.parametrize("is_mixed", [False, True], ids=["as they come", "mixed"])
def test_a_pick_changes_the_rows_it_took_and_looks_at_no_others(line: tuple[Database, str], is_mixed: bool) -> None:
    database, campaign_id = line
    add_contacts(database, campaign_id, 5, not_before=NOW - timedelta(minutes=1), hopper_key=None)
    with database.reading() as session:
        lists = session.scalars(select(ContactList.id).where(ContactList.campaign_id == campaign_id)).all()
    terms = Terms(shares=dict.fromkeys(lists[:2], 50) if is_mixed else {})
    with listening(database) as asked, database.transaction() as session:
        assert len(contact_queue.reserve_next(session, campaign_id, "de", 10, NOW, terms)) == 10
    # Those who have come due are let in; history and status of those who were taken are written, in one or two.
    assert sum("UPDATE contacts" in statement or "INSERT" in statement for statement, _ in asked) >= 2
    assert "contacts" not in read_as_a_whole(database, asked)


def test_counting_and_looking_ahead_walk_the_index(line: tuple[Database, str]) -> None:
    database, campaign_id = line
    with database.reading() as session:
        contact_queue.count_due(session, campaign_id, NOW, 15)
        contact_queue.next_due_at(session, campaign_id, NOW)
    looked = plans(database)
    assert len(looked) == 3  # one is due: nobody looks further ahead
    for plan in looked:
        _walks(plan)
    assert all(f"ix_contacts_{kind}" in looked[0] for kind in ("hopper", "resting", "promised"))
    if database.is_sqlite:
        assert looked[0].count("COVERING INDEX ix_contacts_hopper") == 4


def test_looking_ahead_in_a_line_where_nobody_is_due_walks_the_indexes(line: tuple[Database, str]) -> None:
    database, campaign_id = line
    with database.transaction() as session:
        for language in ("de", "fr", "it"):
            contact_queue.reserve_next(session, campaign_id, language, 3000, NOW)
    ASKED.clear()
    with database.reading() as session:
        assert contact_queue.next_due_at(session, campaign_id, NOW) == NOW + timedelta(days=1)
        assert contact_queue.waiting_languages(session, campaign_id) == {"de"}
    for plan in plans(database):
        _walks(plan)


def test_seeing_that_a_campaign_is_not_done_walks_an_index(line: tuple[Database, str]) -> None:
    database, campaign_id = line
    with database.transaction() as session:
        assert not finish_when_done(session, campaign_id, NOW)
    (plan,) = plans(database)
    _walks(plan)


def test_the_figures_of_a_campaign_read_an_index_and_no_rows(line: tuple[Database, str]) -> None:
    database, campaign_id = line
    with database.reading() as session:
        figures(session, campaign_id)
    (plan,) = plans(database)
    if database.is_sqlite:
        assert "COVERING INDEX ix_contacts_outcome" in plan
    else:
        assert "ix_contacts_outcome" in plan or "Seq Scan" in plan  # small tables may be read as a whole


def _walks(plan: str) -> None:
    """No whole table is read and nothing is sorted: the first rows of the index are the answer."""
    for slow in ("SCAN contacts", "TEMP B-TREE", "Seq Scan", "Bitmap Heap", '"Sort"'):
        assert slow not in plan, plan
