"""The chance that a busy agent is ready within some seconds, by the step of work and its age. Pure; from `habits`.

An agent's way to being ready is a chain of steps: talking, perhaps a signal from the desk, wrapping up. What each is
worth is learned, not assumed: a signal that says nothing changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import mul

from dialer.pacing.habits import AWAY, READY, STEP_BINS, STEP_EDGES, Counts, Habits, step_bin

STRIDE_SECONDS = 1.5
_STRIDES = 24  # as far ahead as anything is asked
# A bin's hazard is drawn towards the step's mean as if so many more steps had been seen in it.
_SHRINK_STEPS = 8.0
_MEAN_SECONDS = 90.0  # of a step that was never seen
_CERTAIN = [1.0] * (_STRIDES + 1)
_NEVER = [0.0] * (_STRIDES + 1)


@dataclass(frozen=True, eq=False)
class _Step:
    """Per second, by bin of age: the chance to move on, and where to."""

    leave: tuple[float, ...]
    share: dict[str, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class AgentOdds:
    """Answers are kept once given: few ages and few distances are asked for between two lessons."""

    _steps: dict[str, _Step]
    _fresh: dict[str, list[float]]
    _curves: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    _asked: dict[tuple[str, int, tuple[float, ...]], tuple[float, ...]] = field(default_factory=dict)

    def ready_within(self, step: str, age_bin: int, moments: tuple[float, ...]) -> tuple[float, ...]:
        """The chances that an agent whose `step` has that age is ready within so many seconds, for each moment."""
        key = (step, age_bin, moments)
        chances = self._asked.get(key)
        if chances is None:
            curve = self._curves.get((step, age_bin))
            if curve is None:
                curve = self._curves[step, age_bin] = self._follow(step, age_bin)
            chances = self._asked[key] = tuple(_read(curve, seconds / STRIDE_SECONDS) for seconds in moments)
        return chances

    def _follow(self, step: str, age_bin: int) -> list[float]:
        """Chances to be ready after 0, 1, 2 … strides, from the middle of that bin of age."""
        known = self._steps.get(step) or self._steps.get(step.partition("+")[0])
        if known is None:
            return [min(1.0, k * STRIDE_SECONDS / _MEAN_SECONDS) for k in range(_STRIDES + 1)]
        last = age_bin == STEP_BINS - 1
        age = STEP_EDGES[age_bin] if last else (STEP_EDGES[age_bin] + STEP_EDGES[age_bin + 1]) / 2
        moves: dict[str, list[float]] = {after: [] for after in known.share}
        alive = 1.0
        for k in range(_STRIDES):
            b = step_bin(age + (k + 0.5) * STRIDE_SECONDS)
            for after, share in known.share.items():
                moves[after].append(alive * known.leave[b] * share[b])
            alive *= 1.0 - known.leave[b]
        chances = [0.0] * (_STRIDES + 1)
        for after, moved in moves.items():
            # Backwards, so that who moved first has most time left.
            later = _CERTAIN if after == READY else self._fresh.get(after, _NEVER)[::-1]
            for k in range(1, _STRIDES + 1):
                chances[k] += sum(map(mul, moved[:k], later[_STRIDES + 1 - k :]))
        return chances


def _read(curve: list[float], position: float) -> float:
    """A curve's value between two of its points; flat beyond its end."""
    whole = int(position)
    if whole >= len(curve) - 1:
        return curve[-1]
    return curve[whole] + (curve[whole + 1] - curve[whole]) * (position - whole)


@lru_cache(maxsize=8)
def agent_odds(habits: Habits) -> AgentOdds:
    """The chances that follow from what was learned. Steps may follow each other in any order, also in circles."""
    steps = {name: _step_of(nexts) for name, nexts in habits.steps.items() if any(map(sum, nexts.values()))}
    fresh: dict[str, list[float]] = {name: [0.0] * (_STRIDES + 1) for name in steps}
    odds = AgentOdds(steps, fresh)
    pace = {name: _fresh_moves(step) for name, step in steps.items()}
    # Whoever enters a step now is ready k strides later by way of shorter distances alone.
    for k in range(1, _STRIDES + 1):
        for name, moves in pace.items():
            total = 0.0
            for moment in range(k):
                for after, moved in moves[moment]:
                    if after == READY:
                        total += moved
                    elif after in fresh:
                        total += moved * fresh[after][k - moment - 1]
            fresh[name][k] = min(1.0, total)
    return odds


def _fresh_moves(step: _Step) -> list[list[tuple[str, float]]]:
    moves = []
    alive = 1.0
    for k in range(_STRIDES):
        b = step_bin((k + 0.5) * STRIDE_SECONDS)
        leaving = alive * step.leave[b]
        moves.append([(after, leaving * share[b]) for after, share in step.share.items() if share[b] > 0.0])
        alive *= 1.0 - step.leave[b]
    return moves


def _step_of(nexts: Mapping[str, Counts]) -> _Step:
    total = [sum(counts[b] for counts in nexts.values()) for b in range(STEP_BINS)]
    seconds = _seconds_at_risk(total)
    mean = (sum(total) + 1.0) / (sum(seconds) + _MEAN_SECONDS)
    leave = []
    for b in range(STEP_BINS):
        # As if `_SHRINK_STEPS` more had left at the mean rate.
        rate = (total[b] + _SHRINK_STEPS) / (seconds[b] + _SHRINK_STEPS / mean)
        leave.append(min(0.95, rate * STRIDE_SECONDS))
    everything = sum(total)
    shares = {}
    for after, counts in nexts.items():
        if after == AWAY:
            continue
        overall = sum(counts) / everything
        shares[after] = tuple(
            (counts[b] + _SHRINK_STEPS * overall) / (total[b] + _SHRINK_STEPS) for b in range(STEP_BINS)
        )
    return _Step(tuple(leave), shares)


def _seconds_at_risk(total: list[float]) -> list[float]:
    """Seconds spent in each bin by all the steps that were seen; who leaves in a bin spent half of it there."""
    seconds = [0.0] * STEP_BINS
    older = 0.0
    for b in range(STEP_BINS - 1, -1, -1):
        width = (STEP_EDGES[b + 1] - STEP_EDGES[b]) if b + 1 < STEP_BINS else 120.0
        seconds[b] = (older + total[b] / 2) * width
        older += total[b]
    return seconds
