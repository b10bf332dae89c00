"""Only partners whose contract is active get leads."""

from collections.abc import Iterable
from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"NOT_ACTIVE"})
_FITS = Fits(0, "active")  # made once: most verdicts are this one


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Whether the partner takes part at all."""
    if not partner.profile.is_active:
        return Excluded("NOT_ACTIVE", "active", "inactive")
    return _FITS


def asked(lead: LeadFacts) -> str:
    """Every lead asks for an active contract."""
    return "active"


def offered(profile: Profile) -> Iterable[str]:
    """Active, or nothing."""
    return ("active",) if profile.is_active else ()
