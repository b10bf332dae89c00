"""The partner speaks the language in which the call was held."""

from collections.abc import Iterable
from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import UNKNOWN, Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"LANGUAGE"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Any language that the partner works in will do."""
    spoken = partner.profile.languages
    if not lead.language:
        return Fits(0, UNKNOWN)
    if lead.language not in spoken:
        return Excluded("LANGUAGE", lead.language, " ".join(spoken))
    return Fits(0, lead.language)


def asked(lead: LeadFacts) -> str:
    """The language of the call; empty: unknown."""
    return lead.language


def offered(profile: Profile) -> Iterable[str]:
    """The languages that the partner works in."""
    return profile.languages
