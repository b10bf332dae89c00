"""Lists after their import: recycled, archived, taken up again, split."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from campaigns import contact_queue, list_keeping
from campaigns.campaigns import Figures, figures
from campaigns.list_keeping import Recycling
from campaigns.tables import Contact, ContactEvent, ContactList
from foundation.database import Database
from foundation.errors import Conflict, Invalid
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts, contact

OUTCOMES = ("no_answer", "busy", "do_not_call", "not_interested", "qualified")


@pytest.fixture
def done(database: Database) -> tuple[str, dict[str, str]]:
    """A campaign in which one contact is done for each outcome; its id and theirs."""
    campaign_id = add_campaign(database)
    ids = dict(zip(OUTCOMES, add_contacts(database, campaign_id, len(OUTCOMES), attempts_made=3), strict=True))
    with database.transaction() as session:
        for outcome, contact_id in ids.items():
            contact_queue.finish(session, contact_id, outcome=outcome, now=NOW, attempted=False)
    return campaign_id, ids


def list_of(database: Database, contact_id: str) -> str:
    return contact(database, contact_id).list_id


def test_a_contact_is_never_on_a_list_of_another_campaign(database: Database) -> None:
    (one,), (other,) = (add_contacts(database, add_campaign(database, name), 1) for name in ("Spring", "Autumn"))
    for changes in ({"list_id": list_of(database, other)}, {"campaign_id": contact(database, other).campaign_id}):
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(update(Contact).where(Contact.id == one).values(phone_number="+41446681899", **changes))


def test_contacts_are_put_back_by_outcome_and_start_counting_anew(
    database: Database, done: tuple[str, dict[str, str]]
) -> None:
    campaign_id, ids = done
    with database.transaction() as session:
        wanted = Recycling(frozenset({"no_answer"}))
        assert list_keeping.recycle_some(session, campaign_id, wanted, NOW) == 1
        assert list_keeping.recycle_some(session, campaign_id, wanted, NOW) == 0
    back = contact(database, ids["no_answer"])
    assert (back.status, back.outcome, back.attempts_made, back.counts_from) == ("waiting", "", 0, NOW)
    assert back.hopper_key
    assert contact(database, ids["busy"]).status == "done"


def test_attempts_go_on_counting_when_that_is_wanted(database: Database, done: tuple[str, dict[str, str]]) -> None:
    campaign_id, ids = done
    with database.transaction() as session:
        list_keeping.recycle_some(session, campaign_id, Recycling(frozenset({"busy"}), resets_attempts=False), NOW)
    assert (contact(database, ids["busy"]).attempts_made, contact(database, ids["busy"]).counts_from) == (3, None)


@pytest.mark.parametrize("outcome", ["do_not_call", "not_interested", "qualified", "no_ground", "", "invalid_number"])
def test_whoever_said_no_or_may_not_be_called_is_never_put_back(
    database: Database, done: tuple[str, dict[str, str]], outcome: str
) -> None:
    campaign_id, ids = done
    with pytest.raises(Invalid), database.transaction() as session:
        list_keeping.recycle_some(session, campaign_id, Recycling(frozenset({"no_answer", outcome})), NOW)
    assert all(contact(database, contact_id).status == "done" for contact_id in ids.values())


def test_an_archived_list_leaves_the_line_keeps_promises_and_comes_back_as_it_was(database: Database) -> None:
    campaign_id = add_campaign(database)
    one, promised = add_contacts(database, campaign_id, 2, attempts_made=2)
    (other,) = add_contacts(database, campaign_id, 1)
    with database.transaction() as session:
        contact_queue.promise_callback(session, promised, at=NOW, agent_id="", now=NOW, call_id="call_1")
    list_id = list_of(database, one)
    with database.transaction() as session:
        assert list_keeping.archive_some(session, list_id, NOW) == 1
        assert list_keeping.archive_some(session, list_id, NOW) == 0
    assert contact(database, one).outcome == "list_archived"
    assert contact(database, promised).status == contact(database, other).status == "waiting"
    with database.transaction() as session:
        assert list_keeping.unarchive_some(session, list_id, NOW) == 1
        assert session.get_one(ContactList, list_id).archived_at is None
    assert (contact(database, one).status, contact(database, one).attempts_made) == ("waiting", 2)
    with database.reading() as session:
        history = select(ContactEvent).where(ContactEvent.contact_id == one).order_by(ContactEvent.id)
        moves = [(row.from_status, row.to_status, row.why, row.at) for row in session.scalars(history)]
    assert moves == [("waiting", "done", "list_archived", NOW), ("done", "waiting", "unarchived", NOW)]


def test_a_list_is_split_into_even_parts_whose_rows_add_up(database: Database) -> None:
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 10)
    list_id = list_of(database, ids[0])
    with database.transaction() as session:
        session.get_one(ContactList, list_id).total_rows = 12
        session.get_one(ContactList, list_id).created_rows = 10
        session.get_one(ContactList, list_id).refused_rows = 2
        parts = list_keeping.split(session, list_id, 3, NOW)
    with database.reading() as session:
        lists = [session.get_one(ContactList, one) for one in (list_id, *(part.id for part in parts))]
        sizes = [len(session.scalars(select(Contact.id).where(Contact.list_id == one.id)).all()) for one in lists]
        assert figures(session, campaign_id) == Figures(waiting=10)
    assert sorted(sizes) == [3, 3, 4]
    assert [one.created_rows for one in lists] == sizes
    assert sum(one.total_rows for one in lists) == 12
    assert {one.split_from for one in lists[1:]} == {list_id}


def test_a_list_cannot_be_split_into_more_than_it_has(database: Database) -> None:
    (one,) = add_contacts(database, add_campaign(database), 1)
    list_id = list_of(database, one)
    with pytest.raises(Conflict), database.transaction() as session:
        list_keeping.split(session, list_id, 2, NOW)
    with pytest.raises(Invalid), database.transaction() as session:
        list_keeping.split(session, list_id, 1, NOW)
