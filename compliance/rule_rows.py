"""One rule as a dated row, and what each kind of rule says. Pure; reads rows out of parsed files and checks their form.

Leaves to others: which file a rule stands in (`jurisdictions`), and what the rules mean at a moment (`rules`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

PARTIES = frozenset({"consumers", "businesses", "any"})
BASES = frozenset({"law", "regulator", "code", "carrier_filter", "product_default"})
# How well the source was seen: law text, regulator's page, vendor's page, secondary, only known.
CONFIDENCES = frozenset({"law_text", "regulator_page", "vendor_page", "secondary", "unverified"})
DAY_KINDS = ("weekday", "saturday", "sunday", "holiday", "holiday_eve")
GROUND_KINDS = frozenset({"listed_without_star", "business_relationship", "consent", "presumed_consent"})
# What a rule of gaps may look back on: how a call ended, or what the agent said of it.
OUTCOMES = frozenset(
    {"abandoned", "hung_up_before_bridge", "busy", "no_answer", "failed", "canceled", "machine"}
    | {"answered", "not_interested", "wrong_number"}
)
DENOMINATORS = frozenset({"answered_by_people", "answered", "connected"})

Window = tuple[int, int]  # minutes after local midnight: from, until (the latter not included)


@dataclass(frozen=True)
class Hours:
    """Windows by kind of day. A missing kind means: not at all; a missing `holiday_eve`: a day like any other."""

    windows: Mapping[str, tuple[Window, ...]]


@dataclass(frozen=True)
class Attempts:
    """At most so many calls on so many calendar days, or within so many hours; one of the two spans is 0."""

    at_most: int
    within_days: int = 0
    within_hours: int = 0


@dataclass(frozen=True)
class Gap:
    """After a call that came to one of these, the number rests."""

    outcomes: frozenset[str]
    rest: timedelta


@dataclass(frozen=True)
class Abandonment:
    """How many answered calls may find no agent, and how that is counted; for the pacing, and the gate's recall lock.

    `limit_percent` None: no figure is set, so aim at none at all. `window_days` 0: a calendar month.
    """

    limit_percent: float | None
    denominator: str  # answered_by_people: machines left out; answered; connected: abandoned + passed to an agent
    window_days: int
    seconds: float  # within which an agent must be there …
    clock_start: str  # … counted from `pickup` or `greeting_end`
    counts_false_positives: bool  # a person whom the machine detection took for a machine counts as abandoned
    min_ring_seconds: int
    recall_lock_hours: int  # an abandoned number rests for so long
    predictive_allowed: bool
    agentless_allowed: bool  # a message may be played instead of a person; where nothing is said, it may not
    message_within_seconds: float | None  # until the safe-harbour message begins; None: no message is asked for


@dataclass(frozen=True)
class Ground:
    """Only with one of these grounds, each of which lasts for so many days (0: until it is revoked)."""

    accepts: Mapping[str, int]


@dataclass(frozen=True)
class Register:
    """Only after the numbers were checked against this register, with a copy no older than so many days."""

    register: str
    max_age_days: int


@dataclass(frozen=True)
class CallerNumber:
    """The number shown must be listed in the directory; what was seen there counts for so many days."""

    must_be_listed: bool
    check_days: int


@dataclass(frozen=True)
class Remark:
    """What people and scripts must do; the gate cannot see it, so it is shown and not enforced."""

    text: str


Terms = Hours | Attempts | Gap | Abandonment | Ground | Register | CallerNumber | Remark


@dataclass(frozen=True)
class Rule:
    """One dated rule. It applies on local days from `in_force_from` up to and including `in_force_to`."""

    id: str
    kind: str
    party: str
    basis: str
    source: str
    source_date: str  # a date, a year, or `undated`
    in_force_from: date
    in_force_to: date | None
    confidence: str
    terms: Terms
    note: str = ""
    regions: tuple[str, ...] = field(default=())  # empty: the whole country

    def is_in_force(self, day: date) -> bool:
        """Whether the rule applies on this local day."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)

    @property
    def is_sure(self) -> bool:
        """Whether somebody has seen its source. A rule that is only known may tighten and never loosen."""
        return self.confidence != "unverified"

    def is_for(self, party: str) -> bool:
        """Whether it protects this party. An unknown party is both, and an unsure rule protects everybody."""
        return "any" in {self.party, party or "any"} or self.party == party or not self.is_sure


def read_rule(raw: Mapping[str, Any]) -> Rule:
    """The rule that a table of a jurisdiction's file describes. Raises KeyError, ValueError or TypeError."""
    reader = _READERS.get(raw["kind"])
    if reader is None:
        raise ValueError(f"{raw['kind']!r} is none of {sorted(_READERS)}")
    return Rule(
        id=raw["id"],
        kind=raw["kind"],
        party=_one_of(PARTIES, raw["party"]),
        basis=_one_of(BASES, raw["basis"]),
        source=raw["source"],
        source_date=str(raw["source_date"]),
        in_force_from=raw["from"],
        in_force_to=raw.get("to"),
        confidence=_one_of(CONFIDENCES, raw["confidence"]),
        terms=reader(raw),
        note=raw.get("note", ""),
        regions=tuple(raw.get("regions", ())),
    )


def _read_hours(raw: Mapping[str, Any]) -> Hours:
    hours: Mapping[str, list[list[str]]] = raw["hours"]
    if unknown := set(hours) - set(DAY_KINDS):
        raise ValueError(f"unknown kinds of day: {sorted(unknown)}")
    return Hours(
        {kind: tuple((_minutes(start), _minutes(end)) for start, end in windows) for kind, windows in hours.items()}
    )


def _read_attempts(raw: Mapping[str, Any]) -> Attempts:
    return Attempts(int(raw["attempts"]), int(raw.get("within_days", 0)), int(raw.get("within_hours", 0)))


def _read_gap(raw: Mapping[str, Any]) -> Gap:
    outcomes = frozenset(_one_of(OUTCOMES, outcome) for outcome in raw["after"])
    return Gap(outcomes, timedelta(days=raw.get("days", 0), hours=raw.get("hours", 0)))


def _read_abandonment(raw: Mapping[str, Any]) -> Abandonment:
    limit, message = raw.get("limit_percent"), raw.get("message_within_seconds")
    return Abandonment(
        limit_percent=None if limit is None else float(limit),
        denominator=_one_of(DENOMINATORS, raw["denominator"]),
        window_days=int(raw["window_days"]),
        seconds=float(raw["seconds"]),
        clock_start=_one_of(frozenset({"pickup", "greeting_end"}), raw["clock_start"]),
        counts_false_positives=bool(raw["counts_false_positives"]),
        min_ring_seconds=int(raw["min_ring_seconds"]),
        recall_lock_hours=int(raw["recall_lock_hours"]),
        predictive_allowed=bool(raw["predictive_allowed"]),
        agentless_allowed=bool(raw.get("agentless_allowed", False)),
        message_within_seconds=None if message is None else float(message),
    )


def _read_ground(raw: Mapping[str, Any]) -> Ground:
    return Ground({_one_of(GROUND_KINDS, kind): int(days) for kind, days in raw["accepts"].items()})


def _read_register(raw: Mapping[str, Any]) -> Register:
    return Register(str(raw["register"]), int(raw["max_age_days"]))


def _read_caller_number(raw: Mapping[str, Any]) -> CallerNumber:
    return CallerNumber(bool(raw["must_be_listed"]), int(raw["check_days"]))


def _read_remark(raw: Mapping[str, Any]) -> Remark:
    return Remark(str(raw["text"]))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Terms]] = {
    "hours": _read_hours,
    "attempts": _read_attempts,
    "gap": _read_gap,
    "abandonment": _read_abandonment,
    "ground": _read_ground,
    "register": _read_register,
    "caller_number": _read_caller_number,
    "recording": _read_remark,
    "retention": _read_remark,
    "conduct": _read_remark,
}
KINDS = frozenset(_READERS)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    total = int(hours) * 60 + int(minutes)
    if not 0 <= total <= 24 * 60:
        raise ValueError(f"{text} is no time of day")
    return total


def _one_of(allowed: frozenset[str], word: str) -> str:
    if word not in allowed:
        raise ValueError(f"{word!r} is none of {sorted(allowed)}")
    return word
