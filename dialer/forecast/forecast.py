"""What a mode of dialing comes to on a floor like this one: the product's own policy, played over a few days. Pure.

Every mode meets the same people and the same talks, so that the difference between two modes is theirs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil, sqrt
from random import Random
from statistics import mean, stdev
from typing import Any

from dialer.forecast.floor import Day, Floor
from dialer.forecast.steered import Conditions, OwnPolicy
from dialer.forecast.world import World
from dialer.pacing import POLICIES
from dialer.pacing.habits import NOTHING_KNOWN, Habits
from dialer.pacing.policy import DECIDES_EVERY_SECONDS

MODES = ("progressive", "power", "predictive")
# Enough to see how days differ; the interval says how well the mean is known.
DAYS, LEAST_DAYS = 5, 2
# The first day of a mode that learns is spent learning; it is played and not counted.
_WARM_UP_DAYS = 1
_PRICED_TALKS = 4000
# Calls come in bursts: a carrier whose calls a second are used so far on average lets many of them wait.
HELD_UP_FROM = 0.8
_TEACHING_DIAL_LEVEL = 2.0
# Student's t for 95 %, by degrees of freedom; beyond, the normal law.
_T = (0.0, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)


@dataclass(frozen=True)
class Ask:
    """What is forecast. `list_size` contacts wait, each tried up to `max_attempts` times until somebody answers;
    `limit` is the share of abandoned calls that the law bears; money is per begun minute of talk.

    `starts_with` is what pacing knows on each of the days; None: what one more day, played before them, has taught it.
    For `hours_after`, `decides_every_seconds` and `learns_every_seconds` see `Conditions`.
    """

    world: World
    modes: tuple[str, ...] = MODES
    dial_level: float = 1.5
    limit: float = 0.03
    list_size: int = 0
    max_attempts: int = 4
    price_per_minute: float = 0.0
    days: int = DAYS
    seed: int = 1
    starts_with: Habits | None = None
    hours_after: float = 0.0
    decides_every_seconds: float = DECIDES_EVERY_SECONDS
    learns_every_seconds: float | None = None


@dataclass(frozen=True)
class Expected:
    """A mean with half of its 95 % interval, and the lowest and highest single day."""

    mean: float
    half: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Outlook:
    """What one mode comes to. Occupancy and shares are between 0 and 1, times in hours, money as it was given."""

    mode: str
    occupancy: Expected
    talk_minutes_per_agent_hour: Expected
    calls_per_agent_hour: Expected
    answers_per_agent_hour: Expected
    abandoned: Expected
    days_within_limit: float
    hours_to_finish: float | None
    cost: float | None
    abandoned_by_language: Mapping[str, float] = field(default_factory=dict)
    carrier_used: float = 0.0  # of the calls a second that the carrier takes; 0 where it takes any number

    @property
    def is_held_up(self) -> bool:
        """Whether the carrier takes too few calls a second for this mode."""
        return self.carrier_used >= HELD_UP_FROM

    def to_record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


def forecast(ask: Ask) -> Iterator[Outlook]:
    """One outlook for each mode, as they are ready."""
    per_talk = _minutes_billed(ask)
    for mode in ask.modes:
        days = play_days(ask, mode)
        yield _outlook(ask, mode, days, per_talk)


def play_days(ask: Ask, mode: str) -> list[Day]:
    """The days that count, one after the other."""
    warm_up = _WARM_UP_DAYS if ask.starts_with is None else 0
    controller = _controller(ask, mode)
    days = []
    for number in range(max(LEAST_DAYS, ask.days) + warm_up):
        if ask.starts_with is not None:
            controller = _controller(ask, mode)  # what a day taught is forgotten
        days.append(Floor(ask.world, controller, Random(f"{ask.seed}/{number}")).run())
    return days[warm_up:]


def taught_by_a_day(world: World, limit: float, seed: int) -> Habits:
    """What pacing knows after a day in this world. Power dials it: it asks for no ages, and so is quickly played."""
    # It is a lesson, so nobody brakes it; where nobody may be abandoned, there is nothing to know.
    conditions = Conditions(1.0 if limit > 0.0 else 0.0, dial_level=_TEACHING_DIAL_LEVEL)
    controller = OwnPolicy("power", POLICIES["power"], conditions)
    floor = Floor(world, controller, Random(seed))
    floor.run()
    return controller.facts(floor, world.day_seconds).habits


def _controller(ask: Ask, mode: str) -> OwnPolicy:
    conditions = Conditions(
        share=0.0 if mode == "progressive" else ask.limit,
        dial_level=ask.dial_level,
        habits=ask.starts_with or NOTHING_KNOWN,
        hours_after=ask.hours_after,
        decides_every_seconds=ask.decides_every_seconds,
        learns_every_seconds=ask.learns_every_seconds,
    )
    return OwnPolicy(mode, POLICIES[mode], conditions)


def _outlook(ask: Ask, mode: str, days: Sequence[Day], minutes_per_answer: float) -> Outlook:
    hours = [day.signed_in / 3600 for day in days]
    dials = sum(day.dials for day in days) / sum(hours)
    answers = [day.answered.total() / spent for day, spent in zip(days, hours, strict=True)]
    talk_share = ask.world.talk_mean / (ask.world.talk_mean + ask.world.wrap_mean)
    rate = sum(day.answered.total() for day in days) / max(1, sum(day.dials for day in days))
    to_dial = ask.list_size * _dials_per_contact(rate, ask.max_attempts)
    finish = to_dial / (dials * ask.world.agents) if ask.list_size and dials else None
    cost = to_dial * rate * minutes_per_answer * ask.price_per_minute if ask.list_size else None
    answered, abandoned = _by_language(days)
    return Outlook(
        mode=mode,
        occupancy=expected([day.busy / day.signed_in for day in days]),
        talk_minutes_per_agent_hour=expected([60 * talk_share * day.busy / day.signed_in for day in days]),
        calls_per_agent_hour=expected([day.dials / spent for day, spent in zip(days, hours, strict=True)]),
        answers_per_agent_hour=expected(answers),
        abandoned=expected([day.share for day in days]),
        days_within_limit=mean(day.share <= ask.limit + 1e-12 for day in days),
        hours_to_finish=finish,
        cost=cost,
        abandoned_by_language={name: abandoned.get(name, 0) / count for name, count in answered.items() if count},
        carrier_used=dials * ask.world.agents / 3600 / most if (most := ask.world.calls_per_second) else 0.0,
    )


def expected(values: Sequence[float]) -> Expected:
    """The mean of days with its interval."""
    freedom = len(values) - 1
    if freedom < 1:
        return Expected(mean(values), 0.0, min(values), max(values))
    t = _T[freedom] if freedom < len(_T) else 1.96 + 2.6 / freedom
    return Expected(mean(values), t * stdev(values) / sqrt(len(values)), min(values), max(values))


def _dials_per_contact(rate: float, max_attempts: int) -> float:
    """How often a contact is dialed until it answers or all attempts are used."""
    return sum((1.0 - rate) ** attempt for attempt in range(max_attempts))


def _minutes_billed(ask: Ask) -> float:
    """Begun minutes of one answered call, as carriers bill them."""
    rng = Random(ask.seed)
    return mean(ceil(ask.world.draw_work(rng)[0] / 60) for _ in range(_PRICED_TALKS))


def _by_language(days: Sequence[Day]) -> tuple[dict[str, int], dict[str, int]]:
    answered: dict[str, int] = {}
    abandoned: dict[str, int] = {}
    for day in days:
        for language, count in day.answered.items():
            answered[language] = answered.get(language, 0) + count
        for language, count in day.abandoned.items():
            abandoned[language] = abandoned.get(language, 0) + count
    return answered, abandoned
