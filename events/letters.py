"""Letters to guests as rows with a due moment. Writing their words and sending them is the business of the pages' side.

A letter is sent once: whoever sends it first takes a lease, and what no longer holds is dropped instead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from events.event_book import lock_event
from events.seat_states import FINAL_EVENTS, SeatStatus
from events.tables import Event, EventLetter, Seat
from foundation.database import Database
from foundation.ids import new_id

LEASE = timedelta(minutes=5)
# After each failure the next pause; after the last the letter is dropped.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
REMINDERS = {"reminder_week": timedelta(days=7), "reminder_day": timedelta(days=1)}


class LetterKind(StrEnum):
    """What a letter is about."""

    HELD = "held"  # please confirm
    OFFERED = "offered"  # a seat came free for whoever waited
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"  # the guest's own seat was given up
    CALLED_OFF = "called_off"  # the whole event
    REMINDER_WEEK = "reminder_week"
    REMINDER_DAY = "reminder_day"


_S, _K = SeatStatus, LetterKind
_COMING = frozenset({_S.WAITING, _S.HELD, _S.CONFIRMED})
# In which states of the seat a letter still says the truth.
HOLDS_FOR: dict[LetterKind, frozenset[SeatStatus]] = {
    _K.HELD: frozenset({_S.HELD}),
    _K.OFFERED: frozenset({_S.HELD}),
    _K.WAITING: frozenset({_S.WAITING}),
    _K.CONFIRMED: frozenset({_S.CONFIRMED}),
    _K.LAPSED: frozenset({_S.LAPSED}),
    _K.MOVED: _COMING,
    _K.WITHDRAWN: frozenset({_S.CANCELED, _S.DECLINED, _S.UNDECIDED}),
    _K.CALLED_OFF: frozenset({_S.CANCELED}),
    _K.REMINDER_WEEK: frozenset({_S.CONFIRMED}),
    _K.REMINDER_DAY: frozenset({_S.CONFIRMED}),
}
CARRIES_CALENDAR = frozenset({_K.CONFIRMED, _K.MOVED, _K.WITHDRAWN, _K.CALLED_OFF})


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours to send, with all that it is written from."""

    letter: EventLetter
    seat: Seat
    event: Event


def write_letter(session: Session, seat: Seat, kind: LetterKind, now: datetime, due_at: datetime | None = None) -> None:
    """A letter for a guest of a locked event; nothing where no address was given.

    A calendar entry that replaces or cancels another goes only to whoever has one.
    """
    if not seat.email:
        return
    sequence = None
    had_entry = seat.sequence is not None
    if kind is _K.CONFIRMED or (kind in CARRIES_CALENDAR and had_entry):
        sequence = seat.sequence = 0 if seat.sequence is None else seat.sequence + 1
    last = session.scalar(select(func.max(EventLetter.number)).where(EventLetter.seat_id == seat.id))
    session.add(
        EventLetter(
            id=new_id("letter"),
            event_id=seat.event_id,
            seat_id=seat.id,
            kind=kind,
            number=(last or 0) + 1,
            sequence=sequence,
            made_at=now,
            next_try_at=due_at or now,
        )
    )
    session.flush()


def plan_reminders(session: Session, event: Event, seat: Seat, now: datetime) -> None:
    """The reminders of a confirmed guest that are still ahead, in the place of earlier ones."""
    planned = select(EventLetter).where(
        EventLetter.seat_id == seat.id, EventLetter.kind.in_(REMINDERS), EventLetter.next_try_at.is_not(None)
    )
    for letter in session.scalars(planned):
        _drop(letter, "replanned")
    for kind, ahead in REMINDERS.items():
        if event.starts_at - ahead > now:
            write_letter(session, seat, LetterKind(kind), now, event.starts_at - ahead)
    session.flush()


def due_letters(database: Database, now: datetime, at_most: int) -> list[tuple[str, str]]:
    """Ids of letters that are due, each with its event's, the oldest first."""
    query = (
        select(EventLetter.id, EventLetter.event_id)
        .where(EventLetter.next_try_at <= now)
        .order_by(EventLetter.next_try_at, EventLetter.id)
        .limit(at_most)
    )
    with database.reading() as session:
        return [(letter_id, event_id) for letter_id, event_id in session.execute(query)]


def claim(session: Session, letter_id: str, event_id: str, now: datetime) -> Claimed | None:
    """Take the lease of a letter; None when another has it, it is sent, or it no longer says the truth."""
    event = lock_event(session, event_id)
    letter = session.get(EventLetter, letter_id, populate_existing=True)
    if letter is None or letter.next_try_at is None or letter.next_try_at > now:
        return None
    seat = session.get_one(Seat, letter.seat_id, populate_existing=True)
    if why := _why_not(event, seat, letter):
        _drop(letter, why)
        session.flush()
        return None
    letter.tries += 1
    letter.next_try_at = now + LEASE
    session.flush()
    return Claimed(letter, seat, event)


def note_sent(session: Session, letter_id: str, now: datetime) -> None:
    """The mail server has it."""
    letter = session.get_one(EventLetter, letter_id, with_for_update=True, populate_existing=True)
    letter.sent_at, letter.next_try_at, letter.problem = now, None, ""
    session.flush()


def note_not_sent(session: Session, letter_id: str, problem: str, now: datetime, *, is_final: bool) -> None:
    """The mail server did not take it; it is tried again later, or dropped. `problem` holds no personal data."""
    letter = session.get_one(EventLetter, letter_id, with_for_update=True, populate_existing=True)
    letter.problem = problem[:200]
    if is_final or letter.tries > len(PAUSES):
        _drop(letter, "not_taken")
    else:
        letter.next_try_at = now + PAUSES[letter.tries - 1]
    session.flush()


def _why_not(event: Event, seat: Seat, letter: EventLetter) -> str:
    kind = LetterKind(letter.kind)
    if letter.tries > len(PAUSES):
        return "gave_up"
    if not seat.email:
        return "no_address"
    if SeatStatus(seat.status) not in HOLDS_FOR[kind]:
        return "no_longer_true"
    if letter.sequence is not None and letter.sequence != seat.sequence:
        return "superseded"
    if kind is not _K.CALLED_OFF and event.status in FINAL_EVENTS:
        return "event_over"
    return ""


def _drop(letter: EventLetter, why: str) -> None:
    letter.next_try_at, letter.dropped_why = None, why
