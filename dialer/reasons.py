"""Why the dialer does what it does: a code with its figures. Pure; rules give codes, whoever shows them gives words.

A code's text is in `TEXTS`, in English; pages translate it. How a figure is written follows from its name: `*_share` is
a share, `moment` a moment in ISO form, `languages` are codes of languages, `numbers` phones in E.164; all others are
numbers or words as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.phone_number import written_readably

Fact = float | str | Sequence[str]


@dataclass(frozen=True)
class Reason:
    """One reason. `facts` fill the `%(name)s` of its text; they are fit for JSON."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


Reasons = tuple[Reason, ...]

# Fragments: they follow a colon, and each other after a semicolon.
TEXTS: Mapping[str, str] = {
    # what forbids any new line
    "not_running": "the campaign is not running",
    "limit_spent": "the limit of abandoned calls is spent, nothing is dialed until the window moves on",
    "nobody_signed_in": "no agent is signed in and ready for calls",
    "lines_in_use": "the carrier's lines are all in use",
    "carrier_slow": "the carrier takes no more calls just now",
    "none_due": "no contact is due",
    "outside_hours": "outside lawful calling hours until %(moment)s",
    # one line per agent, and why no more
    "none_ready": "no agent is ready",
    "other_languages": "no contact is due in a language of a ready agent",
    "all_dialing": "every ready agent has a line that is being dialed",
    "one_each": "one line for each ready agent (%(lines)s)",
    "no_silence": "nobody may pick up to silence here",
    "brake_on": "the brake is on, too many calls were abandoned",
    "learning": "still learning (lines so far: %(lines)s, talks: %(talks)s)",
    "over_limit": "%(abandoned_share)s abandoned, above the limit of %(limit_share)s",
    # preview
    "all_looking": "every ready agent has a contact to look at",
    "one_to_look_at": "one contact to look at for each ready agent (%(contacts)s)",
    # power
    "all_have_lines": "every ready agent (%(ready)s) has %(level)s lines",
    "lines_each": "%(level)s lines for each ready agent (%(ready)s)",
    # agentless
    "human_wanted": "a call without a human is not allowed here",
    "message_lines": "%(lines)s lines for the message, as many as the carrier allows and are due",
    # predictive
    "floor": "%(ready)s of %(agents)s agents ready, %(lines)s lines out, %(answer_share)s answer",
    "come_first": "first comes: %(languages)s",
    "too_risky": "another answer would find nobody with %(risk_share)s, up to %(allowed_share)s is taken "
    "(%(abandoned_share)s abandoned of %(limit_share)s allowed)",
    "within_risk": "%(lines)s more, each with a risk of at most %(allowed_share)s "
    "(%(abandoned_share)s abandoned of %(limit_share)s allowed)",
    # the brake
    "stopped": "%(abandoned_share)s of %(answered)s answered calls found nobody, %(limit_share)s may; "
    "nothing is dialed until the count is below the limit",
    "stepped_down": "%(abandoned_share)s of %(answered)s answered calls found nobody, %(limit_share)s may; "
    "one line per agent until it is below %(release_share)s of that",
    "makes_good": "%(abandoned_share)s of %(answered)s answered calls found nobody, %(limit_share)s may; "
    "one line per agent until half of what is too much is made good",
    "detector_one_to_one": "recognising answering machines takes about %(error_share)s of people for machines, "
    "%(limit_share)s may find nobody; one line per agent while it is on",
    "detector_stops": "recognising answering machines takes about %(error_share)s of people for machines, "
    "%(limit_share)s may find nobody; nothing is dialed until it is switched off",
    # why nothing can be shown to contacts of some languages
    "no_number": "there is no caller number for %(languages)s",
    "number_not_listed": "nobody has found %(numbers)s in the directory lately, "
    "so nobody is called who speaks %(languages)s",
    "numbers_used_up": "the caller numbers for %(languages)s are used up for today",
    # why the dialer paused a campaign
    "spend_cap": "the spending limit of the day is reached",
    "carrier_refuses": "the carrier refuses calls and says “%(words)s” (%(number)s)",
    "caller_number_not_listed": "the number shown is not in the directory",
    "register_not_checked": "the register was not asked lately",
    # rows from before there were codes: their English words
    "told": "%(text)s",
}


def in_english(reasons: Reasons) -> str:
    """The reasons as one line; empty without any."""
    return phrased(reasons, str, _write)


def phrased(reasons: Reasons, translate: Callable[[str], str], write: Callable[[str, Fact], str]) -> str:
    """The reasons as one line: `translate` gives a text in a language, `write` a figure by its name and value."""
    return "; ".join(
        translate(TEXTS[reason.code]) % {name: write(name, value) for name, value in reason.facts.items()}
        for reason in reasons
    )


def to_record(reasons: Reasons) -> list[dict[str, Any]]:
    """The reasons as JSON."""
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in reasons]


def from_record(record: Sequence[Mapping[str, Any]], text: str = "") -> Reasons:
    """The reasons of a row; `text` is what a row from before there were codes says in English."""
    if not record:
        return (Reason("told", {"text": text}),) if text else ()
    return tuple(Reason(each["code"], each["facts"]) for each in record)


def _write(name: str, value: Fact) -> str:
    if isinstance(value, str):
        return f"{value[:16].replace('T', ' ')} UTC" if name == "moment" else value
    if isinstance(value, Sequence):
        return ", ".join(written_readably(each) if name == "numbers" else each for each in value)
    return f"{value:.1%}" if name.endswith("_share") else f"{value:g}"
