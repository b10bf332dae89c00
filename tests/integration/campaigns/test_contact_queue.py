"""The line of contacts: who comes next, and every way in and out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from campaigns import contact_queue
from campaigns.tables import ContactEvent, ContactStatus
from foundation.database import Database
from foundation.errors import NotFound
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts, contact

HOUR = timedelta(hours=1)


def reserve(
    database: Database, campaign_id: str, limit: int = 10, language: str = "de", now: datetime = NOW
) -> list[str]:
    with database.transaction() as session:
        return [one.id for one in contact_queue.reserve_next(session, campaign_id, language, limit, now)]


def do(database: Database, step: Callable[..., bool], contact_id: str, **arguments: Any) -> bool:
    with database.transaction() as session:
        return step(session, contact_id, now=NOW, **arguments)


def events(database: Database, contact_id: str) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(
            select(ContactEvent).where(ContactEvent.contact_id == contact_id).order_by(ContactEvent.id)
        )
        return [(row.from_status, row.to_status, row.why) for row in rows]


def test_who_waits_longest_comes_first_and_equals_in_the_order_of_the_file(database: Database) -> None:
    campaign_id = add_campaign(database)
    later = add_contacts(database, campaign_id, 2)
    earlier = add_contacts(database, campaign_id, 2, not_before=NOW - HOUR)
    assert reserve(database, campaign_id, 3) == [*earlier, later[0]]
    assert reserve(database, campaign_id, 3) == [later[1]]
    assert reserve(database, campaign_id, 3) == []


def test_only_due_contacts_of_the_language_and_campaign_are_taken(database: Database) -> None:
    campaign_id, other = add_campaign(database), add_campaign(database, "Autumn")
    (due,) = add_contacts(database, campaign_id, 1, language="fr")
    add_contacts(database, campaign_id, 1, language="fr", not_before=NOW + timedelta(seconds=1))
    add_contacts(database, campaign_id, 1, language="de")
    add_contacts(database, other, 1, language="fr")
    assert reserve(database, campaign_id, language="fr") == [due]


def test_nothing_is_taken_where_nothing_is_asked_for(database: Database) -> None:
    campaign_id = add_campaign(database)
    add_contacts(database, campaign_id, 1)
    assert reserve(database, campaign_id, 0) == []
    assert reserve(database, campaign_id, -1) == []


def test_a_kept_promise_goes_before_the_line_once_its_time_has_come(database: Database) -> None:
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 4)
    assert reserve(database, campaign_id, 1) == [ids[0]]
    promised_for = NOW + HOUR
    assert do(database, contact_queue.promise_callback, ids[0], at=promised_for, agent_id="agent_1", call_id="call_1")
    waiting = contact(database, ids[0])
    assert (waiting.status, waiting.promised_at, waiting.callback_agent_id) == ("waiting", promised_for, "agent_1")
    assert waiting.attempts_made == 1
    assert reserve(database, campaign_id, 1, now=promised_for - timedelta(seconds=1)) == [ids[1]]
    assert reserve(database, campaign_id, 2, now=promised_for) == [ids[0], ids[2]]


def test_a_promise_outlasts_a_call_that_never_rang_and_ends_with_one_that_did(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    do(database, contact_queue.promise_callback, one, at=NOW, agent_id="agent_1", call_id="")
    reserve(database, campaign_id)
    do(database, contact_queue.give_back, one, not_before=NOW, why="outside_hours", attempted=False)
    assert contact(database, one).promised_at == NOW
    reserve(database, campaign_id)
    do(database, contact_queue.give_back, one, not_before=NOW, why="no_answer", attempted=True)
    assert contact(database, one).promised_at is None
    assert contact(database, one).callback_agent_id == ""


def test_giving_back_counts_what_rang_and_keeps_the_language_it_learned(database: Database) -> None:
    campaign_id = add_campaign(database)
    one, other = add_contacts(database, campaign_id, 2)
    reserve(database, campaign_id)
    assert do(
        database,
        contact_queue.give_back,
        one,
        not_before=NOW + HOUR,
        why="other_language",
        attempted=True,
        call_id="call_1",
        language="fr",
    )
    assert do(database, contact_queue.give_back, other, not_before=NOW, why="withdrawn", attempted=False)
    learned, untouched = contact(database, one), contact(database, other)
    assert (learned.attempts_made, learned.language, learned.not_before) == (1, "fr", NOW + HOUR)
    assert learned.last_attempt_at == NOW
    assert (untouched.attempts_made, untouched.language, untouched.last_attempt_at) == (0, "de", None)
    assert events(database, one) == [("waiting", "reserved", "due"), ("reserved", "waiting", "other_language")]


def test_a_fenced_contact_is_not_taken_until_it_is_settled(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    reserve(database, campaign_id)
    assert do(database, contact_queue.fence, one, why="outcome_unknown", call_id="call_1")
    assert reserve(database, campaign_id) == []
    assert do(database, contact_queue.give_back, one, not_before=NOW, why="not_placed", attempted=False)
    assert reserve(database, campaign_id) == [one]


def test_a_finished_contact_never_comes_back(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    reserve(database, campaign_id)
    assert do(database, contact_queue.finish, one, outcome="qualified", attempted=True, call_id="call_1")
    before = events(database, one)
    steps: list[Callable[[], bool]] = [
        partial(do, database, contact_queue.finish, one, outcome="busy", attempted=True),
        partial(do, database, contact_queue.give_back, one, not_before=NOW, why="busy", attempted=True),
        partial(do, database, contact_queue.fence, one, why="outcome_unknown", call_id=""),
        partial(do, database, contact_queue.promise_callback, one, at=NOW, agent_id="", call_id=""),
    ]
    assert [step() for step in steps] == [False] * len(steps)
    done = contact(database, one)
    assert (done.status, done.outcome, done.attempts_made) == (ContactStatus.DONE, "qualified", 1)
    assert events(database, one) == before


def test_what_waits_can_be_finished_but_not_given_back_or_fenced(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    assert not do(database, contact_queue.give_back, one, not_before=NOW + HOUR, why="busy", attempted=True)
    assert not do(database, contact_queue.fence, one, why="outcome_unknown", call_id="")
    assert contact(database, one).attempts_made == 0
    assert do(database, contact_queue.finish, one, outcome="do_not_call", attempted=False)


def test_a_rolled_back_reservation_leaves_the_line_as_it_was(database: Database) -> None:
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 2)
    with pytest.raises(RuntimeError, match="crash"), database.transaction() as session:
        contact_queue.reserve_next(session, campaign_id, "de", 2, NOW)
        raise RuntimeError("crash")
    assert events(database, ids[0]) == []
    assert reserve(database, campaign_id) == ids


def test_an_unknown_contact_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        do(database, contact_queue.fence, "contact_none", why="outcome_unknown", call_id="")


def test_counting_stops_at_the_given_number_for_each_language(database: Database) -> None:
    campaign_id = add_campaign(database)
    add_contacts(database, campaign_id, 5, language="de")
    add_contacts(database, campaign_id, 2, language="it")
    add_contacts(database, campaign_id, 3, language="fr", not_before=NOW + HOUR)
    with database.reading() as session:
        assert contact_queue.count_due(session, campaign_id, NOW, 3) == {"de": 3, "it": 2}
        assert contact_queue.count_due(session, campaign_id, NOW + HOUR, 100) == {"de": 5, "it": 2, "fr": 3}
        assert contact_queue.count_due(session, "campaign_none", NOW, 100) == {}


def test_the_next_moment_is_that_of_the_first_who_waits(database: Database) -> None:
    campaign_id = add_campaign(database)
    with database.reading() as session:
        assert contact_queue.next_due_at(session, campaign_id, NOW) is None
    add_contacts(database, campaign_id, 1, language="it", not_before=NOW + 2 * HOUR)
    add_contacts(database, campaign_id, 1, language="de", not_before=NOW + 3 * HOUR)
    with database.reading() as session:
        assert contact_queue.next_due_at(session, campaign_id, NOW) == NOW + 2 * HOUR
        assert contact_queue.next_due_at(session, campaign_id, NOW + 5 * HOUR) == NOW + 5 * HOUR
