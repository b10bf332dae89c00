"""Whatever happens to a contact in whatever order, a promised callback is never lost and never doubled."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns import contact_queue
from campaigns.line_queries import Terms
from campaigns.tables import Callback, Contact, ContactStatus
from foundation.database import Database
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts

STEPS = ("reserve", "promise", "promise_again", "no_answer", "talk", "refused", "fence", "finish", "recycle", "crash")


class Died(Exception):
    """The process ended in the middle of a transaction."""


def take_step(database: Database, contact_id: str, step: str, number: int) -> None:
    now = NOW + timedelta(hours=number)
    with database.transaction() as session:
        campaign_id = session.get_one(Contact, contact_id).campaign_id
        match step:
            case "reserve":
                contact_queue.reserve_next(session, campaign_id, "de", 5, now, Terms(frozenset({"agent_1"})))
            case "promise" | "promise_again" | "crash":
                # The call of a step that is repeated is the same: people press twice, jobs run twice.
                call_id = f"{contact_id[-8:]}_{number // 2 if step == 'promise_again' else number}"
                known = session.scalar(select(Callback.id).where(Callback.call_id == call_id))
                if known is None:
                    contact_queue.promise_callback(
                        session, contact_id, at=now + timedelta(hours=2), agent_id="agent_1", now=now, call_id=call_id
                    )
                if step == "crash":
                    raise Died
            case "no_answer" | "refused" | "talk":
                contact_queue.give_back(
                    session,
                    contact_id,
                    not_before=now + timedelta(hours=1),
                    why=step,
                    now=now,
                    attempted=step != "refused",
                    talked=step == "talk",
                )
            case "fence":
                contact_queue.fence(session, contact_id, why="outcome_unknown", now=now, call_id="")
            case "finish":
                contact_queue.finish(session, contact_id, outcome="do_not_call", now=now, attempted=False)
            case "recycle":
                contact = session.get_one(Contact, contact_id, with_for_update=True)
                some = [contact_id] if contact.status == ContactStatus.DONE else []
                contact_queue.put_back_many(
                    session, contact.campaign_id, some, why="recycled", now=now, resets_attempts=True
                )
            case _:
                raise AssertionError(step)


def check(database: Database, contact_id: str) -> None:
    """What the contact's row and the callbacks' rows say is the same, and one at most is open."""
    with database.reading() as session:
        contact = session.get_one(Contact, contact_id)
        rows = session.scalars(select(Callback).where(Callback.contact_id == contact_id)).all()
    open_ones = [row for row in rows if row.closed_at is None]
    assert len(open_ones) == (1 if contact.promised_at is not None else 0)
    assert all(row.closed_why for row in rows if row.closed_at is not None)
    if contact.promised_at is not None:
        assert contact.status != ContactStatus.DONE
        assert contact.hopper_key is None
        assert contact.not_before >= contact.promised_at
    elif contact.status == ContactStatus.WAITING:
        assert contact.order_key


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=12))
def test_a_promise_is_never_lost_and_never_doubled(database: Database, steps: list[str]) -> None:
    campaign_id = campaign_of(database)
    (contact_id,) = add_contacts(database, campaign_id, 1)
    for number, step in enumerate(steps):
        before = promises(database, contact_id)
        try:
            take_step(database, contact_id, step, number)
        except Died:
            assert promises(database, contact_id) == before
        check(database, contact_id)
    end_of_line(database, contact_id)


def campaign_of(database: Database) -> str:
    with database.reading() as session:
        known: Any = session.scalar(select(Contact.campaign_id).limit(1))
    return known or add_campaign(database)


def promises(database: Database, contact_id: str) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Callback).where(Callback.contact_id == contact_id).order_by(Callback.id))
        return [(row.id, row.closed_why) for row in rows]


def end_of_line(database: Database, contact_id: str) -> None:
    """An open promise is dialed in the end, even when its owner never comes back."""
    long_after = NOW + timedelta(days=30)
    with database.reading() as session:
        contact = session.get_one(Contact, contact_id)
    if contact.promised_at is None or contact.status != ContactStatus.WAITING:
        return
    with database.transaction() as session:
        taken = contact_queue.reserve_next(session, contact.campaign_id, "de", 100, long_after)
        assert contact_id in {one.id for one in taken}
