"""Hears missed bells for events: held seats whose time is up, events that are over. Each is looked at again locked."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import select

from events import event_acts, seat_book
from events.event_book import lock_event
from events.seat_book import Terms
from events.seat_states import SeatStatus
from events.tables import Seat
from foundation.database import Database
from foundation.logs import get_logger

log = get_logger(__name__)

AT_MOST = 100


def sweep_events(database: Database, terms: Terms) -> list[str]:
    """Let lapse what is due, give freed seats on, and end what is over; the ids of the events that changed."""
    lapsed: list[tuple[str, Callable[[], bool]]] = [
        (event_id, partial(_lapse, database, event_id, seat_id, terms))
        for seat_id, event_id in due_seats(database, terms.now)
    ]
    ended: list[tuple[str, Callable[[], bool]]] = [
        (event_id, partial(_end, database, event_id, terms))
        for event_id in event_acts.ended_events(database, terms.now, AT_MOST)
    ]
    changed: dict[str, None] = {}
    for event_id, step in (*lapsed, *ended):
        try:
            if step():
                changed[event_id] = None
        except Exception:  # one event that cannot be moved must not keep the others from it
            log.exception("sweep_of_event_failed", event_id=event_id)
    return list(changed)


def due_seats(database: Database, now: datetime) -> list[tuple[str, str]]:
    """Ids of held seats whose time is up, each with its event's."""
    query = select(Seat.id, Seat.event_id).where(Seat.status == SeatStatus.HELD, Seat.held_until <= now)
    with database.reading() as session:
        rows = session.execute(query.order_by(Seat.held_until, Seat.id).limit(AT_MOST))
        return [(seat_id, event_id) for seat_id, event_id in rows]


def _lapse(database: Database, event_id: str, seat_id: str, terms: Terms) -> bool:
    with database.transaction() as session:
        return seat_book.lapse(session, lock_event(session, event_id), seat_id, terms)


def _end(database: Database, event_id: str, terms: Terms) -> bool:
    with database.transaction() as session:
        return event_acts.end_event(session, event_id, terms)
