"""The partner is there: it has not said that it is away today."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.verdicts import OUT, Excluded, Fits, Verdict

MAX_POINTS = 0
CODES = frozenset({"ABSENT"})
RESTS_ON = "profile"
_FITS = Fits(0, "present")  # made once: most verdicts are this one
_SWISS_TIME = ZoneInfo("Europe/Zurich")


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """First and last day of an absence both belong to it."""
    if not partner.profile.absent:
        return _FITS
    today = _day_of(now)
    for first, last in partner.profile.absent:
        if first <= today <= last:
            return Excluded("ABSENT", today, f"{first}/{last}")
    return _FITS


def turns_on(lead: LeadFacts, now: datetime) -> str:
    """The day that it is."""
    return _day_of(now)


def scale(today: str) -> Callable[[Profile], int]:
    """By the partner's absences."""

    def by_absences(profile: Profile) -> int:
        is_away = profile.absent and any(first <= today <= last for first, last in profile.absent)
        return OUT if is_away else 0

    return by_absences


def _day_of(now: datetime) -> str:
    return now.astimezone(_SWISS_TIME).date().isoformat()
