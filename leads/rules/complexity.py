"""The project's complexity lies in the band that the partner takes on."""

from collections.abc import Iterable
from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"TOO_SIMPLE", "TOO_COMPLEX"})
_LEVELS = range(1, 6)


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Both ends of the band, from 1 (plain) to 5, belong to it."""
    lowest, highest = partner.profile.min_complexity, partner.profile.max_complexity
    if lead.complexity is None:
        return Fits(0, UNKNOWN)
    if lowest is not None and lead.complexity < lowest:
        return Excluded("TOO_SIMPLE", str(lead.complexity), f"≥ {lowest}")
    if highest is not None and lead.complexity > highest:
        return Excluded("TOO_COMPLEX", str(lead.complexity), f"≤ {highest}")
    return Fits(0, str(lead.complexity))


def asked(lead: LeadFacts) -> int:
    """The project's complexity; 0 where it is unknown, or beyond what partners can name."""
    return lead.complexity if lead.complexity is not None and lead.complexity in _LEVELS else 0


def offered(profile: Profile) -> Iterable[int]:
    """Each level of the band."""
    lowest, highest = profile.min_complexity, profile.max_complexity
    return [one for one in _LEVELS if (lowest is None or one >= lowest) and (highest is None or one <= highest)]
