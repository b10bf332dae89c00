"""What staff and clocks do to a whole event: open, change, move, cancel, end. Guests' seats follow in the same step."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from events import letters, seat_book
from events.event_book import EventDraft, lock_event, move_event, rewrite
from events.letters import LetterKind
from events.seat_book import CALL_AHEAD, Terms
from events.seat_states import INVITING, EventMove, SeatMove, SeatStatus
from events.tables import Event, Seat
from foundation.database import Database
from foundation.errors import Conflict

# What guests have in their calendars.
_IN_CALENDARS = frozenset({"starts_at", "ends_at", "time_zone", "place", "online_link"})
_COMING = (SeatStatus.WAITING, SeatStatus.HELD, SeatStatus.CONFIRMED)


def open_event(session: Session, event_id: str, terms: Terms) -> Event:
    """Let campaigns invite to an event from now on.

    Raises:
        NotFound: there is no such event.
        Conflict: it is not a draft, or it would begin in the past.
    """
    event = lock_event(session, event_id)
    if event.starts_at <= terms.now:
        raise Conflict("This event would have begun already. Move it first.")
    move_event(session, event, EventMove.OPEN, terms.now, terms.actor)
    return event


def change_event(session: Session, event_id: str, draft: EventDraft, terms: Terms) -> Event:
    """Change an event. Where date or place are new, whoever comes or waits is told, with a calendar entry that follows.

    Raises:
        NotFound: there is no such event.
        Invalid: the draft lacks what an event needs.
        Conflict: it is over or canceled, or it would begin in the past.
    """
    event = lock_event(session, event_id)
    changed = rewrite(session, event, draft, terms.now, terms.actor)
    if event.status not in INVITING:
        return event
    if seat_book.free_places(session, event) < 0:
        raise Conflict("More guests have a seat than that.")
    if "starts_at" in changed and event.starts_at <= terms.now:
        raise Conflict("This event would have begun already. Choose a moment that is still to come.")
    if changed & _IN_CALENDARS:
        for seat in _seats(session, event, _COMING):
            letters.write_letter(session, seat, LetterKind.MOVED, terms.now)
            _follow_the_date(session, event, seat, terms.now)
    seat_book.fill_up(session, event, terms)
    return event


def cancel_event(session: Session, event_id: str, terms: Terms) -> Event:
    """The event does not take place: everybody who had answered yes or maybe is told.

    Raises:
        NotFound: there is no such event.
        Conflict: it is over or canceled already.
    """
    event = lock_event(session, event_id)
    move_event(session, event, EventMove.CANCEL, terms.now, terms.actor)
    for seat in _seats(session, event, (*_COMING, SeatStatus.UNDECIDED)):
        seat_book.let_go(session, event, seat, SeatMove.CANCEL, terms)
        letters.write_letter(session, seat, LetterKind.CALLED_OFF, terms.now)
    session.flush()
    return event


def end_event(session: Session, event_id: str, terms: Terms) -> bool:
    """End an event whose time is over: whoever had confirmed and was not checked in stayed away; whether it ended."""
    event = lock_event(session, event_id)
    if event.status not in INVITING or event.ends_at > terms.now:
        return False
    move_event(session, event, EventMove.END, terms.now, terms.actor)
    for seat in _seats(session, event, (SeatStatus.CONFIRMED, SeatStatus.HELD, SeatStatus.WAITING)):
        move = SeatMove.MISS if seat.status == SeatStatus.CONFIRMED else SeatMove.LAPSE
        seat_book.let_go(session, event, seat, move, terms)
    session.flush()
    return True


def ended_events(database: Database, now: datetime, at_most: int) -> list[str]:
    """Ids of events whose time is over and that nobody has ended yet."""
    query = select(Event.id).where(Event.status.in_(INVITING), Event.ends_at <= now).order_by(Event.ends_at)
    with database.reading() as session:
        return list(session.scalars(query.limit(at_most)))


def _follow_the_date(session: Session, event: Event, seat: Seat, now: datetime) -> None:
    if seat.status == SeatStatus.CONFIRMED:
        letters.plan_reminders(session, event, seat, now)
        is_ahead = event.starts_at - CALL_AHEAD > now
        seat.call_due_at = event.starts_at - CALL_AHEAD if seat.is_key and seat.contact_id and is_ahead else None
    elif seat.held_until is not None:
        seat.held_until = min(seat.held_until, event.starts_at)


def _seats(session: Session, event: Event, statuses: Collection[SeatStatus]) -> list[Seat]:
    query = select(Seat).where(Seat.event_id == event.id, Seat.status.in_(statuses))
    return list(session.scalars(query.order_by(Seat.id)))
