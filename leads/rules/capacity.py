"""The partner has room this week: live offers and accepted leads of the capacity window count."""

from datetime import datetime

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import Excluded, Fits, Verdict

MAX_POINTS = 150
CODES = frozenset({"NO_ROOM"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """The emptier the partner's week, the more points."""
    room, taken = partner.profile.weekly_capacity, partner.taken_in_window
    if taken >= room:
        return Excluded("NO_ROOM", f"< {room}", str(taken))
    return Fits(MAX_POINTS * (room - taken) // room, f"{taken}/{room}")
