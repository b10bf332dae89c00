"""When may a contact be tried again after an attempt, on which number, and when is it enough? Pure.

Lawful hours and the law's caps per number are compliance's: they may put off what is decided here, never hasten it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaigns.times_of_day import another_time_of_day
from foundation.errors import Invalid

# Somebody picked up and heard nobody. A second silent call is what people complain about, so it keeps its distance.
# Source: regulators' policies for silent calls (Ofcom: 72 hours); a product default elsewhere.
REST_AFTER_ABANDONED = timedelta(hours=72)
# The carrier never had the call: nothing rang, so the wait is short and only spares a carrier in trouble.
REST_AFTER_NOT_PLACED = timedelta(minutes=5)
# A number that does not exist says nothing about the contact's other numbers.
REST_BEFORE_OTHER_NUMBER = timedelta(minutes=5)

RANG = frozenset({"busy", "no_answer", "failed", "canceled", "machine", "abandoned", "hung_up_before_bridge"})
NEVER_RANG = frozenset({"not_placed", "withdrawn", "refused"})
ENDINGS = RANG | NEVER_RANG | {"rejected_number"}

DELAYS = (1, 60 * 24 * 60)  # minutes
TRIES = (1, 20)
NUMBERS = ("same", "next")


@dataclass(frozen=True)
class RetryRule:
    """How a campaign goes on after one ending or disposition. What is None is the campaign's general rule.

    `tries`: how often it may end so before it is enough. `other_time`: at another time of day than last time.
    """

    delay_minutes: int | None = None
    tries: int | None = None
    number: str = "same"
    other_time: bool = False

    def as_record(self) -> dict[str, Any]:
        """For the campaign's row."""
        return {
            "delay_minutes": self.delay_minutes,
            "tries": self.tries,
            "number": self.number,
            "other_time": self.other_time,
        }


GENERAL = RetryRule()


@dataclass(frozen=True)
class AttemptFacts:
    """What is known when an attempt has ended. Every count has the one that just ended in it, if it rang.

    `tries_of_number` has all numbers of the contact, the one just dialed (`number`) too, in their order. `scores` say
    how likely an answer is at each time of day; without them the next other time is taken.
    """

    attempts_made: int
    max_attempts: int
    retry_minutes: int
    now: datetime
    rest_after_abandoned: timedelta = REST_AFTER_ABANDONED
    rule: RetryRule = GENERAL
    tries_so_far: int = 1  # attempts that ended so
    number: str = ""
    tries_of_number: Mapping[str, int] = field(default_factory=dict)
    max_attempts_per_number: int = 20
    time_zone: str = "Europe/Zurich"
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TryAgain:
    """Back in line, due at `at`; `why` is the ending. `number` is the one to dial next; empty: the same."""

    at: datetime
    why: str
    number: str = ""


@dataclass(frozen=True)
class GiveUp:
    """Done for good; `outcome` is what the contact's row keeps."""

    outcome: str


def after_attempt(ending: str, facts: AttemptFacts) -> TryAgain | GiveUp:
    """What becomes of a contact whose attempt ended as `ending` (one of `ENDINGS`), without a disposition.

    An attempt that never rang does not use up the contact's attempts. When they are used up, the outcome is the last
    ending. Raises ValueError for a word that is no ending.
    """
    if ending not in ENDINGS:
        raise ValueError(f"{ending!r} is no ending of an attempt")
    if ending == "withdrawn":
        return TryAgain(facts.now, ending)
    if ending == "not_placed":
        return TryAgain(facts.now + REST_AFTER_NOT_PLACED, ending)
    if ending == "refused":
        return TryAgain(facts.now + timedelta(minutes=facts.retry_minutes), ending)
    if ending == "rejected_number":
        return _after_bad_number(facts)
    return _after_ring(ending, facts)


def after_talk(code: str, facts: AttemptFacts) -> TryAgain | GiveUp:
    """What becomes of a contact of which an agent said that it should be tried again."""
    return _after_ring(code, facts)


def rule_for(rules: Mapping[str, Any], word: str) -> RetryRule:
    """A campaign's rule for an ending or disposition; the general one where it has none."""
    return retry_rule_from(rules[word]) if word in rules else GENERAL


def retry_rule_from(record: Mapping[str, Any]) -> RetryRule:
    """The rule that a record describes.

    Raises:
        Invalid: a number is out of range, or the choice of the number is unknown.
    """
    rule = RetryRule(
        delay_minutes=record.get("delay_minutes"),
        tries=record.get("tries"),
        number=record.get("number") or "same",
        other_time=bool(record.get("other_time")),
    )
    if rule.delay_minutes is not None and not DELAYS[0] <= rule.delay_minutes <= DELAYS[1]:
        raise Invalid(
            "The minutes until the next attempt must be between %(least)s and %(most)s.",
            least=DELAYS[0],
            most=DELAYS[1],
        )
    if rule.tries is not None and not TRIES[0] <= rule.tries <= TRIES[1]:
        raise Invalid("The number of attempts must be between %(least)s and %(most)s.", least=TRIES[0], most=TRIES[1])
    if rule.number not in NUMBERS:
        raise Invalid("The next attempt is on the same number or on the next one: same or next.")
    return rule


def _after_ring(word: str, facts: AttemptFacts) -> TryAgain | GiveUp:
    tries = facts.rule.tries
    if facts.attempts_made >= facts.max_attempts or (tries is not None and facts.tries_so_far >= tries):
        return GiveUp(word)
    number = _next_number(facts, facts.rule.number)
    if number is None:
        return GiveUp(word)
    minutes = facts.retry_minutes if facts.rule.delay_minutes is None else facts.rule.delay_minutes
    delay = timedelta(minutes=minutes)
    if word == "abandoned":
        delay = max(delay, facts.rest_after_abandoned)
    at = facts.now + delay
    if facts.rule.other_time:
        at = another_time_of_day(facts.now, at, facts.time_zone, facts.scores)
    return TryAgain(at, word, "" if number == facts.number else number)


def _after_bad_number(facts: AttemptFacts) -> TryAgain | GiveUp:
    """The number does not exist: on with another one that has not been used up."""
    others = [number for number in _with_room(facts) if number != facts.number]
    if not others or facts.attempts_made >= facts.max_attempts:
        return GiveUp("invalid_number")
    return TryAgain(facts.now + REST_BEFORE_OTHER_NUMBER, "rejected_number", others[0])


def _next_number(facts: AttemptFacts, choice: str) -> str | None:
    """The number to dial next, from those that have tries left; None when none has."""
    if not facts.tries_of_number:
        return facts.number
    left = _with_room(facts)
    if not left:
        return None
    if choice == "same" and facts.number in left:
        return facts.number
    others = [number for number in left if number != facts.number]
    # Of those tried least, the first in the list's order.
    return min(others, key=facts.tries_of_number.__getitem__) if others else facts.number


def _with_room(facts: AttemptFacts) -> list[str]:
    return [number for number, tries in facts.tries_of_number.items() if tries < facts.max_attempts_per_number]
