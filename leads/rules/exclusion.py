"""The partner does not work for this customer: a competitor, or a conflict of interest that it told us of."""

from collections.abc import Callable
from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import OUT, Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"EXCLUDED_CUSTOMER"})
RESTS_ON = "excludes_customer"
_FITS = Fits(0, "free")  # made once: most verdicts are this one


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """The reason says that there is an exclusion, and not whom it names."""
    if partner.excludes_customer:
        return Excluded("EXCLUDED_CUSTOMER", "free", "excluded")
    return _FITS


def turns_on(lead: LeadFacts, now: datetime) -> None:
    """Nothing of the lead."""


def scale(on: None) -> Callable[[bool], int]:
    """By whether the partner excludes this customer."""
    return lambda excludes: OUT if excludes else 0
