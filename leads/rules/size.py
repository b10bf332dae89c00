"""The customer's size lies in the band of projects that the partner takes on."""

from datetime import datetime
from math import log2

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 200
CODES = frozenset({"TOO_SMALL", "TOO_LARGE"})
# An open band ends here when the middle of it is looked for.
_LARGEST = 2000
_AT_THE_EDGE = 60


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Both ends of the band belong to it. The middle of the band, by orders of magnitude, earns most."""
    lowest, highest = partner.profile.min_employees, partner.profile.max_employees
    if lead.employees is None:
        return Fits(0, UNKNOWN)
    if lowest is not None and lead.employees < lowest:
        return Excluded("TOO_SMALL", str(lead.employees), f"≥ {lowest}")
    if highest is not None and lead.employees > highest:
        return Excluded("TOO_LARGE", str(lead.employees), f"≤ {highest}")
    if lowest is None and highest is None:
        return Fits(75, str(lead.employees))
    return Fits(_points(lead.employees, max(1, lowest or 1), highest or _LARGEST), str(lead.employees))


def _points(employees: int, lowest: int, highest: int) -> int:
    if highest <= lowest:
        return MAX_POINTS
    place = (log2(max(employees, lowest)) - log2(lowest)) / (log2(highest) - log2(lowest))
    off_centre = min(1.0, abs(2 * place - 1))
    return MAX_POINTS - int((MAX_POINTS - _AT_THE_EDGE) * off_centre)
