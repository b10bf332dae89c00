"""The partner is there: it has not said that it is away today."""

from datetime import datetime
from zoneinfo import ZoneInfo

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"ABSENT"})
_FITS = Fits(0, "present")  # made once: most verdicts are this one
_SWISS_TIME = ZoneInfo("Europe/Zurich")


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """First and last day of an absence both belong to it."""
    if not partner.profile.absent:
        return _FITS
    today = now.astimezone(_SWISS_TIME).date().isoformat()
    for first, last in partner.profile.absent:
        if first <= today <= last:
            return Excluded("ABSENT", today, f"{first}/{last}")
    return _FITS
