"""How often people answer, by what their lines have in common and lately, as it is learned from every line."""

from random import Random

import pytest

from dialer.pacing.habits import NOTHING_KNOWN, Habits, LineOutcome
from dialer.pacing.lessons import learn
from dialer.pacing.rates import rate_scale

ALIKE = ("hour:10", "language:de", "type:fixed")


def lines(count: int, rng: Random, rate: float = 0.25, give_up_at: float = 99.0) -> list[LineOutcome]:
    """A share answers after gamma(3) with mean 11 s, the others ring for 25 s; all are given up at an age."""
    outcomes = []
    for _ in range(count):
        rings = rng.gammavariate(3, 11 / 3)
        end, is_answered = (rings, True) if rng.random() < rate and rings < 25 else (25.0, False)
        if end > give_up_at:
            outcomes.append(LineOutcome(give_up_at, False, was_given_up=True, segments=ALIKE))
        else:
            outcomes.append(LineOutcome(end, is_answered, segments=ALIKE))
    return outcomes


def after(known: Habits, outcomes: list[LineOutcome], at_once: int = 30) -> Habits:
    """What is known after these, a minute for each `at_once`; segments begin anew."""
    known = Habits(known.answered, known.ended, known.given_up)
    for start in range(0, len(outcomes), at_once):
        known = learn(known, outcomes[start : start + at_once], [], minutes_passed=1.0)
    return known


@pytest.fixture(scope="module")
def usual() -> Habits:
    """After a day of lines none of which was given up."""
    return learn(NOTHING_KNOWN, lines(4000, Random(1)), [])


@pytest.mark.parametrize("give_up_at", [9.0, 17.5, 99.0])
def test_lines_that_are_given_up_make_the_rate_of_answers_neither_higher_nor_lower(
    usual: Habits, give_up_at: float
) -> None:
    known = after(usual, lines(3000, Random(2), give_up_at=give_up_at))
    assert rate_scale(known, ALIKE) == pytest.approx(1.0, abs=0.12)


def test_what_three_segments_and_the_last_half_hour_have_in_common_is_believed_once(usual: Habits) -> None:
    for seed in range(5):
        known = after(usual, lines(600, Random(seed), rate=0.375))
        assert 1.25 < rate_scale(known, ALIKE) < 2.1  # in truth 1.65 times the hazard


def test_few_answers_too_many_are_not_taken_for_a_new_habit(usual: Habits) -> None:
    lucky = [LineOutcome(8.0, True, segments=ALIKE)] * 16 + [LineOutcome(25.0, False, segments=ALIKE)] * 34
    assert 1.0 < rate_scale(after(usual, lucky), ALIKE) < 1.5


def test_lines_that_all_ended_before_anybody_answers_say_nothing(usual: Habits) -> None:
    failed = [LineOutcome(0.4, False, segments=ALIKE)] * 200
    assert rate_scale(after(usual, failed), ALIKE) == pytest.approx(1.0, abs=0.05)
