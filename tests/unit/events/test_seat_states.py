"""The tables of events and seats: everything can be reached, nothing final moves."""

import pytest

from events.seat_states import (
    EVENT_MOVES,
    FINAL_EVENTS,
    FIRST_SEATS,
    SEAT_MOVES,
    TAKES_SEAT,
    EventStatus,
    SeatMove,
    SeatStatus,
    next_seat_status,
)


@pytest.mark.parametrize("status", sorted(EventStatus))
def test_each_state_of_an_event_is_reached_and_final_ones_are_never_left(status: EventStatus) -> None:
    assert status == EventStatus.DRAFT or status in EVENT_MOVES.values()
    assert any(before == status for before, _ in EVENT_MOVES) == (status not in FINAL_EVENTS)


@pytest.mark.parametrize("status", sorted(SeatStatus))
def test_each_state_of_a_seat_can_be_reached_and_left(status: SeatStatus) -> None:
    assert status in FIRST_SEATS or status in SEAT_MOVES.values()
    assert any(before == status for before, _ in SEAT_MOVES)


def test_only_a_hold_takes_a_seat_from_others() -> None:
    """A late check-in and taking one back keep a seat that was there; the door looks for room before the former."""
    takers = {
        (before, move)
        for (before, move), after in SEAT_MOVES.items()
        if after in TAKES_SEAT and before not in TAKES_SEAT
    }
    assert {move for _, move in takers} == {SeatMove.HOLD, SeatMove.CHECK_IN}
    assert [before for before, move in takers if move is SeatMove.CHECK_IN] == [SeatStatus.ABSENT]


def test_nobody_who_attended_can_be_said_to_have_declined() -> None:
    assert next_seat_status(SeatStatus.ATTENDED, SeatMove.DECLINE) is None
