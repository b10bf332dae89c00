"""The chance that a ringing line is answered within some seconds, by its age. Pure; from the counts in `habits`."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp, log1p

from dialer.pacing.habits import LINE_BIN_SECONDS, LINE_BINS, Habits, line_bin

MOMENTS = 6  # moments of equal weight at which a fresh line is answered
# Each bin's hazard is drawn towards that of its neighbourhood as if this many lines more had been seen there.
_SHRINK_LINES = 15.0
_SURE = 0.999  # as high as a bin's chance counts


@dataclass(frozen=True, eq=False)
class LineOdds:
    """`alive[b]`: share of lines that reach the age of bin b; `answered[b]`: share answered before it.

    Both as if no line were ever given up.
    """

    alive: tuple[float, ...]
    answered: tuple[float, ...]
    setup_seconds: float

    @property
    def answer_share(self) -> float:
        """The share of lines that are answered if they ring to the end."""
        return self.answered[LINE_BINS]

    def fresh_moments(self, latest: float) -> tuple[tuple[float, ...], float]:
        """When a fresh line is answered: `MOMENTS` ages of equal weight; and the share of answers before `latest`."""
        last = line_bin(latest)
        total = self.answered[last]
        if total <= 0.0:
            return (LINE_BIN_SECONDS,) * MOMENTS, 1.0
        ages = []
        b = 0
        for k in range(MOMENTS):
            wanted = total * (k + 0.5) / MOMENTS
            while b < last and self.answered[b + 1] < wanted:
                b += 1
            inside = self.answered[b + 1] - self.answered[b]
            part = (wanted - self.answered[b]) / inside if inside > 0 else 0.0
            ages.append((b + part) * LINE_BIN_SECONDS)
        whole = self.answered[LINE_BINS]
        return tuple(ages), total / whole if whole > 0 else 1.0

    def chances(self, within: float) -> tuple[float, ...]:
        """For each bin of age: the chance of an answer within so many seconds."""
        chances = []
        for b in range(LINE_BINS):
            start = b + 0.5
            stop = min(start + within / LINE_BIN_SECONDS, float(LINE_BINS))
            alive = (self.alive[b] + self.alive[b + 1]) / 2
            gained = self._answered_at(stop) - self._answered_at(start)
            chances.append(min(1.0, gained / alive) if alive > 1e-9 else 0.0)
        return tuple(chances)

    def answers_expected(self, seconds: float) -> float:
        """Answers to be expected of a line from its beginning to this age, had it rung again whenever it was answered.

        The hazard, added up: over all lines, wherever each of them stopped, it makes as many as are answered.
        """
        position = min(seconds / LINE_BIN_SECONDS, float(LINE_BINS))
        whole = int(position)
        below = self._hazards_until[whole]
        return below + (position - whole) * (self._hazards_until[min(LINE_BINS, whole + 1)] - below)

    @cached_property
    def _hazards_until(self) -> tuple[float, ...]:
        added = [0.0]
        for b in range(LINE_BINS):
            chance = (self.answered[b + 1] - self.answered[b]) / self.alive[b] if self.alive[b] > 1e-9 else 0.0
            added.append(added[-1] - log1p(-min(_SURE, chance)))
        return tuple(added)

    def worth_left(self, age_bin: int) -> float:
        """The chance of an answer that a line of this age has left, as a share of a fresh line's."""
        whole = self.answered[LINE_BINS]
        alive = self.alive[age_bin]
        if whole <= 0.0 or alive <= 1e-9:
            return 1.0
        return min(1.0, (whole - self.answered[age_bin]) / alive / whole)

    def _answered_at(self, position: float) -> float:
        b = min(LINE_BINS - 1, int(position))
        return self.answered[b] + (self.answered[b + 1] - self.answered[b]) * min(1.0, position - b)


@lru_cache(maxsize=8)
def line_odds(habits: Habits) -> LineOdds:
    """Hazards by age, drawn towards their neighbourhood where few lines were seen, put together to chances."""
    at_risk = _at_risk(habits)
    alive, answered = [1.0], [0.0]
    for b in range(LINE_BINS):
        near = range(max(0, b - 2), min(LINE_BINS, b + 3))
        around = sum(at_risk[n] for n in near) + 1.0
        weight = at_risk[b] + _SHRINK_LINES
        answer = (habits.answered[b] + _SHRINK_LINES * sum(habits.answered[n] for n in near) / around) / weight
        end = (habits.ended[b] + _SHRINK_LINES * sum(habits.ended[n] for n in near) / around) / weight
        leaving = min(1.0, answer + end)
        # Within a bin both happen at a steady rate.
        answered.append(answered[-1] + alive[-1] * min(answer, leaving))
        alive.append(alive[-1] * (1.0 - leaving))
    setup = habits.setup[0] / habits.setup[1] if habits.setup[1] >= 1 else 3.0
    return LineOdds(tuple(alive), tuple(answered), setup)


def _at_risk(habits: Habits) -> list[float]:
    """How many lines reached each bin; one that was given up within it counts half."""
    at_risk = [0.0] * LINE_BINS
    older = 0.0
    for b in range(LINE_BINS - 1, -1, -1):
        ends_here = habits.answered[b] + habits.ended[b]
        at_risk[b] = older + ends_here + habits.given_up[b] / 2
        older += ends_here + habits.given_up[b]
    return at_risk


def scaled(chance: float, scale: float) -> float:
    """A chance whose hazard is `scale` times as high."""
    if scale == 1.0 or chance <= 0.0:
        return chance
    return 1.0 if chance >= 1.0 else 1.0 - exp(scale * log1p(-chance))
