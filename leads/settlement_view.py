"""Reads the weeks that were made good: who was given back how much credit, and from what. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads.facts import holder_of
from leads.partners import profile_of
from leads.tables import Partner, YardstickRun

# So many of the latest weeks are shown.
WEEKS = 8


@dataclass(frozen=True)
class Share:
    """One partner's, or one owner's of branches, in thousandths of a lead: what it was credited as leads came, and what
    the week as a whole entitled it to.
    """

    name: str
    due_milli: int
    credited_milli: int

    @property
    def made_good_milli(self) -> int:
        """What was added to its credit; negative: what came off."""
        return self.due_milli - self.credited_milli


@dataclass(frozen=True)
class WeekMadeGood:
    """A week by its Monday, and the night that made it good. `shares`: what moved the most first."""

    monday: date
    made_good_on: date
    shares: tuple[Share, ...]

    @property
    def given_milli(self) -> int:
        """All that was credited too little, in thousandths of a lead."""
        return sum(max(0, one.made_good_milli) for one in self.shares)

    @property
    def taken_milli(self) -> int:
        """All that was credited too much, in thousandths of a lead."""
        return sum(max(0, -one.made_good_milli) for one in self.shares)


def list_weeks(session: Session) -> tuple[WeekMadeGood, ...]:
    """The latest weeks that were made good, the newest first, with everybody's shares."""
    names: dict[str, str] = dict(session.execute(select(Partner.id, Partner.name)).all())
    return tuple(_week(run, names, run.settled) for run in _runs(session))


def list_own_weeks(session: Session, partner_id: str) -> tuple[WeekMadeGood, ...]:
    """The same weeks with a partner's own share alone; without those that it had no part in.

    Raises:
        NotFound: there is no such partner.
    """
    partner = session.get(Partner, partner_id) if partner_id else None
    if partner is None:
        raise NotFound("there is no such partner")
    holder = holder_of(partner.id, profile_of(partner))
    own = {holder: partner.name}
    return tuple(_week(run, own, {holder: run.settled[holder]}) for run in _runs(session) if holder in run.settled)


def _runs(session: Session) -> list[YardstickRun]:
    settled = select(YardstickRun).where(YardstickRun.settled_week != "")
    return list(session.scalars(settled.order_by(YardstickRun.day.desc()).limit(WEEKS)))


def _week(run: YardstickRun, names: Mapping[str, str], settled: Mapping[str, Any]) -> WeekMadeGood:
    year, number = map(int, run.settled_week.split("-"))
    shares = [
        Share(names.get(holder, holder.removeprefix("owner:")), due, credited)
        for holder, (due, credited) in settled.items()
    ]
    ordered = sorted(shares, key=lambda one: (-abs(one.made_good_milli), one.name))
    return WeekMadeGood(date.fromisocalendar(year, number, 1), run.day, tuple(ordered))
