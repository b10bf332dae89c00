"""Forgets guests: after their time, or because they ask. Answers and figures stay, and nothing tells who it was."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from events import seat_book
from events.event_book import lock_event
from events.seat_book import Terms
from events.seat_states import FINAL_EVENTS, SeatMove, SeatStatus, next_seat_status
from events.tables import Event, Seat


def old_guests(before: datetime) -> Select[str]:
    """Ids of guests of events that were over before this moment."""
    return (
        select(Seat.id)
        .join(Event, Event.id == Seat.event_id)
        .where(Event.status.in_(FINAL_EVENTS), Event.ends_at <= before, Seat.forgotten_at.is_(None))
        .order_by(Event.ends_at, Seat.id)
    )


def count_old(session: Session, before: datetime) -> int:
    """How many guests would be forgotten."""
    return session.scalars(select(func.count()).select_from(old_guests(before).subquery())).one()


def forget_old(session: Session, before: datetime, at_most: int, now: datetime) -> int:
    """Forget guests of events that were over before this moment; how many."""
    seat_ids = list(session.scalars(old_guests(before).limit(at_most)))
    for seat in session.scalars(select(Seat).where(Seat.id.in_(seat_ids)).with_for_update()):
        _forget(seat, now)
    session.flush()
    return len(seat_ids)


def forget_guests(session: Session, phone_number: str, contact_ids: Collection[str], terms: Terms) -> int:
    """Forget whoever has this number or is one of these contacts. Their seats go to who waits; how many guests."""
    found = _seats_of(session, phone_number, contact_ids)
    for event_id, seat_id in found:
        forget_guest(session, event_id, seat_id, terms)
    return len(found)


def leave_alone(session: Session, phone_number: str, contact_ids: Collection[str], terms: Terms) -> int:
    """Write to these guests no more, and give their seats to who waits: their consent is withdrawn; how many guests."""
    found = _seats_of(session, phone_number, contact_ids)
    for event_id, seat_id in found:
        event = lock_event(session, event_id)
        seat = seat_book.find_seat(session, event, seat_id)
        seat.email, seat.call_due_at = "", None
        _give_seat_on(session, event, seat, terms)
    return len(found)


def forget_guest(session: Session, event_id: str, seat_id: str, terms: Terms) -> Seat:
    """Forget one guest. A seat to come goes to whoever waits, and no letter is written.

    Raises:
        NotFound: there is no such guest.
    """
    event = lock_event(session, event_id)
    seat = seat_book.find_seat(session, event, seat_id)
    _forget(seat, terms.now)
    _give_seat_on(session, event, seat, terms)
    return seat


def _seats_of(session: Session, phone_number: str, contact_ids: Collection[str]) -> list[tuple[str, str]]:
    is_meant: list[ColumnElement[bool]] = [Seat.contact_id.in_(list(contact_ids))]
    if phone_number:
        is_meant.append(Seat.phone_number == phone_number)
    query = select(Seat.event_id, Seat.id).where(or_(*is_meant), Seat.forgotten_at.is_(None))
    return [(event_id, seat_id) for event_id, seat_id in session.execute(query.order_by(Seat.event_id, Seat.id))]


def _give_seat_on(session: Session, event: Event, seat: Seat, terms: Terms) -> None:
    if event.status not in FINAL_EVENTS and next_seat_status(SeatStatus(seat.status), SeatMove.CANCEL):
        seat_book.cancel(session, event, seat.id, terms)
    session.flush()


def _forget(seat: Seat, now: datetime) -> None:
    seat.company = seat.person = seat.email = seat.phone_number = ""
    seat.guest_key, seat.contact_id, seat.call_due_at, seat.forgotten_at = f"gone:{seat.id}", "", None, now
