"""A customer who is on the line needs somebody who takes live calls, now. Other leads ask nothing of this rule."""

from datetime import date, datetime

from leads.business_clock import BusinessCalendar
from leads.facts import LeadFacts, PartnerFacts
from leads.live_lines import is_open_now
from leads.partner_calendar import canton_of_partner
from leads.verdicts import Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"NOT_LIVE", "CLOSED_NOW"})
_NOT_ASKED = Fits(0, "free")  # made once: most verdicts are this one
_FITS = Fits(0, "live")


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Whether the partner takes live calls, and within its hours."""
    if not lead.live_hours:
        return _NOT_ASKED
    profile = partner.profile
    if not (profile.takes_live_calls and profile.live_number):
        return Excluded("NOT_LIVE", "live", "")
    closed = frozenset(map(date.fromisoformat, profile.closed_days))
    calendar = BusinessCalendar(canton_of_partner(profile), closed, lead.live_hours)
    if not is_open_now(profile.live_hours, calendar, now):
        return Excluded("CLOSED_NOW", "live", profile.live_hours or lead.live_hours)
    return _FITS
