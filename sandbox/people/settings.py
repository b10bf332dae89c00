"""How the people are described: shares, times, groups of numbers, and numbers with a script.

Defaults: answer rate, ring time, failure time, talk time and patience as in the published simulations of predictive
dialling that Halali's pacing was measured in; the split of unanswered calls and all else are our assumptions.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.engine.behaviour import OUTCOMES, Behaviour
from sandbox.engine.numerals import is_whole

SHARES = ("human", "machine", "busy", "fax", "screened")
_CHANCES = {"unreachable", "long_hello", "beep", "agree", "screening_connects", "agent_miss", *SHARES}
_WILD = frozenset("*?[")
_TRAITS = {trait.name for trait in fields(Behaviour)}


class PeopleFault(ValueError):
    """The description of the people cannot be used; the text says which part."""


@dataclass(frozen=True, slots=True)
class People:
    """Shares are of calls (`unreachable` and `agree`: of numbers), what is left over rings out. Times are carrier
    seconds. `human_by_hour` multiplies `human` by the local hour of `time_zone`; `groups` give settings of their own
    to numbers like a pattern, the first that fits; `numbers` give one number a script.
    """

    human: float = 0.25
    machine: float = 0.20
    busy: float = 0.10
    fax: float = 0.0
    screened: float = 0.0
    unreachable: float = 0.08
    human_by_hour: tuple[float, ...] = ()
    time_zone: str = "UTC"
    ring_mean_seconds: float = 11.0
    ring_shape: float = 3.0
    fail_base_seconds: float = 0.5
    fail_mean_seconds: float = 3.0
    machine_ring_min_seconds: float = 10.0
    machine_ring_max_seconds: float = 20.0
    hello_mean_seconds: float = 0.9
    long_hello: float = 0.15
    long_hello_mean_seconds: float = 2.8
    greeting_mean_seconds: float = 12.0
    greeting_cv: float = 0.5
    beep: float = 0.9
    message_seconds: float = 60.0
    screening_question_seconds: float = 4.0
    screening_wait_seconds: float = 12.0
    screening_decision_seconds: float = 5.0
    screening_connects: float = 0.4
    patience_base_seconds: float = 2.0
    patience_mean_seconds: float = 5.0
    hold_patience_seconds: float = 60.0
    talk_mean_seconds: float = 120.0
    talk_cv: float = 1.2
    agree: float = 0.15
    agent_answer_min_seconds: float = 1.0
    agent_answer_max_seconds: float = 2.0
    agent_miss: float = 0.0
    agent_drop_mean_seconds: float = 0.0
    agents: tuple[str, ...] = ("client:*", "sip:*")
    by_hand: tuple[str, ...] = ()
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    numbers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def is_agent(self, number: str) -> bool:
        """True for the phones of agents: they answer fast and stay on the line."""
        return any(fits(number, pattern) for pattern in self.agents)

    def rings_by_hand(self, number: str) -> bool:
        """True when nobody simulated picks up there. A plain `*` leaves agents' phones out."""
        wanted = (pattern for pattern in self.by_hand if pattern != "*" or not self.is_agent(number))
        return any(fits(number, pattern) for pattern in wanted)


def fits(number: str, pattern: str) -> bool:
    """True when a number is the pattern, or like it: `*` stands for anything, `?` for one sign."""
    if pattern.endswith("*") and not _WILD & set(pattern[:-1]):
        return number.startswith(pattern[:-1])
    return number == pattern or fnmatchcase(number, pattern)


def change_people(people: People, changes: Mapping[str, Any]) -> People:
    """Return the people with some settings changed; PeopleFault names what is not known or out of range."""
    known = [one.name for one in fields(People)]
    clean: dict[str, Any] = {}
    for key, value in changes.items():
        if key not in known:
            raise PeopleFault(f"people have no setting {key!r}; known: {', '.join(known)}")
        clean[key] = _read_setting(key, value)
    changed = replace(people, **clean)
    _check_shares(changed)
    for pattern, own in changed.groups.items():
        if {"groups", "numbers", "agents", "by_hand"} & own.keys():
            raise PeopleFault(f"groups: {pattern} cannot have groups, numbers, agents or by_hand of its own")
        try:
            group_of(changed, pattern)
        except PeopleFault as error:
            raise PeopleFault(f"groups: {pattern}: {error}") from error
    return changed


def group_of(people: People, pattern: str) -> People:
    """Return the settings of one group: its own over those of all."""
    return change_people(replace(people, groups={}), people.groups[pattern])


def _check_shares(people: People) -> None:
    total = sum(getattr(people, share) for share in SHARES) + people.unreachable
    if total > 1.0 + 1e-9:
        shares = ", ".join((*SHARES, "unreachable"))
        raise PeopleFault(f"the shares {shares} add up to {total:.3f}, more than 1")
    if people.agent_answer_min_seconds > people.agent_answer_max_seconds:
        raise PeopleFault("agent_answer_min_seconds is more than agent_answer_max_seconds")
    if people.machine_ring_min_seconds > people.machine_ring_max_seconds:
        raise PeopleFault("machine_ring_min_seconds is more than machine_ring_max_seconds")


def _read_setting(key: str, value: Any) -> Any:
    if key in ("agents", "by_hand"):
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise PeopleFault(f"{key} is a list of numbers or patterns such as client:*")
        return tuple(value)
    if key == "time_zone":
        return _read_zone(value)
    if key == "human_by_hour":
        return _read_hours(value)
    if key in ("numbers", "groups"):
        if not isinstance(value, Mapping) or not all(isinstance(one, Mapping) for one in value.values()):
            raise PeopleFault(f"{key} maps a number or pattern to a table such as {{outcome = 'busy'}}")
        for number, script in value.items() if key == "numbers" else ():
            _check_script(number, script)
        return {number: dict(script) for number, script in value.items()}
    return _read_number(key, value)


def _read_number(key: str, value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError) as error:
        raise PeopleFault(f"{key} is a number, not {value!r}") from error
    if found < 0.0 or not math.isfinite(found):
        raise PeopleFault(f"{key} may not be negative or endless")
    if key in _CHANCES and found > 1.0:
        raise PeopleFault(f"{key} is a share from 0 to 1, not {found:g}")
    if key == "ring_shape" and found == 0.0:
        raise PeopleFault("ring_shape is more than 0")
    return found


def _read_zone(value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PeopleFault(f"time_zone {value!r} is not known on this machine (pip install tzdata adds them)") from error


def _read_hours(value: Any) -> tuple[float, ...]:
    """24 factors, or a table from hours to factors such as {"12-14" = 0.6, "18" = 1.4}; other hours count 1."""
    if isinstance(value, Mapping):
        factors = [1.0] * 24
        for hours, factor in value.items():
            first, _, last = str(hours).partition("-")
            if not _is_hour(first) or not _is_hour(last or "0"):
                raise PeopleFault(f"human_by_hour: {hours!r} is not written as 18 or 12-14")
            for hour in range(int(first), int(last) if last else int(first) + 1):
                factors[hour % 24] = _read_number("human_by_hour", factor)
        return tuple(factors)
    if not isinstance(value, list | tuple) or len(value) not in (0, 24):
        raise PeopleFault('human_by_hour is a list of 24 factors or a table such as {"12-14" = 0.6}')
    return tuple(_read_number("human_by_hour", factor) for factor in value)


def _is_hour(text: str) -> bool:
    return is_whole(text) and int(text) <= 24


def _check_script(number: str, script: Mapping[str, Any]) -> None:
    calls = script.get("calls", [])
    if not isinstance(calls, list | tuple) or not all(isinstance(one, Mapping) for one in calls):
        raise PeopleFault(f"number {number}: calls is a list of tables, one for each call")
    for part in ({key: value for key, value in script.items() if key != "calls"}, *calls):
        unknown = set(part) - _TRAITS
        if unknown:
            raise PeopleFault(f"number {number} has no trait {', '.join(sorted(unknown))}")
        if part.get("outcome", "human") not in OUTCOMES:
            raise PeopleFault(f"number {number}: outcome is one of {', '.join(OUTCOMES)}")


def read_people(path: Path, people: People | None = None) -> People:
    """Read a TOML file of settings over the given people (or the defaults)."""
    try:
        changes = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PeopleFault(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    try:
        return change_people(people or People(), changes)
    except PeopleFault as error:
        raise PeopleFault(f"{path}: {getattr(error, 'strerror', None) or error}") from error
