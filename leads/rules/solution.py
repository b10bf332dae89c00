"""The partner sells the solution that the customer asked for."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 350
CODES = frozenset({"SOLUTION"})
_BEST_LEVEL = 3


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """By the partner's level in it (1–3). Where no level is known, the strongest solution earns most.

    Only the main solution admits. Where more are wanted, a quarter of the points is for those that the partner covers.
    """
    offered = partner.profile.solutions
    if not lead.solution:
        return Fits(0, UNKNOWN)
    if lead.solution not in offered:
        return Excluded("SOLUTION", lead.solution, " ".join(offered))
    points, why = _by_level(offered.index(lead.solution), partner)
    if not (further := lead.further_solutions):
        return Fits(points, why)
    covered = sum(solution in offered for solution in further)
    return Fits(points * (3 * len(further) + covered) // (4 * len(further)), f"{why} +{covered}/{len(further)}")


def _by_level(place: int, partner: PartnerFacts) -> tuple[int, str]:
    if place < len(partner.profile.levels):
        level = partner.profile.levels[place]
        return MAX_POINTS * min(level, _BEST_LEVEL) // _BEST_LEVEL, f"{level}/{_BEST_LEVEL}"
    return max(150, MAX_POINTS - 70 * place), f"#{place + 1}"
