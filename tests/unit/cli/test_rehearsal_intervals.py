"""Within what a day like those that were played lies."""

from random import Random

from cli.rehearsal.intervals import compare_measure, compare_share


def test_all_but_few_days_of_the_same_law_lie_within_and_days_of_another_do_not() -> None:
    rng = Random(1)
    within = far = 0
    for _ in range(400):
        played = [rng.gauss(0.6, 0.03) for _ in range(24)]
        within += compare_measure(rng.gauss(0.6, 0.03), played).is_within
        far += compare_measure(rng.gauss(0.4, 0.03), played).is_within
    assert within >= 394
    assert far <= 4


def test_two_of_twenty_four_may_come_of_one_in_a_hundred_and_five_may_not() -> None:
    played = [(k % 4 == 0, 24) for k in range(24)]
    assert compare_share((0, 24), played).is_within
    assert compare_share((2, 24), played).is_within
    assert not compare_share((5, 24), played).is_within


def test_share_of_many_is_bounded_from_below_too() -> None:
    played = [(30, 1000)] * 10
    assert compare_share((30, 1000), played).is_within
    assert not compare_share((5, 1000), played).is_within
    assert not compare_share((60, 1000), played).is_within


def test_nobody_abandoned_is_what_one_line_per_agent_promises() -> None:
    never = compare_share((0, 30), [(0, 30)] * 24)
    assert (never.expected, never.low, never.is_within) == (0.0, 0.0, True)
    assert not compare_share((2, 30), [(0, 30)] * 24).is_within
