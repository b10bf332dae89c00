"""Slots for placing: never above the rate in any second, and hardly below it while there is work."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pace import claim_slot, hold_back
from dialer.tables import CarrierPace

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
JITTER_SECONDS = st.floats(0, 0.0149)


def slots_of(rate: float, count: int) -> list[float]:
    """The first slots of a backlog, in seconds from NOW."""
    pace = CarrierPace(account="AC1", next_slot_at=NOW)
    slots = [claim_slot(pace, rate, NOW, HOUR) for _ in range(count)]
    return [(slot - NOW).total_seconds() for slot in slots if slot is not None]


@given(rate=st.integers(1, 50), late=st.lists(JITTER_SECONDS, min_size=120, max_size=120))
def test_no_second_ever_holds_more_calls_than_the_rate_though_each_leaves_a_little_late(
    rate: int, late: list[float]
) -> None:
    left = sorted(slot + by for slot, by in zip(slots_of(rate, 120), late, strict=True))
    for first, one_too_many in zip(left, left[rate:], strict=False):
        assert one_too_many - first >= 1.0


@given(rate=st.floats(0.1, 50))
def test_a_backlog_leaves_at_no_less_than_ninety_eight_hundredths_of_the_rate(rate: float) -> None:
    slots = slots_of(rate, 101)
    assert 100 / (slots[-1] - slots[0]) >= 0.98 * rate


@given(waits=st.lists(st.floats(0, 3), max_size=40), rate=st.integers(1, 20))
def test_slots_grow_and_none_is_in_the_past(waits: list[float], rate: int) -> None:
    pace = CarrierPace(account="AC1", next_slot_at=NOW)
    now, last = NOW, NOW - HOUR
    for wait in waits:
        now += timedelta(seconds=wait)
        slot = claim_slot(pace, rate, now, HOUR)
        assert slot is not None
        assert slot >= now
        assert slot > last
        last = slot


def test_slot_too_far_ahead_is_not_claimed_and_costs_nothing() -> None:
    pace = CarrierPace(account="AC1", next_slot_at=NOW + timedelta(seconds=3))
    assert claim_slot(pace, 10, NOW, timedelta(seconds=2)) is None
    assert pace.next_slot_at == NOW + timedelta(seconds=3)


@pytest.mark.parametrize(("rest_seconds", "expected_seconds"), [(1, 3), (5, 5)])
def test_rest_that_the_carrier_asked_for_only_ever_moves_the_next_slot_away(
    rest_seconds: int, expected_seconds: int
) -> None:
    pace = CarrierPace(account="AC1", next_slot_at=NOW + timedelta(seconds=3))
    hold_back(pace, NOW + timedelta(seconds=rest_seconds))
    assert pace.next_slot_at == NOW + timedelta(seconds=expected_seconds)
