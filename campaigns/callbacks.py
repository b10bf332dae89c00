"""Promised callbacks as rows: a contact has at most one that is open, a call promises at most one.

Written by `contact_queue` alone, in the transaction that moves the contact; here they are also looked up.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import Callback, Contact
from foundation.ids import new_id


def open_callback(  # noqa: PLR0913 - each argument is one column of the row
    session: Session, contact: Contact, *, at: datetime, agent_id: str, now: datetime, call_id: str
) -> None:
    """A new promise to a locked contact; one that is open already gives way to it."""
    close_callback(session, contact, why="moved", now=now, call_id=call_id)
    session.add(
        Callback(
            id=new_id("callback"),
            contact_id=contact.id,
            campaign_id=contact.campaign_id,
            call_id=call_id or None,
            agent_id=agent_id,
            at=at,
            made_at=now,
        )
    )
    session.flush()


def close_callback(session: Session, contact: Contact, *, why: str, now: datetime, call_id: str) -> None:
    """The open promise to a locked contact is settled: by a talk, by another promise, or by do-not-call."""
    callback = find_open(session, contact.id)
    if callback is not None:
        callback.closed_at, callback.closed_why, callback.closed_by_call_id = now, why, call_id
        session.flush()


def take_back(session: Session, contact: Contact, *, now: datetime, call_id: str) -> bool:
    """What a call promised to a locked contact, and is open still, was said in error; whether there was anything.

    The call may promise anew: the row names it from now on only as the one that closed it.
    """
    callback = find_open(session, contact.id)
    if callback is None or callback.call_id != call_id:
        return False
    close_callback(session, contact, why="corrected", now=now, call_id=call_id)
    callback.call_id = None
    session.flush()
    return True


def promised_by(session: Session, call_id: str) -> Callback | None:
    """What a call promised, open or not; None where it promised nothing."""
    return session.scalar(select(Callback).where(Callback.call_id == call_id))


def find_open(session: Session, contact_id: str) -> Callback | None:
    """The open promise to a contact, if there is one."""
    return session.scalar(select(Callback).where(Callback.contact_id == contact_id, Callback.closed_at.is_(None)))


def open_of_agent(session: Session, agent_id: str, at_most: int = 100) -> list[tuple[Callback, Contact]]:
    """An agent's own open promises, the next one first. A contact's row says when it is dialed now."""
    rows = session.execute(
        select(Callback, Contact)
        .join(Contact, Contact.id == Callback.contact_id)
        .where(Callback.agent_id == agent_id, Callback.closed_at.is_(None))
        .order_by(Callback.at, Callback.id)
        .limit(at_most)
    )
    return [(callback, contact) for callback, contact in rows]
