"""The partner speaks the language in which the call was held."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 100
CODES = frozenset({"LANGUAGE"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Full points for the partner's first language, fewer for a further one."""
    spoken = partner.profile.languages
    if not lead.language:
        return Fits(0, UNKNOWN)
    if lead.language not in spoken:
        return Excluded("LANGUAGE", lead.language, " ".join(spoken))
    return Fits(MAX_POINTS if spoken[0] == lead.language else 60, lead.language)
