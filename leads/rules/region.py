"""The customer lies where the partner works: a postcode, the beginning of one, a canton, or the whole country."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 250
CODES = frozenset({"REGION"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """The closer the coverage, the more points."""
    cantons, postcodes = partner.profile.cantons, partner.profile.postcodes
    if not cantons and not postcodes:
        return Fits(100, "*")
    if lead.postcode and any(lead.postcode.startswith(covered) for covered in postcodes):
        return Fits(MAX_POINTS, lead.postcode)
    if lead.canton and lead.canton in cantons:
        return Fits(200, lead.canton)
    if (cantons and not lead.canton) or (postcodes and not lead.postcode):
        return Fits(0, UNKNOWN)
    return Excluded("REGION", f"{lead.postcode} {lead.canton}".strip(), _in_short((*cantons, *postcodes)))


def _in_short(covered: tuple[str, ...]) -> str:
    return " ".join(covered[:30]) + (" …" if len(covered) > 30 else "")
