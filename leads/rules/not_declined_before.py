"""A lead is offered to the same partner once."""

from collections.abc import Callable
from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import OUT, Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"HAD_IT_BEFORE"})
RESTS_ON = "had_this_lead"
_FITS = Fits(0, "new")  # made once: most verdicts are this one


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Whether this partner has seen this lead already."""
    if partner.had_this_lead:
        return Excluded("HAD_IT_BEFORE", "new", partner.had_this_lead)
    return _FITS


def turns_on(lead: LeadFacts, now: datetime) -> None:
    """Nothing of the lead."""


def scale(on: None) -> Callable[[str], int]:
    """By how the partner's offer of this lead ended."""
    return lambda ended: OUT if ended else 0
