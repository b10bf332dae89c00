"""Events and guests for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from events import event_acts, seat_book
from events.event_book import EventDraft, create_event, lock_event
from events.seat_book import Answer, Guest, Terms
from events.tables import Event, EventChange, EventLetter, Seat
from foundation.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STARTS = NOW + timedelta(days=20)


def draft(seats: int = 2, **changes: Any) -> EventDraft:
    """A workshop in three weeks."""
    values: dict[str, Any] = {
        "title": {"de": "Werkstatt Cloud", "fr": "Atelier Cloud"},
        "text": {"de": "Ein Morgen mit Beispielen."},
        "place": "Beispielstrasse 1, 8005 Zürich",
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=3),
        "seats": seats,
    }
    return EventDraft(**values | changes)


def terms(now: datetime = NOW, actor: str = "user_1") -> Terms:
    """Whoever waited has a day to confirm."""
    return Terms(now, lambda _: now + timedelta(hours=24), actor)


def add_event(database: Database, seats: int = 2, **changes: Any) -> str:
    """An event that invites; its id."""
    with database.transaction() as session:
        event = create_event(session, draft(seats, **changes), NOW)
        return event_acts.open_event(session, event.id, terms()).id


def guest(number: int, **changes: Any) -> Guest:
    """A guest with an address."""
    values: dict[str, Any] = {
        "key": f"contact_{number}",
        "contact_id": f"contact_{number}",
        "person": f"Kim Beispiel {number}",
        "email": f"kim{number}@example.ch",
        "language": "de",
        "call_id": f"call_{number}",
    }
    return Guest(**values | changes)


def answer(
    database: Database, event_id: str, number: int, said: Answer = Answer.YES, now: datetime = NOW, **changes: Any
) -> Seat:
    """What a guest says."""
    with database.transaction() as session:
        event = lock_event(session, event_id)
        return seat_book.take_answer(session, event, guest(number, **changes), said, terms(now))


def confirm(database: Database, seat: Seat, now: datetime = NOW) -> Seat:
    """The guest confirms."""
    with database.transaction() as session:
        return seat_book.confirm(session, lock_event(session, seat.event_id), seat.id, terms(now))


def statuses(database: Database, event_id: str) -> list[str]:
    """Where the guests are, in the order of their answers."""
    with database.reading() as session:
        return list(session.scalars(select(Seat.status).where(Seat.event_id == event_id).order_by(Seat.id)))


def event_row(database: Database, event_id: str) -> Event:
    """The event as it is now."""
    with database.reading() as session:
        return session.get_one(Event, event_id)


def letters_of(session: Session, seat_id: str) -> list[EventLetter]:
    """A guest's letters, the first one first."""
    query = select(EventLetter).where(EventLetter.seat_id == seat_id).order_by(EventLetter.number)
    return list(session.scalars(query))


def kinds_of(database: Database, seat_id: str) -> list[tuple[str, int | None]]:
    """Kind and calendar number of a guest's letters that are sent or will be."""
    with database.reading() as session:
        return [(one.kind, one.sequence) for one in letters_of(session, seat_id) if not one.dropped_why]


def history(database: Database, event_id: str) -> list[EventChange]:
    """What happened, in order."""
    with database.reading() as session:
        query = select(EventChange).where(EventChange.event_id == event_id).order_by(EventChange.id)
        return list(session.scalars(query))
