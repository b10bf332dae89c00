"""Simulated people: what a number does on its k-th call is a pure function of seed, number and k.

Nothing is stored a person.

Defaults: answer rate, ring time, failure time, talk time and patience as in the published simulations of predictive
dialling that Halali's pacing was measured in; the split of unanswered calls and all greetings are our assumptions.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

from sandbox.engine.behaviour import OUTCOMES, Behaviour, Outcome


class PeopleFault(ValueError):
    """The description of the people cannot be used; the text says which part."""


@dataclass(frozen=True, slots=True)
class People:
    """Shares are of calls (`unreachable`: of numbers), what is left over rings out. Times are carrier seconds."""

    human: float = 0.25
    machine: float = 0.20
    busy: float = 0.10
    fax: float = 0.0
    unreachable: float = 0.08
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
    patience_base_seconds: float = 2.0
    patience_mean_seconds: float = 5.0
    hold_patience_seconds: float = 60.0
    talk_mean_seconds: float = 120.0
    talk_cv: float = 1.2
    agent_answer_min_seconds: float = 1.0
    agent_answer_max_seconds: float = 2.0
    agents: tuple[str, ...] = ("client:*", "sip:*")
    by_hand: tuple[str, ...] = ()
    numbers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def is_agent(self, number: str) -> bool:
        """True for the phones of agents: they answer fast and stay on the line."""
        return any(number == pattern or fnmatchcase(number, pattern) for pattern in self.agents)

    def rings_by_hand(self, number: str) -> bool:
        """True when nobody simulated picks up there. A plain `*` leaves agents' phones out."""
        wanted = (pattern for pattern in self.by_hand if pattern != "*" or not self.is_agent(number))
        return any(number == pattern or fnmatchcase(number, pattern) for pattern in wanted)


def draw(people: People, seed: int, number: str, dial_count: int) -> Behaviour:
    """Return what `number` does on its call number `dial_count`; the same arguments always give the same answer."""
    chance = _chance(seed, number, str(dial_count))
    if people.rings_by_hand(number):
        person = Behaviour("manual", is_agent=people.is_agent(number))
    elif people.is_agent(number):
        seconds = chance.uniform(people.agent_answer_min_seconds, people.agent_answer_max_seconds)
        person = Behaviour("human", is_agent=True, setup_seconds=0.1, answer_seconds=seconds)
    else:
        script = people.numbers.get(number, {})
        fixed = script.get("outcome")
        outcome = fixed if fixed in OUTCOMES else _draw_outcome(people, seed, number, chance)
        person = _draw_person(people, outcome, chance)
    wanted = {key: value for key, value in people.numbers.get(number, {}).items() if key in _TRAITS}
    return replace(person, **wanted) if wanted else person


_TRAITS = {trait.name for trait in fields(Behaviour)}


def _chance(seed: int, *parts: str) -> Random:
    digest = blake2b("|".join((str(seed), *parts)).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))


def _draw_outcome(people: People, seed: int, number: str, chance: Random) -> Outcome:
    # A number that does not exist never exists: its share is drawn once a number, not once a call.
    if _chance(seed, number).random() < people.unreachable:
        return "unreachable"
    # What is left is scaled so that the shares hold over all calls together.
    point = chance.random() * (1.0 - people.unreachable)
    shares: tuple[tuple[Outcome, float], ...] = (
        ("human", people.human),
        ("machine", people.machine),
        ("busy", people.busy),
        ("fax", people.fax),
    )
    for outcome, share in shares:
        if point < share:
            return outcome
        point -= share
    return "no_answer"


def _draw_person(people: People, outcome: Outcome, chance: Random) -> Behaviour:
    ring = chance.gammavariate(people.ring_shape, people.ring_mean_seconds / people.ring_shape)
    failing = people.fail_base_seconds + chance.expovariate(1.0 / people.fail_mean_seconds)
    patience = people.patience_base_seconds + chance.expovariate(1.0 / people.patience_mean_seconds)
    talk = _lognormal(chance, people.talk_mean_seconds, people.talk_cv)
    is_long = chance.random() < people.long_hello
    hello = _lognormal(chance, people.long_hello_mean_seconds if is_long else people.hello_mean_seconds, 0.3)
    greeting = _lognormal(chance, people.greeting_mean_seconds, people.greeting_cv)
    machine_ring = chance.uniform(people.machine_ring_min_seconds, people.machine_ring_max_seconds)
    setup = min(1.5, ring / 3)
    if outcome in ("busy", "unreachable"):
        setup = people.fail_base_seconds if outcome == "busy" else failing
        ring = failing
    return Behaviour(
        outcome=outcome,
        setup_seconds=setup,
        answer_seconds=machine_ring if outcome == "machine" else ring - (setup if outcome != "unreachable" else 0.0),
        greeting_seconds=greeting if outcome == "machine" else hello,
        has_beep=chance.random() < people.beep,
        patience_seconds=patience,
        hold_patience_seconds=people.hold_patience_seconds,
        talk_seconds=talk,
        message_seconds=people.message_seconds,
    )


def _lognormal(chance: Random, mean: float, cv: float) -> float:
    if mean <= 0.0:
        return 0.0
    variance = math.log(1.0 + cv * cv)
    return chance.lognormvariate(math.log(mean) - variance / 2.0, math.sqrt(variance))


def change_people(people: People, changes: Mapping[str, Any]) -> People:
    """Return the people with some settings changed; PeopleFault names what is not known or out of range."""
    known = {one.name: one.type for one in fields(People)}
    clean: dict[str, Any] = {}
    for key, value in changes.items():
        if key not in known:
            raise PeopleFault(f"people have no setting {key!r}; known: {', '.join(known)}")
        clean[key] = _read_setting(key, value)
    changed = replace(people, **clean)
    total = changed.human + changed.machine + changed.busy + changed.fax + changed.unreachable
    if total > 1.0 + 1e-9:
        raise PeopleFault(f"the shares human, machine, busy, fax and unreachable add up to {total:.3f}, more than 1")
    return changed


def _read_setting(key: str, value: Any) -> Any:
    if key in ("agents", "by_hand"):
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise PeopleFault(f"{key} is a list of numbers or patterns such as client:*")
        return tuple(value)
    if key == "numbers":
        if not isinstance(value, Mapping) or not all(isinstance(one, Mapping) for one in value.values()):
            raise PeopleFault("numbers maps a number to a table such as {outcome = 'busy'}")
        for number, script in value.items():
            _check_script(number, script)
        return {number: dict(script) for number, script in value.items()}
    try:
        found = float(value)
    except (TypeError, ValueError) as error:
        raise PeopleFault(f"{key} is a number, not {value!r}") from error
    if found < 0.0 or math.isnan(found):
        raise PeopleFault(f"{key} may not be negative")
    return found


def _check_script(number: str, script: Mapping[str, Any]) -> None:
    unknown = set(script) - _TRAITS
    if unknown:
        raise PeopleFault(f"number {number} has no trait {', '.join(sorted(unknown))}")
    if script.get("outcome", "human") not in OUTCOMES:
        raise PeopleFault(f"number {number}: outcome is one of {', '.join(OUTCOMES)}")


def read_people(path: Path, people: People | None = None) -> People:
    """Read a TOML file of settings over the given people (or the defaults)."""
    try:
        changes = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PeopleFault(f"{path}: {error}") from error
    return change_people(people or People(), changes)
