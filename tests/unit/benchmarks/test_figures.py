"""The arithmetic behind the benchmarks' figures."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import Figure, Goal, busiest_window, mean_rate, median, quantile

FIGURE = Figure("tick", "one tick", "sqlite", " ms", (3.0, 1.0, 2.0), 3, 0.1, baseline_runs=(1.0, 4.0))
MOMENTS = st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=60)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 50.0), (0.99, 99.0), (1.0, 100.0)])
def test_quantile_is_a_value_that_was_seen(share: float, expected: float) -> None:
    assert quantile([float(number) for number in range(1, 101)], share) == expected


def test_quantile_and_median_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)
    with pytest.raises(ValueError, match="no values"):
        median([])


def test_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5


def test_busiest_window_is_found_wherever_it_begins() -> None:
    assert busiest_window([0.0, 0.9, 1.1, 1.5, 1.89, 5.0], 1.0) == 4


def test_moments_exactly_a_window_apart_do_not_share_one() -> None:
    assert busiest_window([0.0, 1.0, 2.0], 1.0) == 1


@given(MOMENTS)
def test_busiest_window_holds_what_the_plainest_count_finds(moments: list[float]) -> None:
    plainest = max(sum(1 for other in moments if 0 <= other - begin < 1.0) for begin in moments)
    assert busiest_window(moments, 1.0) == plainest


def test_rate_counts_the_gaps_and_not_the_moments() -> None:
    assert mean_rate([0.0, 0.1, 0.2, 0.3, 0.4, 0.5]) == pytest.approx(10.0)
    with pytest.raises(ValueError, match="two moments"):
        mean_rate([1.0])


def test_figure_is_the_median_of_its_runs_and_its_ratio_that_of_the_medians() -> None:
    assert (FIGURE.value, FIGURE.baseline, FIGURE.ratio) == (2.0, 2.5, 0.8)


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [
        (Goal(2.0), True),
        (Goal(2.1), False),
        (Goal(2.0, is_upper=True), True),
        (Goal(1.9, is_upper=True), False),
        (Goal(0.8, of_ratio=True), True),
        (Goal(0.7, is_upper=True, of_ratio=True), False),
    ],
)
def test_goal_bounds_the_value_or_the_ratio_from_either_side(goal: Goal, is_met: bool) -> None:
    assert replace(FIGURE, goal=goal).is_met is is_met


def test_goal_of_a_ratio_is_missed_without_a_baseline() -> None:
    assert replace(FIGURE, baseline_runs=(), goal=Goal(0.1, of_ratio=True)).is_met is False
