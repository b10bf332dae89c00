"""Faults on demand: rules that make the carrier fail by rate, by count or by script.

Carrying a fault out is left to the edges.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

FAULTS = {
    "rest_429": "answer 429 (20429), nothing is done",
    "rest_500": "answer 500 (20500), nothing is done",
    "rest_500_done": "do what was asked, then answer 500 (20500)",
    "rest_delay": "do what was asked, answer `seconds` real seconds later",
    "rest_drop": "drop the connection, nothing is done",
    "rest_drop_done": "do what was asked, then drop the connection without an answer",
    "down": "the carrier's REST API answers 503 (20503) to everything",
    "list_lag": "lists and fetches do not know calls younger than `seconds` carrier seconds",
    "callback_lost": "the callback is never sent",
    "callback_doubled": "the callback is sent twice",
    "callback_late": "the callback is sent 0 to `seconds` carrier seconds late, which shuffles the order",
    "callback_shuffled": "the callback goes after the next one of its call, or `seconds` carrier seconds later",
    "callback_bad_signature": "the callback carries a wrong signature",
    "callback_unsigned": "the callback carries no signature",
    "fetch_lost": "the request for TwiML fails as a connection would (the fallback is asked)",
    "fetch_doubled": "the request for TwiML is sent twice, the second answer counts",
    "clock_skew": "dates in callbacks and answers are `seconds` late (or early, when negative)",
}


class FaultRuleError(ValueError):
    """A fault rule cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class FaultRule:
    """When a fault strikes, among occasions whose name holds `match` (`POST /Calls.json`, an event's name).

    `at`: only on these occasions, counted from 1; `times`: at most so often; `after_seconds` and `for_seconds`: from
    so many carrier seconds after it was armed, for so many.
    """

    fault: str
    rate: float = 1.0
    at: tuple[int, ...] = ()
    times: int | None = None
    seconds: float = 5.0
    after_seconds: float = 0.0
    for_seconds: float | None = None
    match: str = ""


def read_rules(wanted: Any) -> list[FaultRule]:
    """Read a list of rules from JSON or TOML."""
    if not isinstance(wanted, list) or not all(isinstance(one, Mapping) for one in wanted):
        raise FaultRuleError('"faults" is a list of rules such as {"fault": "callback_lost", "rate": 0.1}')
    return [read_rule(one) for one in wanted]


def read_fault_file(path: Path) -> list[FaultRule]:
    """Read the `[[faults]]` tables of a TOML file."""
    try:
        return read_rules(tomllib.loads(path.read_text(encoding="utf-8")).get("faults", []))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, FaultRuleError) as error:
        raise FaultRuleError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def read_rule(raw: Mapping[str, Any]) -> FaultRule:
    """Read a rule from JSON; FaultRuleError names what is wrong."""
    unknown = set(raw) - {one.name for one in fields(FaultRule)}
    if unknown:
        raise FaultRuleError(f"a fault rule has no {', '.join(sorted(unknown))}")
    if raw.get("fault") not in FAULTS:
        raise FaultRuleError(f"fault is one of {', '.join(FAULTS)}")
    try:
        rule = FaultRule(
            fault=str(raw["fault"]),
            rate=float(raw.get("rate", 1.0)),
            at=tuple(int(one) for one in raw.get("at", ())),
            times=int(raw["times"]) if raw.get("times") is not None else None,
            seconds=float(raw.get("seconds", 5.0)),
            after_seconds=float(raw.get("after_seconds", 0.0)),
            for_seconds=float(raw["for_seconds"]) if raw.get("for_seconds") is not None else None,
            match=str(raw.get("match", "")),
        )
    except (TypeError, ValueError) as error:
        raise FaultRuleError(f"a fault rule's numbers cannot be read: {error}") from error
    if not 0.0 <= rule.rate <= 1.0:
        raise FaultRuleError(f"rate is a share from 0 to 1, not {rule.rate:g}")
    if min(rule.after_seconds, rule.for_seconds or 0.0, rule.times or 0) < 0:
        raise FaultRuleError("times, after_seconds and for_seconds may not be negative")
    if rule.seconds < 0 and rule.fault != "clock_skew":
        raise FaultRuleError("only a clock_skew may have negative seconds")
    return rule


@dataclass(slots=True)
class _Armed:
    rule: FaultRule
    chance: Random
    armed_at: float
    seen: int = 0
    struck: int = 0


class FaultBook:
    """The rules in force and how often each struck. Draws come from the seed, so a run repeats."""

    def __init__(self, seed: int, now: Callable[[], float]) -> None:
        self._seed = seed
        self._now = now
        self._armed: list[_Armed] = []
        self.struck: Counter[str] = Counter()

    def arm(self, rules: list[FaultRule]) -> None:
        """Put these rules in force, instead of the ones before."""
        self._armed = []
        self.add(rules)

    def add(self, rules: list[FaultRule]) -> None:
        """Put these rules in force as well."""
        now, first = self._now(), len(self._armed)
        self._armed += [
            _Armed(rule, Random(f"{self._seed}|{place}|{rule.fault}"), now) for place, rule in enumerate(rules, first)
        ]

    def disarm(self, faults: Collection[str]) -> None:
        """Take the rules of these faults out of force."""
        self._armed = [armed for armed in self._armed if armed.rule.fault not in faults]

    def rules(self) -> list[FaultRule]:
        """Return the rules in force."""
        return [armed.rule for armed in self._armed]

    def strike(self, fault: str, occasion: str) -> FaultRule | None:
        """Return the rule by which `fault` strikes on this occasion, or None."""
        if not self._armed:
            return None
        for armed in self._armed:
            if armed.rule.fault == fault and armed.rule.match in occasion and self._strikes(armed):
                armed.struck += 1
                self.struck[fault] += 1
                return armed.rule
        return None

    def in_force(self, fault: str) -> FaultRule | None:
        """Return the rule of a fault that is a state and has no occasions, such as a clock that is wrong."""
        return next((one.rule for one in self._armed if one.rule.fault == fault and self._is_time(one)), None)

    def share(self, fault: str) -> float:
        """Return a drawn number from 0 to 1 for the size of a fault that has just struck."""
        return next((armed.chance.random() for armed in self._armed if armed.rule.fault == fault), 0.0)

    def _strikes(self, armed: _Armed) -> bool:
        rule = armed.rule
        if not self._is_time(armed):
            return False
        armed.seen += 1
        if rule.times is not None and armed.struck >= rule.times:
            return False
        if rule.at:
            return armed.seen in rule.at
        return rule.rate >= 1.0 or armed.chance.random() < rule.rate

    def _is_time(self, armed: _Armed) -> bool:
        rule, since = armed.rule, self._now() - armed.armed_at
        return since >= rule.after_seconds and (
            rule.for_seconds is None or since <= rule.after_seconds + rule.for_seconds
        )
