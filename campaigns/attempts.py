"""When may a contact be tried again after an attempt ended? Pure. Lawful hours and caps per number are compliance's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Somebody picked up and heard nobody. A second silent call is what people complain about, so it keeps its distance.
# Source: regulators' policies for silent calls (Ofcom: 72 hours); a product default elsewhere.
REST_AFTER_ABANDONED = timedelta(hours=72)
# The carrier never had the call: nothing rang, so the wait is short and only spares a carrier in trouble.
REST_AFTER_NOT_PLACED = timedelta(minutes=5)

RANG = frozenset({"busy", "no_answer", "failed", "canceled", "machine", "abandoned", "hung_up_before_bridge"})
NEVER_RANG = frozenset({"not_placed", "withdrawn", "refused"})
ENDINGS = RANG | NEVER_RANG | {"rejected_number"}


@dataclass(frozen=True)
class AttemptFacts:
    """What is known when an attempt has ended. `attempts_made` counts the one that just ended."""

    attempts_made: int
    max_attempts: int
    retry_minutes: int
    now: datetime
    rest_after_abandoned: timedelta = REST_AFTER_ABANDONED


@dataclass(frozen=True)
class TryAgain:
    """Back in line, due at `at`; `why` is the ending."""

    at: datetime
    why: str


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
    if ending == "rejected_number":
        return GiveUp("invalid_number")
    if ending in RANG and facts.attempts_made >= facts.max_attempts:
        return GiveUp(ending)
    return TryAgain(facts.now + _rest(ending, facts), ending)


def _rest(ending: str, facts: AttemptFacts) -> timedelta:
    retry = timedelta(minutes=facts.retry_minutes)
    match ending:
        case "abandoned":
            return max(retry, facts.rest_after_abandoned)
        case "not_placed":
            return REST_AFTER_NOT_PLACED
        case "withdrawn":
            return timedelta(0)
        case _:
            return retry
