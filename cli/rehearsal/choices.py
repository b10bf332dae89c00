"""How simulated agents and partners decide: drawn from the seed and what the decision is about, so that runs repeat.

The shares are our assumptions for a first cold call to small companies; what matters is that every way is walked.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from random import Random
from typing import Any

from leads.lead_states import DeclineReason
from leads.qualification import BUDGETS, DECIDERS, SOLUTIONS, TIME_FRAMES

WRAP_UP_MEAN_SECONDS = 20.0
_WRAP_UP_SHAPE = 4.0
MACHINE = "answering_machine"
# Of those who say yes to an offer, and of all others. With the carrier's usual 15 in a hundred who do, about twelve
# talks in a hundred are qualified and six end with a callback.
_OF_THE_WILLING = {"qualified": 0.80, "callback": 0.20}
_OF_THE_OTHERS = {
    "callback": 0.03,
    "do_not_call": 0.03,
    "decider_absent": 0.12,
    "wrong_number": 0.03,
    "other_language": 0.01,
    "nobody_there": 0.02,
    "not_interested": 0.61,
}
_LANGUAGES = ("de", "fr", "it")
_ACCEPT, _DECLINE = 0.60, 0.25


@dataclass(frozen=True)
class Talk:
    """The `number`-th talk (from 0) with whoever has this phone number, in their language, and whether they say yes."""

    phone_number: str
    number: int
    language: str
    agrees: bool


@dataclass(frozen=True)
class Verdict:
    """What an agent says of a call, and how long they take to say it (seconds of the simulated day)."""

    code: str
    wrap_up_seconds: float
    answers: dict[str, Any] = field(default_factory=dict)
    callback_in: timedelta | None = None
    language: str = ""


@dataclass(frozen=True)
class Reply:
    """What a partner does about an offer, after so long: `accept`, `decline` with a reason, or nothing at all."""

    deed: str
    after_seconds: float
    reason: str = ""


def judge_talk(seed: int, talk: Talk) -> Verdict:
    """What comes of a talk: nobody is qualified who has not said yes."""
    chance = _chance(seed, "talk", talk.phone_number, str(talk.number))
    shares = _OF_THE_WILLING if talk.agrees else _OF_THE_OTHERS
    code = chance.choices(list(shares), list(shares.values()))[0]
    return Verdict(
        code=code,
        wrap_up_seconds=chance.gammavariate(_WRAP_UP_SHAPE, WRAP_UP_MEAN_SECONDS / _WRAP_UP_SHAPE),
        answers=_answers(chance) if code == "qualified" else {},
        callback_in=timedelta(minutes=chance.uniform(15, 60)) if code == "callback" else None,
        language=next(other for other in _LANGUAGES if other != talk.language) if code == "other_language" else "",
    )


def judge_machine(seed: int, phone_number: str, talk: int) -> Verdict:
    """A machine speaks: the agent hears it out for some seconds and hangs up."""
    return Verdict(MACHINE, _chance(seed, "machine", phone_number, str(talk)).uniform(4, 10))


def judge_offer(seed: int, partner: str, offer: int) -> Reply:
    """What a partner does about its `offer`-th offer."""
    chance = _chance(seed, "offer", partner, str(offer))
    point, after = chance.random(), chance.uniform(2 * 60, 20 * 60)
    if point < _ACCEPT:
        return Reply("accept", after)
    if point < _ACCEPT + _DECLINE:
        reasons = [reason.value for reason in DeclineReason if reason is not DeclineReason.OTHER]
        return Reply("decline", after, chance.choice(reasons))
    return Reply("nothing", after)


def _answers(chance: Random) -> dict[str, Any]:
    return {
        "need": "wants to renew this within the year",
        "solution": chance.choice(SOLUTIONS),
        "seats": chance.choice((3, 8, 15, 30, 60, 120)),
        "decider": chance.choice(DECIDERS),
        "time_frame": chance.choice(TIME_FRAMES),
        "budget": chance.choice(BUDGETS),
    }


def _chance(seed: int, *parts: str) -> Random:
    digest = blake2b("|".join((str(seed), *parts)).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))
