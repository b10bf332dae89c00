"""The partner sells the solution that the customer asked for."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 350
CODES = frozenset({"SOLUTION"})
_BEST_LEVEL = 3


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """By the partner's level in it (1–3). Where no level is known, the strongest solution earns most."""
    offered = partner.profile.solutions
    if not lead.solution:
        return Fits(0, UNKNOWN)
    if lead.solution not in offered:
        return Excluded("SOLUTION", lead.solution, " ".join(offered))
    place = offered.index(lead.solution)
    if place < len(partner.profile.levels):
        level = partner.profile.levels[place]
        return Fits(MAX_POINTS * min(level, _BEST_LEVEL) // _BEST_LEVEL, f"{level}/{_BEST_LEVEL}")
    return Fits(max(150, MAX_POINTS - 70 * place), f"#{place + 1}")
