"""How reliably the partner answers its offers. A new partner has the mean of all."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import Fits, Verdict

MAX_POINTS = 150
CODES: frozenset[str] = frozenset()


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Points by the record, which the nightly yardstick writes."""
    return Fits(MAX_POINTS * max(0, min(1000, partner.response_milli)) // 1000, f"{partner.response_milli}‰")
