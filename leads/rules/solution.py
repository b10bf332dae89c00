"""The partner sells the solution that the customer asked for."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import OUT, UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 350
CODES = frozenset({"SOLUTION"})
RESTS_ON = "profile"
_BEST_LEVEL = 3


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """By the partner's level in it (1–3). Where no level is known, the strongest solution earns most.

    Only the main solution admits. Where more are wanted, a quarter of the points is for those that the partner covers.
    """
    offered = partner.profile.solutions
    if not lead.solution:
        return Fits(0, UNKNOWN)
    if lead.solution not in offered:
        return Excluded("SOLUTION", lead.solution, " ".join(offered))
    return _of_seller(lead.solution, lead.further_solutions, partner.profile)


def _of_seller(solution: str, further: tuple[str, ...], profile: Profile) -> Fits:
    offered, levels = profile.solutions, profile.levels
    place = offered.index(solution)
    level = levels[place] if place < len(levels) else None
    return _fits(place, level, sum(map(offered.__contains__, further)) if further else 0, len(further))


@lru_cache(maxsize=2_000)
def _fits(place: int, level: int | None, covered: int, further: int) -> Fits:
    points, why = _by_level(place, level)
    if not further:
        return Fits(points, why)
    return Fits(points * (3 * further + covered) // (4 * further), f"{why} +{covered}/{further}")


def _by_level(place: int, level: int | None) -> tuple[int, str]:
    if level is None:
        return max(150, MAX_POINTS - 70 * place), f"#{place + 1}"
    return MAX_POINTS * min(level, _BEST_LEVEL) // _BEST_LEVEL, f"{level}/{_BEST_LEVEL}"


def turns_on(lead: LeadFacts, now: datetime) -> tuple[str, tuple[str, ...]]:
    """What is asked for, the main solution first."""
    return lead.solution, lead.further_solutions


def scale(asked_for: tuple[str, tuple[str, ...]]) -> Callable[[Profile], int]:
    """By what the partner sells, and how well."""
    wanted, further = asked_for

    def by_offer(profile: Profile) -> int:
        if not wanted:
            return 0
        return _of_seller(wanted, further, profile).points if wanted in profile.solutions else OUT

    return by_offer


def asked(lead: LeadFacts) -> str:
    """The main solution; empty: unknown."""
    return lead.solution


def offered(profile: Profile) -> Iterable[str]:
    """The solutions that the partner sells."""
    return profile.solutions
