"""The simulated world: how people answer, how long agents talk, who speaks what. Laws are drawn from here alone."""

import tomllib
from dataclasses import dataclass, field, replace
from math import log, sqrt
from pathlib import Path
from random import Random
from typing import Any


@dataclass(frozen=True)
class Crew:
    """So many agents who speak these languages."""

    agents: int
    languages: tuple[str, ...] = ("de",)


@dataclass(frozen=True)
class Break:
    """A break that each agent takes once, beginning within `spread_minutes` after `hour` of the day, after a call."""

    hour: float
    minutes: float
    spread_minutes: float = 60.0


@dataclass(frozen=True)
class World:
    """All laws of one simulated floor. Times in seconds; `hours` per day; shares between 0 and 1.

    A line is answered with `answer_rate` (times `swing` of its hour) after gamma(3) with mean `ring_mean`; of the rest
    `fails` end within seconds, the others ring until `ring_timeout`. Somebody answered and without an agent after
    `grace` is abandoned. The carrier is asked after one of `dial_delays`, if any, and one of `dial_gaps` after the call
    before, no more than `calls_per_second` (0: as many as there are); the phone rings `setup` later.
    """

    crews: tuple[Crew, ...] = (Crew(15),)
    shares: dict[str, float] = field(default_factory=lambda: {"de": 1.0})
    answer_rate: float = 0.25
    swing: tuple[float, ...] = ()
    ring_mean: float = 11.0
    ring_timeout: float = 25.0
    dial_delays: tuple[float, ...] = ()
    dial_gaps: tuple[float, ...] = ()
    calls_per_second: float = 0.0
    setup: float = 2.5
    fails: float = 0.25
    fail_mean: float = 3.0
    talk_mean: float = 120.0
    talk_cv: float = 1.2
    wrap_mean: float = 20.0
    grace: float = 2.0
    hours: float = 8.0
    breaks: tuple[Break, ...] = ()
    machine_errors: float = 0.0
    form_opens: float = 0.0
    form_opens_wrongly: float = 0.05
    form_median: float = 8.0
    form_sigma: float = 0.5
    form_before: str = "talk"  # "talk": before the talk's end; "work": before the end of the wrap-up

    @property
    def agents(self) -> int:
        """All agents."""
        return sum(crew.agents for crew in self.crews)

    @property
    def day_seconds(self) -> float:
        """How long a day lasts."""
        return self.hours * 3600.0

    def rate_at(self, seconds: float) -> float:
        """The chance that a person answers, at this second of the day."""
        if not self.swing:
            return self.answer_rate
        return min(1.0, self.answer_rate * self.swing[min(len(self.swing) - 1, int(seconds / 3600.0))])

    def draw_delay(self, rng: Random) -> float:
        """How long a call waits from the decision until the carrier is asked."""
        return rng.choice(self.dial_delays) if self.dial_delays else 0.0

    def draw_gap(self, rng: Random) -> float:
        """How long after the call before, the carrier is asked at the earliest."""
        gap = rng.choice(self.dial_gaps) if self.dial_gaps else 0.0
        return max(gap, 1.0 / self.calls_per_second) if self.calls_per_second else gap

    def draw_line(self, rng: Random, seconds: float) -> tuple[float, bool]:
        """How long a call lasts until it is answered (True) or ends by itself."""
        if rng.random() < self.rate_at(seconds):
            rings = rng.gammavariate(3.0, self.ring_mean / 3.0)
            return (rings, True) if rings < self.ring_timeout else (self.ring_timeout, False)
        if rng.random() < self.fails:
            return min(self.ring_timeout, 0.5 + rng.expovariate(1.0 / self.fail_mean)), False
        return self.ring_timeout, False

    def draw_work(self, rng: Random) -> tuple[float, float, float | None]:
        """Seconds of talk, seconds of wrap-up, and when in them the disposition form opens (None: it does not)."""
        variance = log(1.0 + self.talk_cv**2)
        talk = rng.lognormvariate(log(self.talk_mean) - variance / 2.0, sqrt(variance))
        wrap = rng.gammavariate(2.0, self.wrap_mean / 2.0)
        if self.form_opens <= 0.0:
            return talk, wrap, None
        end = talk if self.form_before == "talk" else talk + wrap
        chance = rng.random()
        if chance < self.form_opens:
            return talk, wrap, max(0.0, end - rng.lognormvariate(log(self.form_median), self.form_sigma))
        if chance < self.form_opens + self.form_opens_wrongly:
            return talk, wrap, rng.random() * talk
        return talk, wrap, None


def read_world(path: Path) -> World:
    """A world from a TOML file whose names are those of `World`. Raises TypeError for a name that it does not have."""
    given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    if "crews" in given:
        given["crews"] = tuple(Crew(crew["agents"], tuple(crew["languages"])) for crew in given["crews"])
    if "breaks" in given:
        given["breaks"] = tuple(Break(**each) for each in given["breaks"])
    if "swing" in given:
        given["swing"] = tuple(given["swing"])
    return World(**given)


def with_agents(world: World, agents: int) -> World:
    """The same world with one crew of so many agents."""
    return replace(world, crews=(Crew(agents, world.crews[0].languages),))
