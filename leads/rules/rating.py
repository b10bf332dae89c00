"""What customers made of the partner: what became of the leads that it took. A new partner has the mean of all."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from leads.facts import LeadFacts, PartnerFacts
from leads.verdicts import Fits, Verdict

MAX_POINTS = 100
CODES: frozenset[str] = frozenset()
RESTS_ON = "rating_milli"


def judge(lead: LeadFacts, partner: PartnerFacts, now: datetime) -> Verdict:
    """Points by the rating, which the nightly yardstick writes."""
    return _fits(partner.rating_milli)


@lru_cache(maxsize=2_000)
def _fits(milli: int) -> Fits:
    return Fits(_points(milli), f"{milli}‰")


def _points(milli: int) -> int:
    return MAX_POINTS * max(0, min(1000, milli)) // 1000


def turns_on(lead: LeadFacts, now: datetime) -> None:
    """Nothing of the lead."""


def scale(on: None) -> Callable[[int], int]:
    """The same points, by the same record."""
    return _points
