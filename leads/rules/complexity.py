"""The project's complexity lies in the band that the partner takes on."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"TOO_SIMPLE", "TOO_COMPLEX"})


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
