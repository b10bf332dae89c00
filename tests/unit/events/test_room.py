"""How many seats may be given."""

from hypothesis import given
from hypothesis import strategies as st

from events.room import LEAST_MEASURED, Measured, places

counts = st.integers(0, 500)


@given(st.integers(1, 200), st.integers(0, 100), st.booleans(), counts, counts)
def test_never_more_than_the_room_and_never_fewer_than_planned(
    seats: int, more: int, overbooks: bool, attended: int, absent: int
) -> None:
    given_out = places(seats, seats + more, overbooks=overbooks, measured=Measured(attended, absent))
    assert seats <= given_out <= seats + more


def test_overbooking_is_off_unless_it_is_asked_for() -> None:
    assert places(20, 40, overbooks=False, measured=Measured(50, 50)) == 20


def test_a_share_of_few_guests_says_nothing() -> None:
    assert Measured(LEAST_MEASURED - 1, 0).show_rate is None
    assert places(20, 40, overbooks=True, measured=Measured(1, 5)) == 20


def test_where_every_fifth_stays_away_a_fifth_more_is_given() -> None:
    assert places(20, 40, overbooks=True, measured=Measured(80, 20)) == 25
    assert places(20, 22, overbooks=True, measured=Measured(80, 20)) == 22
