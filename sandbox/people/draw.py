"""What a number does on its k-th call: a pure function of settings, seed, number, k and hour. Nothing is stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.engine.behaviour import OUTCOMES, Behaviour, Outcome
from sandbox.people.settings import SHARES, People, fits, group_of

_TRAITS = {trait.name for trait in fields(Behaviour)}
_SCALE = 2.0**-64


class Town:
    """People and a seed, made ready for drawing. Two towns of the same settings and seed are the same town."""

    def __init__(self, people: People, seed: int) -> None:
        self.people = people
        self._seed = str(seed)
        self._groups = tuple((pattern, group_of(people, pattern)) for pattern in people.groups)
        self._zone = ZoneInfo(people.time_zone) if people.human_by_hour else None

    def draw(self, number: str, dial_count: int, at: float | None = None) -> Behaviour:
        """Return what `number` does on its call number `dial_count` (from 1) at carrier time `at` (Unix seconds)."""
        people, script = self.people, _script_of(self.people, number, dial_count)
        chance = Random(_digest(self._seed, number, str(dial_count)))
        if people.rings_by_hand(number):
            person = Behaviour("manual", is_agent=people.is_agent(number))
        elif people.is_agent(number):
            person = _draw_agent(people, chance)
        else:
            own = next((group for pattern, group in self._groups if fits(number, pattern)), people)
            fixed = script.get("outcome")
            # A number that does not exist never exists: its share is drawn once a number, and so is its inclination.
            existence, inclination = _pair(_digest(self._seed, number))
            outcome = fixed if fixed in OUTCOMES else self._outcome(own, existence, chance, at)
            person = _draw_person(own, outcome, chance, agrees=inclination < own.agree)
        wanted = {key: value for key, value in script.items() if key in _TRAITS}
        return replace(person, **wanted) if wanted else person

    def _outcome(self, people: People, existence: float, chance: Random, at: float | None) -> Outcome:
        if existence < people.unreachable:
            return "unreachable"
        # What is left is scaled so that the shares hold over all calls together.
        point = chance.random() * (1.0 - people.unreachable)
        human = people.human * self._factor(people, at)
        for outcome in SHARES:
            share = human if outcome == "human" else getattr(people, outcome)
            if point < share:
                return outcome  # type: ignore[return-value]
            point -= share
        return "no_answer"

    def _factor(self, people: People, at: float | None) -> float:
        if not people.human_by_hour or at is None:
            return 1.0
        zone = self._zone or ZoneInfo(people.time_zone)
        return people.human_by_hour[datetime.fromtimestamp(at, zone).hour]


def draw(people: People, seed: int, number: str, dial_count: int, at: float | None = None) -> Behaviour:
    """Return what one number does; who draws often makes a Town."""
    return Town(people, seed).draw(number, dial_count, at)


def _script_of(people: People, number: str, dial_count: int) -> Mapping[str, Any]:
    script = people.numbers.get(number, {})
    calls = script.get("calls", ())
    return {**script, **calls[dial_count - 1]} if dial_count <= len(calls) else script


def _digest(*parts: str) -> int:
    return int.from_bytes(blake2b("|".join(parts).encode(), digest_size=16).digest(), "big")


def _pair(digest: int) -> tuple[float, float]:
    """Two numbers from 0 to 1 that have nothing to do with each other."""
    return (digest >> 64) * _SCALE, (digest & (2**64 - 1)) * _SCALE


def _draw_agent(people: People, chance: Random) -> Behaviour:
    seconds = chance.uniform(people.agent_answer_min_seconds, people.agent_answer_max_seconds)
    misses = chance.random() < people.agent_miss
    mean = people.agent_drop_mean_seconds
    return Behaviour(
        "no_answer" if misses else "human",
        is_agent=True,
        setup_seconds=0.1,
        answer_seconds=seconds,
        drops_after_seconds=chance.expovariate(1.0 / mean) if mean > 0.0 else None,
    )


def _draw_person(people: People, outcome: Outcome, chance: Random, *, agrees: bool) -> Behaviour:
    ring = chance.gammavariate(people.ring_shape, people.ring_mean_seconds / people.ring_shape)
    failing = people.fail_base_seconds + _exponential(chance, people.fail_mean_seconds)
    patience = people.patience_base_seconds + _exponential(chance, people.patience_mean_seconds)
    talk = _lognormal(chance, people.talk_mean_seconds, people.talk_cv)
    is_long = chance.random() < people.long_hello
    hello = _lognormal(chance, people.long_hello_mean_seconds if is_long else people.hello_mean_seconds, 0.3)
    greeting = _lognormal(chance, people.greeting_mean_seconds, people.greeting_cv)
    machine_ring = chance.uniform(people.machine_ring_min_seconds, people.machine_ring_max_seconds)
    has_beep = chance.random() < people.beep
    connects = chance.random() < people.screening_connects
    setup = min(1.5, ring / 3)
    if outcome in ("busy", "unreachable"):
        setup = people.fail_base_seconds if outcome == "busy" else failing
        ring = failing
    first_words = {"machine": greeting, "screened": people.screening_question_seconds}.get(outcome, hello)
    return Behaviour(
        outcome=outcome,
        setup_seconds=setup,
        answer_seconds=machine_ring if outcome == "machine" else ring - (setup if outcome != "unreachable" else 0.0),
        greeting_seconds=first_words,
        has_beep=has_beep,
        patience_seconds=patience,
        hold_patience_seconds=people.hold_patience_seconds,
        talk_seconds=talk,
        message_seconds=people.message_seconds,
        agrees=agrees,
        screening_wait_seconds=people.screening_wait_seconds,
        screening_decision_seconds=people.screening_decision_seconds,
        connects=connects,
    )


def _exponential(chance: Random, mean: float) -> float:
    return chance.expovariate(1.0 / mean) if mean > 0.0 else 0.0


def _lognormal(chance: Random, mean: float, cv: float) -> float:
    if mean <= 0.0:
        return 0.0
    variance = math.log(1.0 + cv * cv)
    return chance.lognormvariate(math.log(mean) - variance / 2.0, math.sqrt(variance))
