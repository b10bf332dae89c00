"""The partner has room this calendar week: live offers and accepted leads count, those of its owner's branches too."""

from datetime import datetime
from functools import lru_cache

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"NO_ROOM"})


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Whether one more fits. How full the week is weighs in the value, not in the points."""
    room = partner.profile.weekly_capacity if partner.room is None else partner.room
    if partner.taken >= room:
        return Excluded("NO_ROOM", f"< {room}", str(partner.taken))
    return _fits(partner.taken, room)


@lru_cache(maxsize=2_000)
def _fits(taken: int, room: int) -> Fits:
    return Fits(0, f"{taken}/{room}")
