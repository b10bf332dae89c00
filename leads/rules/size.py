"""The customer's size lies in the band of projects that the partner takes on."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 150
CODES = frozenset({"TOO_SMALL", "TOO_LARGE"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Both ends of the band belong to it. A partner with a bounded band is meant for it and earns more."""
    lowest, highest = partner.profile.min_employees, partner.profile.max_employees
    if lead.employees is None:
        return Fits(0, UNKNOWN)
    if lowest is not None and lead.employees < lowest:
        return Excluded("TOO_SMALL", str(lead.employees), f"≥ {lowest}")
    if highest is not None and lead.employees > highest:
        return Excluded("TOO_LARGE", str(lead.employees), f"≤ {highest}")
    if lowest is None and highest is None:
        return Fits(75, str(lead.employees))
    return Fits(MAX_POINTS, str(lead.employees))
