"""The customer's size lies in the band of projects that the partner takes on."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import Excluded, Fits, Verdict

MAX_POINTS = 150
CODES = frozenset({"TOO_SMALL", "TOO_LARGE"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Both ends of the band belong to it. A partner with a bounded band is meant for it and earns more."""
    lowest, highest = partner.profile.min_employees, partner.profile.max_employees
    if lead.employees is None:
        return Fits(0, "size unknown")
    if lowest is not None and lead.employees < lowest:
        return Excluded("TOO_SMALL", str(lead.employees), f"from {lowest}")
    if highest is not None and lead.employees > highest:
        return Excluded("TOO_LARGE", str(lead.employees), f"up to {highest}")
    if lowest is None and highest is None:
        return Fits(75, "takes every size")
    return Fits(MAX_POINTS, f"{lead.employees} lies in {lowest or 1} to {highest or 'any number'}")
