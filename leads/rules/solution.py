"""The partner sells the solution that the customer asked for."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 350
CODES = frozenset({"SOLUTION"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Full points for the partner's strongest solution, fewer for each place further down its list."""
    offered = partner.profile.solutions
    if not lead.solution:
        return Fits(0, UNKNOWN)
    if lead.solution not in offered:
        return Excluded("SOLUTION", lead.solution, " ".join(offered))
    place = offered.index(lead.solution)
    return Fits(max(150, MAX_POINTS - 70 * place), f"{place + 1}/{len(offered)}")
