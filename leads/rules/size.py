"""The customer's size lies in the band of projects that the partner takes on."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from math import log2

from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import OUT, UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 200
CODES = frozenset({"TOO_SMALL", "TOO_LARGE"})
RESTS_ON = "profile"
# An open band ends here when the middle of it is looked for.
_LARGEST = 2000
_AT_THE_EDGE = 60
_LARGEST_POWER = 16


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Both ends of the band belong to it. The middle of the band, by orders of magnitude, earns most."""
    return _verdict(lead.employees, partner.profile.min_employees, partner.profile.max_employees)


# Partners share few bands, so most verdicts have been found before.
@lru_cache(maxsize=5_000)
def _verdict(employees: int | None, lowest: int | None, highest: int | None) -> Verdict:
    if employees is None:
        return Fits(0, UNKNOWN)
    if lowest is not None and employees < lowest:
        return Excluded("TOO_SMALL", str(employees), f"≥ {lowest}")
    if highest is not None and employees > highest:
        return Excluded("TOO_LARGE", str(employees), f"≤ {highest}")
    if lowest is None and highest is None:
        return Fits(75, str(employees))
    return Fits(_points(employees, max(1, lowest or 1), highest or _LARGEST), str(employees))


def _points(employees: int, lowest: int, highest: int) -> int:
    if highest <= lowest:
        return MAX_POINTS
    place = (log2(max(employees, lowest)) - log2(lowest)) / (log2(highest) - log2(lowest))
    off_centre = min(1.0, abs(2 * place - 1))
    return MAX_POINTS - int((MAX_POINTS - _AT_THE_EDGE) * off_centre)


def turns_on(lead: LeadFacts, now: datetime) -> int | None:
    """The customer's size."""
    return lead.employees


def scale(employees: int | None) -> Callable[[Profile], int]:
    """By the partner's band."""
    known: dict[tuple[int | None, int | None], int] = {}

    def by_band(profile: Profile) -> int:
        band = profile.min_employees, profile.max_employees
        if band not in known:
            verdict = _verdict(employees, *band)
            known[band] = verdict.points if isinstance(verdict, Fits) else OUT
        return known[band]

    return by_band


def asked(lead: LeadFacts) -> int:
    """The customer's size in powers of two: coarse, as `judge` looks at who is left; 0 where it is unknown."""
    return min(_LARGEST_POWER, (lead.employees or 0).bit_length())


def offered(profile: Profile) -> Iterable[int]:
    """Every power of two that the band touches."""
    lowest, highest = profile.min_employees, profile.max_employees
    last = _LARGEST_POWER if highest is None else min(_LARGEST_POWER, highest.bit_length())
    return range(min(_LARGEST_POWER, (lowest or 0).bit_length()), last + 1)
