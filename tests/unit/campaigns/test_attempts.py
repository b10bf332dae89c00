"""When a contact may be tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.attempts import ENDINGS, NEVER_RANG, RANG, AttemptFacts, GiveUp, TryAgain, after_attempt

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def facts(attempts_made: int = 1, max_attempts: int = 4, retry_minutes: int = 60) -> AttemptFacts:
    return AttemptFacts(attempts_made, max_attempts, retry_minutes, NOW)


@pytest.mark.parametrize("ending", ["busy", "no_answer", "failed", "canceled", "machine", "hung_up_before_bridge"])
def test_an_attempt_that_rang_is_tried_again_after_the_campaigns_distance(ending: str) -> None:
    assert after_attempt(ending, facts()) == TryAgain(NOW + timedelta(minutes=60), ending)


def test_after_a_silent_call_the_distance_is_at_least_three_days() -> None:
    assert after_attempt("abandoned", facts()) == TryAgain(NOW + timedelta(hours=72), "abandoned")
    longer = facts(retry_minutes=100 * 60)
    assert after_attempt("abandoned", longer) == TryAgain(NOW + timedelta(hours=100), "abandoned")


@pytest.mark.parametrize("ending", sorted(RANG))
def test_the_last_attempt_gives_up_with_its_ending(ending: str) -> None:
    assert after_attempt(ending, facts(attempts_made=4)) == GiveUp(ending)


@pytest.mark.parametrize("ending", sorted(NEVER_RANG))
def test_what_never_rang_does_not_use_up_attempts(ending: str) -> None:
    assert isinstance(after_attempt(ending, facts(attempts_made=4)), TryAgain)


def test_a_withdrawn_call_costs_no_time() -> None:
    assert after_attempt("withdrawn", facts()) == TryAgain(NOW, "withdrawn")


def test_a_number_that_the_carrier_rejects_is_never_tried_again() -> None:
    assert after_attempt("rejected_number", facts(attempts_made=1)) == GiveUp("invalid_number")


def test_a_word_that_is_no_ending_is_a_surprise() -> None:
    with pytest.raises(ValueError, match="no ending"):
        after_attempt("anserwed", facts())


@given(
    ending=st.sampled_from(sorted(ENDINGS)),
    made=st.integers(0, 30),
    most=st.integers(1, 20),
    minutes=st.integers(1, 90_000),
)
def test_nothing_is_due_in_the_past_and_nothing_goes_on_for_ever(
    ending: str, made: int, most: int, minutes: int
) -> None:
    match after_attempt(ending, facts(made, most, minutes)):
        case TryAgain(at, why):
            assert at >= NOW
            assert why == ending
            assert made < most or ending in NEVER_RANG
        case GiveUp(outcome):
            assert outcome
