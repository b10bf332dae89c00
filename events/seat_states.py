"""The states of an event and of a guest's seat, and what moves them on. Pure: two tables, no storage."""

from enum import StrEnum


class EventStatus(StrEnum):
    """Where an event is."""

    DRAFT = "draft"  # nobody is invited yet
    OPEN = "open"  # seats are free
    FULL = "full"  # who says yes waits
    OVER = "over"
    CANCELED = "canceled"


class EventMove(StrEnum):
    """What can happen to an event."""

    OPEN = "open"
    FILL = "fill"
    FREE = "free"
    END = "end"
    CANCEL = "cancel"


class SeatStatus(StrEnum):
    """Where a guest is."""

    DECLINED = "declined"  # said no
    UNDECIDED = "undecided"  # said maybe
    WAITING = "waiting"  # said yes when all seats were taken
    HELD = "held"  # has a seat until a stated moment
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"  # did not confirm in time
    CANCELED = "canceled"
    ATTENDED = "attended"
    ABSENT = "absent"  # had confirmed and did not come


class SeatMove(StrEnum):
    """What can happen to a guest's seat."""

    DECLINE = "decline"
    CONSIDER = "consider"
    WAIT = "wait"
    HOLD = "hold"
    CONFIRM = "confirm"
    LAPSE = "lapse"
    CANCEL = "cancel"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"  # was checked in by mistake
    MISS = "miss"


_E, _F, _S, _M = EventStatus, EventMove, SeatStatus, SeatMove

EVENT_MOVES: dict[tuple[EventStatus, EventMove], EventStatus] = {
    (_E.DRAFT, _F.OPEN): _E.OPEN,
    (_E.DRAFT, _F.CANCEL): _E.CANCELED,
    (_E.OPEN, _F.FILL): _E.FULL,
    (_E.FULL, _F.FREE): _E.OPEN,
    **{(status, _F.END): _E.OVER for status in (_E.OPEN, _E.FULL)},
    **{(status, _F.CANCEL): _E.CANCELED for status in (_E.OPEN, _E.FULL)},
}

SEAT_MOVES: dict[tuple[SeatStatus, SeatMove], SeatStatus] = {
    # whoever has no seat may ask for one, whatever was said before
    **{
        (status, move): after
        for status in (_S.DECLINED, _S.UNDECIDED, _S.LAPSED, _S.CANCELED)
        for move, after in ((_M.HOLD, _S.HELD), (_M.WAIT, _S.WAITING))
    },
    **{
        (status, _M.DECLINE): _S.DECLINED
        for status in (_S.UNDECIDED, _S.WAITING, _S.HELD, _S.CONFIRMED, _S.LAPSED, _S.CANCELED)
    },
    **{
        (status, _M.CONSIDER): _S.UNDECIDED
        for status in (_S.DECLINED, _S.WAITING, _S.HELD, _S.CONFIRMED, _S.LAPSED, _S.CANCELED)
    },
    **{(status, _M.CANCEL): _S.CANCELED for status in (_S.UNDECIDED, _S.WAITING, _S.HELD, _S.CONFIRMED)},
    (_S.WAITING, _M.HOLD): _S.HELD,
    (_S.WAITING, _M.LAPSE): _S.LAPSED,  # the event began, and no seat came free
    (_S.HELD, _M.CONFIRM): _S.CONFIRMED,
    (_S.HELD, _M.LAPSE): _S.LAPSED,
    **{(status, _M.CHECK_IN): _S.ATTENDED for status in (_S.HELD, _S.CONFIRMED, _S.ABSENT)},
    (_S.ATTENDED, _M.CHECK_OUT): _S.CONFIRMED,
    (_S.CONFIRMED, _M.MISS): _S.ABSENT,
}

INVITING: frozenset[EventStatus] = frozenset({_E.OPEN, _E.FULL})
FINAL_EVENTS: frozenset[EventStatus] = frozenset({_E.OVER, _E.CANCELED})
# These take a seat from somebody else.
TAKES_SEAT: frozenset[SeatStatus] = frozenset({_S.HELD, _S.CONFIRMED, _S.ATTENDED})
FIRST_SEATS: frozenset[SeatStatus] = frozenset({_S.DECLINED, _S.UNDECIDED, _S.WAITING, _S.HELD})


def next_event_status(status: EventStatus, move: EventMove) -> EventStatus | None:
    """The status after `move`, or None where that move is not possible now."""
    return EVENT_MOVES.get((status, move))


def next_seat_status(status: SeatStatus, move: SeatMove) -> SeatStatus | None:
    """The status after `move`, or None where that move is not possible now."""
    return SEAT_MOVES.get((status, move))
