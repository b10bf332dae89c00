"""How simulated agents and partners decide: drawn from the seed and what the decision is about, so that runs repeat.

The shares are our assumptions for a first cold call to small companies; what matters is that every way is walked.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from random import Random
from typing import Any

from leads.answers import EVIDENCE, Answers
from leads.assessment import assess
from leads.forms import Form, Question, default_form
from leads.lead_states import DeclineReason

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
# What small companies ask for. Seats are by far the most often few; the long part of the form opens now and then.
_NUMBERS = {"seats": (3, 5, 8, 15, 30, 60, 120, 300), "sites": (1, 1, 2, 3, 5), "integrations": (0, 1, 2, 4)}
_EVIDENCE_SHARES = (0.75, 0.15, 0.10)
_IS_HOT = 0.05


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
    evidence: dict[str, str] = field(default_factory=dict)
    is_hot: bool = False
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
    wrap_up_seconds = chance.gammavariate(_WRAP_UP_SHAPE, WRAP_UP_MEAN_SECONDS / _WRAP_UP_SHAPE)
    answers, evidence = fill_in(chance, default_form()) if code == "qualified" else ({}, {})
    return Verdict(
        code=code,
        wrap_up_seconds=wrap_up_seconds,
        answers=answers,
        evidence=evidence,
        is_hot=bool(answers) and chance.random() < _IS_HOT,
        callback_in=timedelta(minutes=chance.uniform(15, 60)) if code == "callback" else None,
        language=next(other for other in _LANGUAGES if other != talk.language) if code == "other_language" else "",
    )


def puts_through(seed: int, talk: Talk, share: float) -> bool:
    """Whether the agent asks for a partner who takes this customer at once."""
    return _chance(seed, "live", talk.phone_number, str(talk.number)).random() < share


def judge_live_line(seed: int, phone_number: str) -> dict[str, Any]:
    """What a partner's live line does: most press the key, some listen and hang up, some do not answer."""
    chance = _chance(seed, "live line", phone_number)
    outcome = chance.choices(("takes", "listens", "rings"), (0.6, 0.2, 0.2))[0]
    answers = {"outcome": "human", "answer_seconds": chance.uniform(2, 12), "patience_seconds": 120.0}
    traits: dict[str, dict[str, Any]] = {
        "takes": {**answers, "presses": "1", "talk_seconds": chance.uniform(60, 300)},
        "listens": answers,
        "rings": {"outcome": "no_answer"},
    }
    return traits[outcome]


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


def fill_in(chance: Random, form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers to a form and the evidence for each: the long part only where the answers to the short one open it."""
    values: dict[str, Any] = {}
    evidence: dict[str, str] = {}
    for depth in ("short", "long"):
        if depth == "long" and not assess(form, Answers(values, evidence)).opens_long:
            break
        for question in form.of_depth(depth):
            evidence[question.key] = chance.choices(EVIDENCE, _EVIDENCE_SHARES)[0]
            if evidence[question.key] != "unknown":
                values[question.key] = _answer(chance, question)
    return values, evidence


def _answer(chance: Random, question: Question) -> Any:
    match question.kind:
        case "number":
            return chance.choice(_NUMBERS.get(question.key, (1, 2, 5)))
        case "text":
            return "as it was said on the phone"
        case "choices":
            return chance.sample(question.choice_keys, k=chance.choices((1, 2, 3), (0.7, 0.2, 0.1))[0])
        case _:
            return chance.choice(question.choice_keys)


def _chance(seed: int, *parts: str) -> Random:
    digest = blake2b("|".join((str(seed), *parts)).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))
