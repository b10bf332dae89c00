"""What the days of one policy come to, with intervals. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import Any

from dialer.forecast.floor import Day

# Student's t for 95 %, by degrees of freedom; beyond, the normal law.
_T = (0.0, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)


@dataclass(frozen=True)
class Goal:
    """Occupancy to reach, at a mean share of abandoned calls or with 95 % of the days below it."""

    occupancy: float
    abandoned: float
    days_within: float = 0.95


@dataclass
class Result:
    """Days of one policy. `seconds` is the processor time they took."""

    name: str
    days: list[Day]
    seconds: float = 0.0
    limit: float = 0.03
    goal: Goal | None = None

    @property
    def occupancy(self) -> tuple[float, float]:
        """Share of signed-in time spent talking and wrapping up, and half its 95 % interval over days."""
        return _with_interval([day.busy / day.signed_in for day in self.days])

    @property
    def abandoned(self) -> tuple[float, float]:
        """Share of answered calls that were abandoned, over all days, and half its interval."""
        answers = sum(day.answered.total() + day.machine_errors for day in self.days)
        lost = sum(day.abandoned.total() + day.machine_errors for day in self.days)
        return lost / max(1, answers), _with_interval([day.share for day in self.days])[1]

    @property
    def days_within(self) -> float:
        """Share of days that kept the limit."""
        return mean(day.share <= self.limit + 1e-12 for day in self.days)

    @property
    def occupancy_after_two_hours(self) -> float:
        """Occupancy of the first day from its third hour on: learned from scratch within two hours."""
        first = self.days[0]
        return first.late_busy / first.late_signed_in if first.late_signed_in > 0 else 0.0

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        keeps = self.days_within >= self.goal.days_within if self.goal.days_within else True
        return self.occupancy[0] >= self.goal.occupancy and self.abandoned[0] <= self.goal.abandoned and keeps

    def by_language(self) -> dict[str, dict[str, float]]:
        """Answers and the share of them that was abandoned, by language."""
        answered: Counter[str] = sum((day.answered for day in self.days), Counter())
        abandoned: Counter[str] = sum((day.abandoned for day in self.days), Counter())
        return {
            language: {"answered": answered[language], "abandoned": abandoned[language] / max(1, answered[language])}
            for language in sorted(answered)
        }

    def by_crew(self) -> dict[str, float]:
        """Occupancy by what agents speak."""
        busy: Counter[str] = sum((day.busy_by_crew for day in self.days), Counter())
        there: Counter[str] = sum((day.signed_in_by_crew for day in self.days), Counter())
        return {crew: busy[crew] / there[crew] for crew in sorted(there)}

    def record(self) -> dict[str, Any]:
        """For programs."""
        answers = sum(day.answered.total() for day in self.days)
        return {
            "policy": self.name,
            "days": len(self.days),
            "occupancy": self.occupancy[0],
            "occupancy_half_interval": self.occupancy[1],
            "abandoned": self.abandoned[0],
            "abandoned_half_interval": self.abandoned[1],
            "days_within_limit": self.days_within,
            "limit": self.limit,
            "first_day_after_two_hours": self.occupancy_after_two_hours,
            "share_of_clairvoyant": self.occupancy[0],
            "dials_per_answer": sum(day.dials for day in self.days) / max(1, answers),
            "given_up_per_answer": sum(day.given_up for day in self.days) / max(1, answers),
            "by_language": self.by_language(),
            "by_crew": self.by_crew(),
            "processor_seconds": self.seconds,
            "goal": None if self.goal is None else vars(self.goal),
            "is_met": self.is_met,
        }


def line_of(result: Result) -> str:
    """One policy for reading."""
    occupancy, abandoned = result.occupancy, result.abandoned
    parts = [
        f"{result.name:<38} {100 * occupancy[0]:5.1f} ±{100 * occupancy[1]:3.1f}",
        f"{100 * abandoned[0]:6.2f} ±{100 * abandoned[1]:4.2f}",
        f"{100 * result.days_within:5.0f} % ≤ {100 * result.limit:.1f}",
        f"{100 * result.occupancy_after_two_hours:5.1f}",
        f"{result.seconds:6.1f} s",
    ]
    if result.goal is not None:
        parts.append(f"goal {100 * result.goal.occupancy:g}: {'met' if result.is_met else 'MISSED'}")
    text = "  ".join(parts)
    if len(result.by_language()) > 1:
        text += "\n" + _languages(result)
    return text


def _languages(result: Result) -> str:
    spoken = ", ".join(
        f"{language} {each['answered']:.0f} answers, {100 * each['abandoned']:.1f} % abandoned"
        for language, each in result.by_language().items()
    )
    crews = ", ".join(f"{crew} {100 * occupancy:.1f}" for crew, occupancy in result.by_crew().items())
    return f"      {spoken}\n      occupancy by what agents speak: {crews}"


def _with_interval(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:
        return mean(values), 0.0
    freedom = len(values) - 1
    t = _T[freedom] if freedom < len(_T) else 1.96 + 2.6 / freedom
    return mean(values), t * stdev(values) / sqrt(len(values))
