"""When a contact may be tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.attempts import (
    ENDINGS,
    NEVER_RANG,
    RANG,
    AttemptFacts,
    GiveUp,
    RetryRule,
    TryAgain,
    after_attempt,
    after_talk,
    retry_rule_from,
    rule_for,
)
from campaigns.times_of_day import time_of_day
from foundation.errors import Invalid

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


def test_a_rule_of_its_own_sets_delay_and_tries_of_one_ending() -> None:
    rules = {"busy": RetryRule(delay_minutes=10, tries=2).as_record()}
    busy = replace(facts(), rule=rule_for(rules, "busy"))
    assert after_attempt("busy", busy) == TryAgain(NOW + timedelta(minutes=10), "busy")
    assert after_attempt("busy", replace(busy, tries_so_far=2)) == GiveUp("busy")
    assert rule_for(rules, "no_answer") == RetryRule()


def test_the_next_number_is_the_one_tried_least() -> None:
    told = replace(facts(), rule=RetryRule(number="next"), number="a", tries_of_number={"a": 1, "b": 1, "c": 0})
    assert after_attempt("no_answer", told) == TryAgain(NOW + timedelta(minutes=60), "no_answer", "c")
    alone = replace(told, tries_of_number={"a": 1})
    assert after_attempt("no_answer", alone) == TryAgain(NOW + timedelta(minutes=60), "no_answer")


def test_a_number_that_is_used_up_gives_way_and_when_all_are_it_is_enough() -> None:
    told = replace(facts(), number="a", tries_of_number={"a": 3, "b": 0}, max_attempts_per_number=3)
    assert after_attempt("busy", told) == TryAgain(NOW + timedelta(minutes=60), "busy", "b")
    assert after_attempt("busy", replace(told, tries_of_number={"a": 3, "b": 3})) == GiveUp("busy")


def test_a_number_that_does_not_exist_gives_way_to_the_others() -> None:
    told = replace(facts(), number="a", tries_of_number={"a": 1, "b": 0})
    assert after_attempt("rejected_number", told) == TryAgain(NOW + timedelta(minutes=5), "rejected_number", "b")
    assert after_attempt("rejected_number", replace(told, tries_of_number={"a": 1})) == GiveUp("invalid_number")


def test_the_other_time_of_day_is_the_one_at_which_people_answer() -> None:
    morning = replace(facts(), rule=RetryRule(delay_minutes=30, other_time=True))  # NOW is ten o'clock in Zurich
    assert after_attempt("no_answer", morning) == TryAgain(NOW + timedelta(hours=1), "no_answer")
    learned = replace(morning, scores={"noon": 0.1, "afternoon": 0.2, "evening": 0.4})
    assert after_attempt("no_answer", learned) == TryAgain(NOW + timedelta(hours=7), "no_answer")


@pytest.mark.parametrize("record", [{"delay_minutes": 0}, {"tries": 21}, {"number": "any"}])
def test_a_rule_that_makes_no_sense_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        retry_rule_from(record)


RULES = st.builds(
    RetryRule,
    st.none() | st.integers(1, 86_400),
    st.none() | st.integers(1, 20),
    st.sampled_from(["same", "next"]),
    st.booleans(),
)


@given(rule=RULES)
def test_a_rule_survives_being_stored(rule: RetryRule) -> None:
    assert retry_rule_from(rule.as_record()) == rule


@given(
    word=st.sampled_from([*sorted(RANG), "decider_absent"]),
    rule=RULES,
    made=st.integers(1, 10),
    most=st.integers(1, 10),
    tries=st.integers(1, 10),
    numbers=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 5), min_size=1),
    per_number=st.integers(1, 5),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - see zones
    zone=st.sampled_from(["Europe/Zurich", "America/Los_Angeles", "Asia/Kathmandu", "no/zone"]),
)
def test_no_cap_is_ever_passed_whatever_the_rules_say(
    word: str,
    rule: RetryRule,
    made: int,
    most: int,
    tries: int,
    numbers: dict[str, int],
    per_number: int,
    now: datetime,
    zone: str,
) -> None:
    told = AttemptFacts(
        attempts_made=made,
        max_attempts=most,
        retry_minutes=60,
        now=now,
        rule=rule,
        tries_so_far=tries,
        number=min(numbers),
        tries_of_number=numbers,
        max_attempts_per_number=per_number,
        time_zone=zone,
    )
    decision = after_attempt(word, told) if word in RANG else after_talk(word, told)
    used_up = made >= most or (rule.tries is not None and tries >= rule.tries) or min(numbers.values()) >= per_number
    assert isinstance(decision, GiveUp) == used_up
    if isinstance(decision, TryAgain):
        delay = timedelta(minutes=60 if rule.delay_minutes is None else rule.delay_minutes)
        assert decision.at >= now + delay
        assert decision.at <= now + max(delay, timedelta(hours=72)) + timedelta(days=3)
        assert numbers[decision.number or told.number] < per_number
        if word == "abandoned":
            assert decision.at >= now + timedelta(hours=72)
        if rule.other_time and time_of_day(now, zone):
            assert time_of_day(decision.at, zone) not in {"", time_of_day(now, zone)}
