"""What a benchmark reports, and the arithmetic behind it. Pure; measuring and printing are left to others."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Goal:
    """What a figure should be: `at_least` or `at_most` a bound, of the value itself or of its ratio to the baseline."""

    bound: float
    is_upper: bool = False
    of_ratio: bool = False

    def is_met(self, figure: "Figure") -> bool:
        """Whether the figure is on the right side of the bound."""
        seen = figure.ratio if self.of_ratio else figure.value
        if seen is None:
            return False
        return seen <= self.bound if self.is_upper else seen >= self.bound

    def __str__(self) -> str:
        return f"{'ratio ' if self.of_ratio else ''}{'≤' if self.is_upper else '≥'} {self.bound:g}"


@dataclass(frozen=True)
class Figure:
    """One measured figure. `value` is the median of `runs` (or the one run), `baseline` was measured in between them.

    `samples` counts single requests, calls or ticks behind it; `foreign_cores` is what others used of the processors
    meanwhile, in cores.
    """

    benchmark: str
    what: str
    where: str  # sqlite, postgres
    unit: str
    runs: tuple[float, ...]
    samples: int
    foreign_cores: float
    baseline_runs: tuple[float, ...] = ()
    baseline_is: str = ""
    goal: Goal | None = None
    note: str = ""

    @property
    def value(self) -> float:
        """The median of the runs."""
        return median(self.runs)

    @property
    def baseline(self) -> float | None:
        """The median of the baseline's runs; None where there is none."""
        return median(self.baseline_runs) if self.baseline_runs else None

    @property
    def ratio(self) -> float | None:
        """Value to baseline; None without one."""
        return self.value / self.baseline if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        return self.goal.is_met(self) if self.goal else None


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed. Raises ValueError when empty."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle. Raises ValueError when empty."""
    if not values:
        raise ValueError("no values")
    ranked = sorted(values)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def busiest_window(moments: Sequence[float], seconds: float) -> int:
    """The most moments in any half-open window of `seconds`, wherever it begins."""
    inside: deque[float] = deque()
    most = 0
    for moment in sorted(moments):
        inside.append(moment)
        while moment - inside[0] >= seconds:
            inside.popleft()
        most = max(most, len(inside))
    return most


def mean_rate(moments: Sequence[float]) -> float:
    """Moments per second between the first and the last. Raises ValueError for fewer than two."""
    if len(moments) < 2:
        raise ValueError("a rate needs two moments")
    return (len(moments) - 1) / (max(moments) - min(moments))
