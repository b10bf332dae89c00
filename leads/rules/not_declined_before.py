"""A lead is offered to the same partner once."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"HAD_IT_BEFORE"})
_FITS = Fits(0, "new")  # made once: most verdicts are this one


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Whether this partner has seen this lead already."""
    if partner.had_this_lead:
        return Excluded("HAD_IT_BEFORE", "new", partner.had_this_lead)
    return _FITS
