"""The customer lies where the partner works: a postcode or its beginning, a canton, so many km, or everywhere."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from foundation.postcodes import places_of
from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import OUT, UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 200
CODES = frozenset({"REGION"})
RESTS_ON = "profile"
_FAR_KM = 200
_EARTH_KM = 6371.0
_Spot = tuple[float, float, float]


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """The closer, the more points: by distance from the partner's home where it is known, else by coverage."""
    profile = partner.profile
    distance = km_between(lead.postcode, profile.home_postcode)
    by_coverage = _by_coverage(lead, profile)
    if by_coverage is None and not _is_in_reach(distance, profile):
        found = [*profile.cantons, *profile.postcodes, *([f"{profile.reach_km} km"] if profile.reach_km else [])]
        return Excluded("REGION", f"{lead.postcode} {lead.canton}".strip() or UNKNOWN, _in_short(found))
    if distance is not None:
        return _at(distance)
    return by_coverage or Fits(0, UNKNOWN)


def scale(lead: LeadFacts, now: datetime) -> Callable[[Profile], int]:
    """By where the partner is at home and how far it goes."""
    here = _spot(lead.postcode)

    def by_place(profile: Profile) -> int:
        there = _spot(profile.home_postcode)
        if here and there:
            distance = _km(here, there)
            # Most are within their reach, and then what else they cover makes no difference.
            is_out = not _is_in_reach(distance, profile) and _by_coverage(lead, profile) is None
            return OUT if is_out else _at(distance).points
        by_coverage = _by_coverage(lead, profile)
        return by_coverage.points if by_coverage else OUT

    return by_place


@lru_cache(maxsize=1_000)
def _at(distance_km: int) -> Fits:
    return Fits(max(0, MAX_POINTS * (_FAR_KM - distance_km) // _FAR_KM), f"{distance_km} km")


def _is_in_reach(distance_km: int | None, profile: Profile) -> bool:
    reach_km = profile.reach_km
    return bool(reach_km and distance_km is not None and distance_km <= reach_km)


def _by_coverage(lead: LeadFacts, profile: Profile) -> Fits | None:
    cantons, postcodes = profile.cantons, profile.postcodes
    if not cantons and not postcodes and profile.reach_km is None:
        return Fits(80, "*")
    if lead.postcode and postcodes and lead.postcode.startswith(postcodes):
        return Fits(MAX_POINTS, lead.postcode)
    if lead.canton and lead.canton in cantons:
        return Fits(160, lead.canton)
    is_unknown = (cantons and not lead.canton) or ((postcodes or profile.reach_km) and not lead.postcode)
    return Fits(0, UNKNOWN) if is_unknown else None


def km_between(one: str, other: str) -> int | None:
    """Whole kilometres as the crow flies; None where either postcode is not known."""
    here, there = _spot(one), _spot(other)
    return None if here is None or there is None else _km(here, there)


def _km(here: _Spot, there: _Spot) -> int:
    north, east = radians(there[0] - here[0]) / 2, radians(there[1] - here[1]) / 2
    square = sin(north) ** 2 + here[2] * there[2] * sin(east) ** 2
    return round(2 * _EARTH_KM * asin(sqrt(square)))


@lru_cache(maxsize=5_000)
def _spot(postcode: str) -> _Spot | None:
    """Latitude and longitude in degrees, and the latitude's cosine."""
    places = places_of(postcode)
    return (places[0].latitude, places[0].longitude, cos(radians(places[0].latitude))) if places else None


def _in_short(covered: list[str]) -> str:
    return " ".join(covered[:30]) + (" …" if len(covered) > 30 else "")
