"""How other dialers pace, re-implemented from reading their sources and documents; not the products themselves."""

from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from math import comb, exp

from dialer.forecast.floor import Floor


@dataclass(frozen=True)
class VicidialSettings:
    """The campaign settings of VICIdial that matter here, as shipped."""

    available_only_tally: bool = False
    drop_seconds: float = 5.0
    level_difference_target: float = 0.0
    intensity: float = 0.0
    maximum_level: float = 3.0
    limit_percent: float = 3.0
    method: str = "HARD_LIMIT"  # or AVERAGE


class Vicidial:
    """Adaptive dialing: lines are placed every 2.5 s, the level adapts every 15 s, drops are counted every minute."""

    tick_seconds = 0.5
    acts_on_events = False

    def __init__(self, name: str, settings: VicidialSettings = VicidialSettings()) -> None:
        self.name = name
        self.drop_seconds = settings.drop_seconds
        self._settings = settings
        self._level = 1.0
        self._ready: deque[int] = deque(maxlen=15)
        self._live: deque[int] = deque(maxlen=15)
        self._drop_percent = 0.0
        self._answers = 0
        self._before = (0, 0)

    def start_day(self, floor: Floor) -> None:
        self._level, self._drop_percent, self._answers, self._before = 1.0, 0.0, 0, (0, 0)

    def act(self, floor: Floor, now: float) -> None:
        half = round(now * 2)
        if half % 2 == 0:
            self._ready.append(len(floor.idle))
            self._live.append(len(floor.waiting))
        if half % 120 == 0:
            self._answers = floor.day.answered.total()
            self._drop_percent = 100.0 * floor.day.dropped / max(1, self._answers)
        if half % 30 == 0 and half:
            self._adapt(floor, is_full_minute=half % 120 == 0)
        if half % 5 == 0:
            self._place(floor)

    def _place(self, floor: Floor) -> None:
        talking = sum(agent.step.startswith("talking") for agent in floor.agents)
        ready = len(floor.idle)
        if self._settings.available_only_tally:
            goal = round(self._level * ready) + talking
        else:
            goal = round(self._level * (ready + talking))
        place = goal - (len(floor.lines) + len(floor.waiting) + talking)
        for _ in range(place):
            floor.dial(floor.pick_language())

    def _adapt(self, floor: Floor, *, is_full_minute: bool) -> None:
        settings = self._settings
        target = settings.level_difference_target
        difference = sum(self._ready) / len(self._ready) - sum(self._live) / len(self._live) + target
        x = difference / len(floor.agents)
        k = settings.intensity / 100.0
        x = x * (1.0 + k) if x >= 0 else x * abs(k - 1.0)
        level = min(settings.maximum_level, max(1.0, self._level * (1.0 + x)))
        if is_full_minute:
            answers, drops = floor.day.answered.total(), floor.day.dropped
            calls, dropped = answers - self._before[0], drops - self._before[1]
            self._before = (answers, drops)
            if calls > 20 and dropped > 0.5 * calls:
                level /= 2.0
        if self._answers > 50 and self._drop_percent > settings.limit_percent:
            level = 1.0 if settings.method == "HARD_LIMIT" else level / 2.0
        self._level = max(1.0, level)


class OmniLeads:
    """OMniLeads' predictive pacer: once a second, expected agents over the hit rate, cut back as drops rise."""

    name = "OMniLeads predictive"
    tick_seconds = 1.0
    acts_on_events = False
    drop_seconds = 2.0

    def __init__(self) -> None:
        self._hit = 0.3
        self._drop = 0.0
        self._mean = 120.0
        self._talks = 0
        self._over = 0
        self._is_latched = False

    def start_day(self, floor: Floor) -> None:
        self._over = 0

    def act(self, floor: Floor, now: float) -> None:
        self._learn(floor)
        free = len(floor.idle) - len(floor.waiting)
        ringing = len(floor.lines)
        if self._talks < 50 or self._is_latched:
            count = free - ringing
        else:
            expected = sum(
                1.0 - exp(-11.0 / max(1.0, self._mean - (now - agent.work_from)))
                for agent in floor.agents
                if agent.step not in {"ready", "away"}
            )
            count = int((free + expected - ringing * self._hit) / self._hit * self._caution())
        for _ in range(count):
            floor.dial(floor.pick_language())

    def _caution(self) -> float:
        if self._drop <= 0.015:
            return 1.0
        return max(0.2, 1.0 - 0.8 * (self._drop - 0.015) / 0.015)

    def _learn(self, floor: Floor) -> None:
        for line in floor.line_outcomes:
            self._hit = max(0.05, 0.9 * self._hit + 0.1 * line.is_answered)
        for found in floor.found_agent:
            self._drop = 0.9 * self._drop + 0.1 * (not found)
        for step in floor.step_outcomes:
            if step.step.startswith("talking"):
                self._talks += 1
                self._mean += (step.seconds - self._mean) / min(200, self._talks)
        floor.line_outcomes.clear()
        floor.found_agent.clear()
        floor.step_outcomes.clear()
        self._over = self._over + 1 if self._drop > 0.03 else 0
        if self._over >= 5:
            self._is_latched = True
        elif self._drop < 0.024:
            self._is_latched = False


class BinomialConstraint:
    """Lines for idle agents only, while the chance of more answers than agents stays below a bound set in hindsight."""

    tick_seconds = 0.5
    acts_on_events = True
    drop_seconds = 2.0

    def __init__(self, name: str, bound: float) -> None:
        self.name = name
        self._bound = bound
        self._answers = self._ended = 0

    def start_day(self, floor: Floor) -> None:
        return

    def act(self, floor: Floor, now: float) -> None:
        for line in floor.line_outcomes:
            self._answers += line.is_answered
            self._ended += 1
        floor.line_outcomes.clear()
        floor.step_outcomes.clear()
        floor.found_agent.clear()
        spare = len(floor.idle) - len(floor.waiting)
        if spare <= 0:
            return
        rate = round(self._answers / self._ended, 3) if self._ended > 100 else 1.0
        lines = len(floor.lines)
        while _more_than(lines + 1, spare, rate) <= self._bound:
            lines += 1
            floor.dial(floor.pick_language())


@lru_cache(maxsize=4096)
def _more_than(lines: int, agents: int, rate: float) -> float:
    """The chance of more answers than agents among so many lines."""
    if lines <= agents:
        return 0.0
    return 1.0 - sum(comb(lines, k) * rate**k * (1.0 - rate) ** (lines - k) for k in range(agents + 1))
