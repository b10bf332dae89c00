"""The customer lies where the partner works: a postcode or its beginning, a canton, so many km, or everywhere."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from math import asin, cos, dist, radians, sin

from foundation.postcodes import places_of
from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import OUT, UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 200
CODES = frozenset({"REGION"})
RESTS_ON = "profile"
_FAR_KM = 200
_ACROSS_KM = 2 * 6371.0
_Spot = tuple[float, float, float]


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """The closer, the more points: by distance from the partner's home where it is known, else by coverage."""
    profile = partner.profile
    distance = km_between(lead.postcode, profile.home_postcode)
    by_coverage = _by_coverage(lead.postcode, lead.canton, profile)
    if by_coverage is None and not _is_in_reach(distance, profile):
        found = [*profile.cantons, *profile.postcodes, *([f"{profile.reach_km} km"] if profile.reach_km else [])]
        return Excluded("REGION", f"{lead.postcode} {lead.canton}".strip() or UNKNOWN, _in_short(found))
    if distance is not None:
        return _at(distance)
    return Fits(*by_coverage) if by_coverage else Fits(0, UNKNOWN)


def turns_on(lead: LeadFacts, now: datetime) -> tuple[str, str]:
    """Where the customer lies."""
    return lead.postcode, lead.canton


def scale(where: tuple[str, str]) -> Callable[[Profile], int]:
    """By where the partner is at home and how far it goes."""
    postcode, canton = where
    here = _spot(postcode)

    def by_place(profile: Profile) -> int:
        there = _spot(profile.home_postcode)
        if here and there:
            distance = _km(here, there)
            reach_km = profile.reach_km
            # Most are within their reach, and then what else they cover makes no difference.
            if reach_km and distance <= reach_km:
                return _points_at(distance)
            return OUT if _by_coverage(postcode, canton, profile) is None else _points_at(distance)
        by_coverage = _by_coverage(postcode, canton, profile)
        return by_coverage[0] if by_coverage else OUT

    return by_place


@lru_cache(maxsize=1_000)
def _at(distance_km: int) -> Fits:
    return Fits(_points_at(distance_km), f"{distance_km} km")


def _points_at(distance_km: int) -> int:
    return MAX_POINTS * (_FAR_KM - distance_km) // _FAR_KM if distance_km < _FAR_KM else 0


def _is_in_reach(distance_km: int | None, profile: Profile) -> bool:
    reach_km = profile.reach_km
    return bool(reach_km and distance_km is not None and distance_km <= reach_km)


def _by_coverage(postcode: str, canton: str, profile: Profile) -> tuple[int, str] | None:
    """Points, and what they are for; None: the partner does not work there."""
    cantons, postcodes = profile.cantons, profile.postcodes
    if not cantons and not postcodes and profile.reach_km is None:
        return 80, "*"
    if postcode and postcodes and postcode.startswith(postcodes):
        return MAX_POINTS, postcode
    if canton and canton in cantons:
        return 160, canton
    is_unknown = (cantons and not canton) or ((postcodes or profile.reach_km) and not postcode)
    return (0, UNKNOWN) if is_unknown else None


def km_between(one: str, other: str) -> int | None:
    """Whole kilometres as the crow flies; None where either postcode is not known."""
    here, there = _spot(one), _spot(other)
    return None if here is None or there is None else _km(here, there)


def _km(here: _Spot, there: _Spot) -> int:
    # Half the straight line through the globe is the sine of half the angle. For all pairs of Swiss postcodes it comes
    # to the same as the haversine formula, by which earlier decisions went.
    return round(_ACROSS_KM * asin(dist(here, there)))


@lru_cache(maxsize=5_000)
def _spot(postcode: str) -> _Spot | None:
    """Where on a globe of diameter 1, from its middle."""
    places = places_of(postcode)
    if not places:
        return None
    north, east = radians(places[0].latitude), radians(places[0].longitude)
    return cos(north) * cos(east) / 2, cos(north) * sin(east) / 2, sin(north) / 2


def _in_short(covered: list[str]) -> str:
    return " ".join(covered[:30]) + (" …" if len(covered) > 30 else "")
