"""Within what one more day lies, by days like it that were played: the interval of a forecast's single day. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from statistics import NormalDist, mean, stdev
from typing import Any

# So often a day lies within.
LEVEL = 0.995


@dataclass(frozen=True)
class Comparison:
    """One figure: what came of it, what was expected in the mean, and between which two figures a day should lie."""

    fact: float
    expected: float
    low: float
    high: float

    @property
    def is_within(self) -> bool:
        """Whether the fact lies in the interval, its ends among it."""
        return self.low <= self.fact <= self.high

    def to_record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**asdict(self), "is_within": self.is_within}


def compare_measure(fact: float, played: Sequence[float]) -> Comparison:
    """A figure that days scatter around their mean by the normal law, of which they tell mean and width."""
    middle = mean(played)
    half = _student(len(played) - 1) * stdev(played) * sqrt(1.0 + 1.0 / len(played))
    return Comparison(fact, middle, middle - half, middle + half)


def compare_share(fact: tuple[int, int], played: Sequence[tuple[int, int]]) -> Comparison:
    """A share of rare events, each day as (events, of how many). Counts scatter by Poisson's law, and the days that
    were played tell its rate as far as they go (Jeffreys' prior): a day then has a negative binomial count.
    """
    events, trials = sum(day[0] for day in played), sum(day[1] for day in played)
    found, of = fact
    low, high = _negative_binomial(events + 0.5, trials / (trials + of))
    return Comparison(found / of, events / max(1, trials), low / of, high / of)


def _student(freedom: int) -> float:
    """Student's t for `LEVEL`, by the first terms of its expansion around the normal law (Fisher and Cornish)."""
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2.0)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def _negative_binomial(shape: float, stops: float) -> tuple[int, int]:
    """The least and the greatest count that leave no more than half of what lies outside `LEVEL` beyond them."""
    outside = (1.0 - LEVEL) / 2.0
    count, chance, below, low = 0, stops**shape, 0.0, None
    while True:
        below += chance
        if low is None and below > outside:
            low = count
        if below >= 1.0 - outside:
            return low or 0, count
        chance *= (shape + count) / (count + 1) * (1.0 - stops)
        count += 1
