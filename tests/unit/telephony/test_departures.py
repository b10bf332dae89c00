"""Departures: what leaves late must not crowd what leaves on time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.departures import Departures


class _LateClock:
    """A clock on which each sleep lasts longer than asked for."""

    def __init__(self, oversleeps: list[float]) -> None:
        self.at = 0.0
        self._oversleeps = oversleeps

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds + (self._oversleeps.pop() if self._oversleeps else 0.0)


@given(
    st.sampled_from([0.5, 1.0, 2.5, 10.0]),
    st.lists(st.floats(0, 0.4), max_size=30),
    st.lists(st.floats(0, 0.3), min_size=30, max_size=30),
)
def test_no_row_of_calls_leaves_faster_than_the_rate(rate: float, oversleeps: list[float], gaps: list[float]) -> None:
    clock = _LateClock(oversleeps)
    departures = Departures(rate, clock.now, clock.sleep)
    moments = []
    for gap in gaps:
        clock.at += gap
        departures.leave()
        moments.append(clock.at)
    in_a_row = max(1, int(rate))
    for first, last in zip(moments, moments[in_a_row:], strict=False):
        assert last - first >= in_a_row / rate


def test_call_that_is_in_time_waits_for_nothing() -> None:
    clock = _LateClock([])
    departures = Departures(10.0, clock.now, clock.sleep)
    for number in range(30):
        clock.at = number * 0.1015
        departures.leave()
        assert clock.at == pytest.approx(number * 0.1015)
