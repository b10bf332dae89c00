"""Several tickers at one line."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import insert, select, text

from campaigns import contact_queue
from campaigns.campaigns import Figures, figures
from campaigns.line_queries import Terms
from campaigns.tables import Contact, ContactEvent, ContactList
from foundation.database import Database
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts


def test_two_who_take_at_once_never_take_the_same_contact(database: Database) -> None:
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 60)
    together = threading.Barrier(4)

    def take_until_empty() -> list[str]:
        taken: list[str] = []
        together.wait()
        for _ in range(30):
            with database.transaction() as session:
                taken += [one.id for one in contact_queue.reserve_next(session, campaign_id, "de", 3, NOW)]
        return taken

    with ThreadPoolExecutor(4) as threads:
        taken = [one for future in [threads.submit(take_until_empty) for _ in range(4)] for one in future.result()]
    assert Counter(taken) == Counter(ids)
    with database.reading() as session:
        assert figures(session, campaign_id) == Figures(reserved=60)


def test_who_is_held_by_another_is_passed_over(postgres_database: Database) -> None:
    database = postgres_database
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 3)
    with database.transaction() as first:
        assert [one.id for one in contact_queue.reserve_next(first, campaign_id, "de", 2, NOW)] == ids[:2]
        with ThreadPoolExecutor(1) as thread:

            def take() -> list[str]:
                with database.transaction() as second:
                    return [one.id for one in contact_queue.reserve_next(second, campaign_id, "de", 2, NOW)]

            assert thread.submit(take).result(timeout=30) == ids[2:]


def test_no_more_rows_are_locked_than_are_taken(postgres_database: Database) -> None:
    campaign_id = add_campaign(postgres_database)
    for employees in (20, 5, None):
        add_contacts(postgres_database, campaign_id, 40, employees=employees)
    with postgres_database.reading() as session:
        shares = dict.fromkeys(session.scalars(select(ContactList.id)).all(), 30)
    sizes = {"de": ("medium", "small", "unknown", "large")}
    with postgres_database.transaction() as session, postgres_database.reading() as other:
        terms = Terms(shares=shares, sizes=sizes)
        assert len(contact_queue.reserve_next(session, campaign_id, "de", 30, NOW, terms)) == 30
        free = other.scalars(select(Contact.id).with_for_update(skip_locked=True)).all()
    assert len(free) == 90


def test_whoever_adds_to_a_list_is_not_waited_for(postgres_database: Database) -> None:
    campaign_id = add_campaign(postgres_database)
    (one,) = add_contacts(postgres_database, campaign_id, 1)
    with postgres_database.transaction() as adding:
        row = {column.name: getattr(adding.get_one(Contact, one), column.name) for column in Contact.__table__.columns}
        added = {**row, "id": "contact_added", "phone_number": "+41446681999"}
        adding.execute(insert(Contact), {name: value for name, value in added.items() if name != "company_size"})
        with postgres_database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '5s'"))
            terms = Terms(shares={row["list_id"]: 100})
            assert [each.id for each in contact_queue.reserve_next(session, campaign_id, "de", 5, NOW, terms)] == [one]


def test_whoever_comes_first_a_contact_given_back_is_not_left_fenced(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    with database.transaction() as session:
        contact_queue.reserve_next(session, campaign_id, "de", 1, NOW)
    together = threading.Barrier(2)

    def give_back() -> bool:
        together.wait()
        with database.transaction() as session:
            return contact_queue.give_back(session, one, not_before=NOW, why="busy", now=NOW, attempted=True)

    def fence() -> bool:
        together.wait()
        with database.transaction() as session:
            return contact_queue.fence(session, one, why="outcome_unknown", now=NOW, call_id="")

    with ThreadPoolExecutor(2) as threads:
        back, fenced = threads.submit(give_back), threads.submit(fence)
        assert back.result()
        was_fenced = fenced.result()
    with database.reading() as session:
        assert figures(session, campaign_id) == Figures(waiting=1)
        events = list(session.scalars(select(ContactEvent.to_status).order_by(ContactEvent.id)))
    # Fenced first and then given back is possible; given back first leaves nothing to fence.
    assert events == ["reserved", *(["fenced"] if was_fenced else []), "waiting"]
