"""The line of contacts: who comes next, and every way in and out."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from campaigns import contact_queue, line_places
from campaigns.line_queries import Terms
from campaigns.tables import Callback, Campaign, Contact, ContactEvent, ContactList, ContactStatus
from foundation.database import Database
from foundation.errors import NotFound
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts, contact

HOUR = timedelta(hours=1)


def reserve(
    database: Database, campaign_id: str, limit: int = 10, language: str = "de", now: datetime = NOW, **terms: Any
) -> list[str]:
    on_terms = Terms(**{"owners": frozenset({"agent_1"}), **terms})
    with database.transaction() as session:
        return [one.id for one in contact_queue.reserve_next(session, campaign_id, language, limit, now, on_terms)]


def do(database: Database, step: Callable[..., bool], contact_id: str, **arguments: Any) -> bool:
    with database.transaction() as session:
        return step(session, contact_id, now=NOW, **arguments)


def events(database: Database, contact_id: str) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(
            select(ContactEvent).where(ContactEvent.contact_id == contact_id).order_by(ContactEvent.id)
        )
        return [(row.from_status, row.to_status, row.why) for row in rows]


def open_callbacks(database: Database, contact_id: str) -> int:
    with database.reading() as session:
        open_ones = select(Callback.id).where(Callback.contact_id == contact_id, Callback.closed_at.is_(None))
        return len(session.scalars(open_ones).all())


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


def test_a_promise_outlasts_calls_that_reached_nobody_and_ends_with_a_talk(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    do(database, contact_queue.promise_callback, one, at=NOW, agent_id="agent_1", call_id="")
    reserve(database, campaign_id)
    do(database, contact_queue.give_back, one, not_before=NOW, why="outside_hours", attempted=False)
    assert contact(database, one).promised_at == NOW
    reserve(database, campaign_id)
    do(database, contact_queue.give_back, one, not_before=NOW + HOUR, why="no_answer", attempted=True)
    still = contact(database, one)
    assert (still.promised_at, still.callback_agent_id) == (NOW + HOUR, "agent_1")
    assert open_callbacks(database, one) == 1
    assert reserve(database, campaign_id, now=NOW + HOUR) == [one]
    do(database, contact_queue.give_back, one, not_before=NOW, why="decider_absent", attempted=True, talked=True)
    assert contact(database, one).promised_at is None
    assert contact(database, one).callback_agent_id == ""
    assert open_callbacks(database, one) == 0


def test_a_callback_of_one_agent_waits_for_them_and_is_the_teams_when_they_stay_away(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    do(database, contact_queue.promise_callback, one, at=NOW, agent_id="agent_1", call_id="call_1")
    away = frozenset({"agent_2"})
    assert reserve(database, campaign_id, now=NOW + timedelta(minutes=29), owners=away) == []
    assert reserve(database, campaign_id, now=NOW + timedelta(minutes=30), owners=away) == [one]


def test_a_second_promise_takes_the_place_of_the_first(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    do(database, contact_queue.promise_callback, one, at=NOW, agent_id="agent_1", call_id="call_1")
    do(database, contact_queue.promise_callback, one, at=NOW + HOUR, agent_id="", call_id="call_2")
    assert open_callbacks(database, one) == 1
    with database.reading() as session:
        first, second = session.scalars(select(Callback).order_by(Callback.made_at, Callback.id))
    assert (first.closed_why, first.closed_by_call_id, second.closed_at) == ("moved", "call_2", None)


def test_do_not_call_closes_a_callback_for_all_to_see(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    do(database, contact_queue.promise_callback, one, at=NOW, agent_id="agent_1", call_id="call_1")
    do(database, contact_queue.finish, one, outcome="do_not_call", attempted=False)
    with database.reading() as session:
        assert session.scalars(select(Callback.closed_why)).all() == ["do_not_call"]
    assert not do(database, contact_queue.promise_callback, one, at=NOW, agent_id="", call_id="call_2")


def test_lists_are_mixed_by_their_shares_and_fill_up_for_each_other(database: Database) -> None:
    campaign_id = add_campaign(database)
    one, other = add_contacts(database, campaign_id, 20), add_contacts(database, campaign_id, 6)
    shares = {contact(database, one[0]).list_id: 75, contact(database, other[0]).list_id: 25}
    taken = [reserve(database, campaign_id, 4, shares=shares) for _ in range(4)]
    assert [sum(contact_id in other for contact_id in some) for some in taken] == [1, 1, 1, 1]
    rest = reserve(database, campaign_id, 20, shares=shares)
    assert len(rest) == 10
    assert set(rest) == set(one + other) - {contact_id for some in taken for contact_id in some}


def test_the_line_is_ordered_by_priority_then_new_ones_then_columns(database: Database) -> None:
    campaign_id = add_campaign(database)
    order = {"columns": [{"name": "employees", "descending": True}, {"name": "company"}], "new_first": True}
    with database.transaction() as session:
        session.get_one(Campaign, campaign_id).line_order = order
    ids = [
        add_contacts(database, campaign_id, 1, **columns)[0]
        for columns in (
            {"employees": 9, "company": "Zebra"},
            {"employees": 100, "company": "Alpha"},
            {"employees": None, "company": "Alpha"},
            {"employees": 9, "company": "Ähre"},
            {"employees": 1000, "company": "tried before", "attempts_made": 1},
            {"employees": 1, "company": "of a list that matters"},
        )
    ]
    with database.transaction() as session:
        session.get_one(ContactList, session.get_one(Contact, ids[5]).list_id).priority = 2
        assert line_places.place_many(session, campaign_id, ids, NOW) == len(ids)
        session.expire_all()
        assert line_places.place_many(session, campaign_id, ids, NOW) == 0
        places = [session.get_one(Contact, contact_id).order_key for contact_id in ids]
        for contact_id in ids:  # one by one it is the same
            line_places.place_in_line(session, session.get_one(Contact, contact_id), NOW)
        assert [session.get_one(Contact, contact_id).order_key for contact_id in ids] == places
    assert reserve(database, campaign_id) == [ids[5], ids[1], ids[3], ids[0], ids[2], ids[4]]


def test_whoever_comes_due_takes_the_place_that_the_order_gives(database: Database) -> None:
    campaign_id = add_campaign(database)
    with database.transaction() as session:
        session.get_one(Campaign, campaign_id).line_order = {"columns": [{"name": "employees", "descending": True}]}
    small, large = (add_contacts(database, campaign_id, 1, employees=employees)[0] for employees in (5, 500))
    reserve(database, campaign_id)
    do(database, contact_queue.give_back, small, not_before=NOW + HOUR, why="no_answer", attempted=True)
    do(database, contact_queue.give_back, large, not_before=NOW + 2 * HOUR, why="busy", attempted=True)
    assert (contact(database, small).waits_for, contact(database, small).hopper_key) == ("no_answer", None)
    assert reserve(database, campaign_id, now=NOW + 2 * HOUR) == [large, small]


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


def test_those_who_are_taken_together_are_as_their_rows_say(database: Database) -> None:
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 3, not_before=NOW - HOUR)
    with database.transaction() as session:
        before = session.get_one(Contact, ids[1])
        taken = contact_queue.reserve_next(session, campaign_id, "de", 3, NOW)
        assert (before.status, before.status_since, before.hopper_key) == (ContactStatus.RESERVED, NOW, None)
        contact_queue.give_back(session, ids[0], not_before=NOW, why="withdrawn", now=NOW, attempted=False)
    with database.reading() as session:
        rows = {one.id: one for one in session.scalars(select(Contact))}
    assert [one.id for one in taken] == ids
    assert all(getattr(rows[one.id], name) == value for one in taken for name, value in one._asdict().items())
    held = [(row.status, row.status_since, row.hopper_key, row.waits_for) for row in map(rows.__getitem__, ids[1:])]
    assert held == [(ContactStatus.RESERVED, NOW, None, "")] * 2
    assert events(database, ids[0]) == [("waiting", "reserved", "due"), ("reserved", "waiting", "withdrawn")]
    assert events(database, ids[2]) == [("waiting", "reserved", "due")]


def line_of_three_languages(database: Database, name: str) -> str:
    """Three of each wait; of the French one was promised a call, of the Italian one rests, both for an hour."""
    campaign_id = add_campaign(database, name)
    ids = {language: add_contacts(database, campaign_id, 3, language=language) for language in ("de", "fr", "it")}
    add_contacts(database, campaign_id, 1, language="it", not_before=NOW + HOUR)
    reserve(database, campaign_id, 2, "fr")
    promise = {"at": NOW + HOUR, "agent_id": "", "call_id": ""}
    do(database, contact_queue.promise_callback, ids["fr"][1], **promise)
    return campaign_id


@pytest.mark.parametrize("later", [0, 2])
def test_several_languages_are_taken_at_once_as_they_are_one_by_one(database: Database, later: int) -> None:
    limits = {"it": 9, "de": 2, "en": 3, "fr": 2}
    at_once, one_by_one = line_of_three_languages(database, "At once"), line_of_three_languages(database, "One by one")
    with database.transaction() as session:
        each = contact_queue.reserve_each(session, at_once, limits, NOW + later * HOUR)
        others = [
            one
            for language, most in limits.items()
            for one in contact_queue.reserve_next(session, one_by_one, language, most, NOW + later * HOUR)
        ]
    assert [one.id[-8:] for one in each] == [one.id[-8:] for one in others]
    assert Counter(one.language for one in each) == {"it": 4 if later else 3, "de": 2, "fr": 2 if later else 1}
    assert {events(database, one.id)[-1] for one in each} == {("waiting", "reserved", "due")}
