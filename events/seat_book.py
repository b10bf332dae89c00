"""The one door to guests' seats: every change of status under the event's lock, with its history row.

Never more seats than there are places; a place that comes free goes to whoever waits longest. When clocks run out is
said by the caller, who knows business hours; letters are rows of `letters`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from events import letters
from events.event_book import show_free
from events.letters import LetterKind
from events.room import Measured, places
from events.seat_states import INVITING, TAKES_SEAT, EventStatus, SeatMove, SeatStatus, next_seat_status
from events.tables import Event, EventChange, Seat
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.marking import Code

HOLD = timedelta(hours=48)
CALL_AHEAD = timedelta(days=1)


class Answer(StrEnum):
    """What a guest says to an invitation."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True)
class Guest:
    """Whom an answer is from. `key` is the same whenever the same guest answers; the address was given on the call."""

    key: str
    company: str = ""
    person: str = ""
    email: str = ""
    phone_number: str = ""
    language: str = ""
    contact_id: str = ""
    campaign_id: str = ""
    call_id: str = ""
    is_colleague: bool = False
    is_key: bool = False


@dataclass(frozen=True)
class Terms:
    """The moment, who acts (a user, an agent or `guest`; empty: a clock), and until when whoever waited may confirm."""

    now: datetime
    offer_until: Callable[[Event], datetime]
    actor: str = ""


def take_answer(session: Session, event: Event, guest: Guest, answer: Answer, terms: Terms) -> Seat:
    """What a guest of a locked event says. Yes gives a seat for 48 hours, or a place on the waiting list.

    Said again it changes nothing. A later answer takes the place of an earlier one.

    Raises:
        Conflict: nobody is invited now, or the guest's seat does not allow it.
        Invalid: nothing tells who the guest is.
    """
    if event.status not in INVITING or terms.now >= event.ends_at:
        raise Conflict("This event takes no answers now.")
    if not guest.key or not (guest.person or guest.company):
        raise Invalid("Say who the guest is.")
    seat = session.scalar(select(Seat).where(Seat.event_id == event.id, Seat.guest_key == guest.key))
    if seat is None:
        return _first_answer(session, event, guest, answer, terms)
    _learn(seat, guest)
    lapse(session, event, seat.id, terms)  # a clock that nobody has heard yet
    held = SeatStatus(seat.status)
    match answer:
        case Answer.YES if held not in TAKES_SEAT | {SeatStatus.WAITING}:
            _give_or_queue(session, event, seat, terms)
        case Answer.NO if held is not SeatStatus.DECLINED:
            _give_up(session, event, seat, SeatMove.DECLINE, terms)
        case Answer.MAYBE if held is not SeatStatus.UNDECIDED:
            _give_up(session, event, seat, SeatMove.CONSIDER, terms)
    if seat.status == SeatStatus.CONFIRMED and seat.call_due_at is None:
        _plan_call(event, seat, terms.now)
    session.flush()
    return seat


def confirm(session: Session, event: Event, seat_id: str, terms: Terms) -> Seat:
    """A guest of a locked event will come. Confirming twice changes nothing.

    Raises:
        NotFound: this event has no such seat.
        Conflict: the seat is not held any more.
    """
    seat = find_seat(session, event, seat_id)
    if seat.status == SeatStatus.CONFIRMED:
        return seat
    if event.status not in INVITING:
        raise Conflict("This event takes no answers now.")
    if seat.held_until is not None and seat.held_until <= terms.now:
        raise Conflict("This seat was held until a moment that is past.")
    _move(session, seat, SeatMove.CONFIRM, terms)
    seat.held_until = None
    _plan_call(event, seat, terms.now)
    letters.write_letter(session, seat, LetterKind.CONFIRMED, terms.now)
    letters.plan_reminders(session, event, seat, terms.now)
    return seat


def cancel(session: Session, event: Event, seat_id: str, terms: Terms) -> Seat:
    """A guest of a locked event will not come; the seat goes to whoever waits. Canceling twice changes nothing.

    Raises:
        NotFound: this event has no such seat.
        Conflict: there is no seat to give up.
    """
    seat = find_seat(session, event, seat_id)
    if seat.status != SeatStatus.CANCELED:
        _give_up(session, event, seat, SeatMove.CANCEL, terms)
    return seat


def lapse(session: Session, event: Event, seat_id: str, terms: Terms) -> bool:
    """Free a held seat of a locked event whose time is up; whether it was."""
    seat = find_seat(session, event, seat_id)
    if seat.status != SeatStatus.HELD or seat.held_until is None or seat.held_until > terms.now:
        return False
    _give_up(session, event, seat, SeatMove.LAPSE, terms)
    return True


def mark(session: Session, event: Event, seat_id: str, move: SeatMove, terms: Terms) -> Seat:
    """Check a guest of a locked event in, take that back, or note that the guest stayed away.

    Raises:
        NotFound: this event has no such seat.
        Conflict: the guest had no seat.
    """
    seat = find_seat(session, event, seat_id)
    if seat.status == SeatStatus.ABSENT and move is SeatMove.CHECK_IN and free_places(session, event) <= 0:
        raise Conflict("Somebody else has this guest's seat, and the room is full.")
    if event.status in {EventStatus.DRAFT, EventStatus.CANCELED}:
        raise Conflict("This event does not take place now.")
    reached = {SeatMove.CHECK_IN: SeatStatus.ATTENDED, SeatMove.CHECK_OUT: SeatStatus.CONFIRMED}.get(move)
    if seat.status != reached:
        _move(session, seat, move, terms)
        seat.held_until = None
        session.flush()
    return seat


def fill_up(session: Session, event: Event, terms: Terms) -> int:
    """Give the free places of a locked event to those who wait, and say whether it is full; how many got one."""
    free = free_places(session, event)
    given = 0
    if event.status in INVITING and terms.now < event.starts_at and free > 0:
        waiting = select(Seat).where(Seat.event_id == event.id, Seat.status == SeatStatus.WAITING)
        for seat in session.scalars(waiting.order_by(Seat.waiting_since, Seat.id).limit(free)):
            _move(session, seat, SeatMove.HOLD, terms)
            seat.held_until = min(terms.offer_until(event), event.starts_at)
            letters.write_letter(session, seat, LetterKind.OFFERED, terms.now)
            given += 1
    show_free(session, event, is_full=free - given <= 0, now=terms.now)
    return given


def free_places(session: Session, event: Event) -> int:
    """How many places nobody has. Negative only where the room was made smaller."""
    measured = measured_shows(session) if event.overbooks else Measured()
    return places(event.seats, event.room, overbooks=event.overbooks, measured=measured) - _taken(session, event)


def measured_shows(session: Session) -> Measured:
    """How many guests of past events came and stayed away."""
    query = select(Seat.status, func.count()).join(Event, Event.id == Seat.event_id)
    query = query.where(Event.status == EventStatus.OVER, Seat.status.in_((SeatStatus.ATTENDED, SeatStatus.ABSENT)))
    counted: dict[str, int] = dict(session.execute(query.group_by(Seat.status)).all())
    return Measured(counted.get(SeatStatus.ATTENDED, 0), counted.get(SeatStatus.ABSENT, 0))


def find_seat(session: Session, event: Event, seat_id: str) -> Seat:
    """A seat of an event.

    Raises:
        NotFound: this event has no such seat.
    """
    seat = session.get(Seat, seat_id, populate_existing=True)
    if seat is None or seat.event_id != event.id:
        raise NotFound("There is no such seat.")
    return seat


def let_go(session: Session, event: Event, seat: Seat, move: SeatMove, terms: Terms) -> None:
    """Move a seat because the whole event does; nobody takes it over and no letter is written here."""
    _move(session, seat, move, terms)
    seat.held_until = seat.waiting_since = seat.call_due_at = None


def _first_answer(session: Session, event: Event, guest: Guest, answer: Answer, terms: Terms) -> Seat:
    first = {Answer.NO: SeatStatus.DECLINED, Answer.MAYBE: SeatStatus.UNDECIDED}.get(answer)
    if first is None:
        first = SeatStatus.HELD if _may_have_one(session, event) else SeatStatus.WAITING
    seat = Seat(
        id=new_id("seat"), event_id=event.id, guest_key=guest.key, status=first, status_since=terms.now,
        answered_at=terms.now, is_colleague=guest.is_colleague,
    )  # fmt: skip
    _learn(seat, guest)
    session.add(seat)
    session.flush()
    _write_history(session, seat, "answered", "", terms)
    _begin_clock(session, event, seat, terms)
    return seat


def _give_or_queue(session: Session, event: Event, seat: Seat, terms: Terms) -> None:
    _move(session, seat, SeatMove.HOLD if _may_have_one(session, event) else SeatMove.WAIT, terms)
    seat.answered_at = terms.now
    _begin_clock(session, event, seat, terms)


def _begin_clock(session: Session, event: Event, seat: Seat, terms: Terms) -> None:
    if seat.status == SeatStatus.HELD:
        seat.held_until = min(terms.now + HOLD, event.ends_at if terms.now >= event.starts_at else event.starts_at)
        letters.write_letter(session, seat, LetterKind.HELD, terms.now)
    elif seat.status == SeatStatus.WAITING:
        seat.waiting_since = terms.now
        letters.write_letter(session, seat, LetterKind.WAITING, terms.now)
    fill_up(session, event, terms)


def _give_up(session: Session, event: Event, seat: Seat, move: SeatMove, terms: Terms) -> None:
    had_seat = seat.status in {SeatStatus.HELD, SeatStatus.CONFIRMED}
    let_go(session, event, seat, move, terms)
    if move is SeatMove.LAPSE:
        letters.write_letter(session, seat, LetterKind.LAPSED, terms.now)
    elif had_seat:
        letters.write_letter(session, seat, LetterKind.WITHDRAWN, terms.now)
    session.flush()
    fill_up(session, event, terms)


def _may_have_one(session: Session, event: Event) -> bool:
    # Whoever waits goes first, also in the moment before a free place is given on.
    waits = select(Seat.id).where(Seat.event_id == event.id, Seat.status == SeatStatus.WAITING).limit(1)
    return free_places(session, event) > 0 and session.scalar(waits) is None


def _plan_call(event: Event, seat: Seat, now: datetime) -> None:
    if seat.is_key and seat.contact_id and event.starts_at - CALL_AHEAD > now:
        seat.call_due_at = event.starts_at - CALL_AHEAD


def _taken(session: Session, event: Event) -> int:
    query = select(func.count()).select_from(Seat).where(Seat.event_id == event.id, Seat.status.in_(TAKES_SEAT))
    return session.scalar(query) or 0


def _learn(seat: Seat, guest: Guest) -> None:
    for name in ("company", "person", "email", "phone_number", "language", "contact_id", "campaign_id", "call_id"):
        setattr(seat, name, getattr(guest, name) or getattr(seat, name) or "")
    seat.is_key = guest.is_key or bool(seat.is_key)


def _move(session: Session, seat: Seat, move: SeatMove, terms: Terms) -> None:
    before = SeatStatus(seat.status)
    after = next_seat_status(before, move)
    if after is None:
        raise Conflict("This cannot be done with the guest any more: %(status)s.", status=Code(f"seat:{before.value}"))
    seat.status = after
    seat.status_since = terms.now
    if after is not SeatStatus.WAITING:
        seat.waiting_since = None
    session.flush()
    _write_history(session, seat, move, before, terms)


def _write_history(session: Session, seat: Seat, what: str, before: str, terms: Terms) -> None:
    session.add(
        EventChange(
            event_id=seat.event_id,
            seat_id=seat.id,
            at=terms.now,
            what=what,
            from_status=before,
            to_status=seat.status,
            actor=terms.actor,
        )
    )
