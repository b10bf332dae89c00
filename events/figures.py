"""What an event has come to, counted from rows: answers, seats, who came."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from events import seat_book
from events.room import Measured, places
from events.seat_states import TAKES_SEAT, SeatStatus
from events.tables import Event, Seat


@dataclass(frozen=True)
class EventFigures:
    """Guests of an event by status; `places` are how many may have a seat at once."""

    places: int = 0
    by_status: Mapping[str, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """All who gave an answer, whatever it was."""
        return sum(self.by_status.values())

    @property
    def taken(self) -> int:
        """Seats that somebody has."""
        return sum(self.by_status.get(status, 0) for status in TAKES_SEAT)

    @property
    def free(self) -> int:
        """Seats that nobody has."""
        return max(0, self.places - self.taken)

    @property
    def measured(self) -> Measured:
        """How many came and how many stayed away."""
        return Measured(self.of(SeatStatus.ATTENDED), self.of(SeatStatus.ABSENT))

    def of(self, status: SeatStatus | str) -> int:
        """Guests of one status."""
        return self.by_status.get(str(status), 0)


def figures_of(session: Session, events: list[Event]) -> dict[str, EventFigures]:
    """The figures of several events, by their ids, in one look."""
    counted: dict[str, dict[str, int]] = {event.id: {} for event in events}
    query = select(Seat.event_id, Seat.status, func.count()).where(Seat.event_id.in_(counted))
    for event_id, status, count in session.execute(query.group_by(Seat.event_id, Seat.status)):
        counted[event_id][status] = count
    measured = seat_book.measured_shows(session) if any(event.overbooks for event in events) else Measured()
    return {
        event.id: EventFigures(
            places(event.seats, event.room, overbooks=event.overbooks, measured=measured), counted[event.id]
        )
        for event in events
    }


def all_events(session: Session, at_most: int = 200) -> list[Event]:
    """Events, the latest first."""
    return list(session.scalars(select(Event).order_by(Event.starts_at.desc(), Event.id).limit(at_most)))


def guests_of(session: Session, event_id: str, at_most: int = 5000) -> list[Seat]:
    """An event's guests by company and name, as a check-in list wants them."""
    query = select(Seat).where(Seat.event_id == event_id).order_by(func.lower(Seat.person), Seat.company, Seat.id)
    return list(session.scalars(query.limit(at_most)))
