"""What a partner says of itself between contracts: room, absence, closed days. Nothing of it can be timed to a lead.

More or less room counts from the next day; who ends an absence is back the next day; closing takes two days' notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.errors import Conflict, Invalid, InvalidFields
from leads.live_lines import LiveLine, read_live_line
from leads.partner_cells import ABSENCES_AT_MOST, CLOSED_DAYS_A_YEAR
from leads.partners import change_partner, lock_partner
from leads.profile_tables import PlannedCapacity
from leads.protection import local_day
from leads.tables import Partner

_LONGEST_ABSENCE = timedelta(days=366)
# Absences that are over are remembered for so long.
_REMEMBERED = timedelta(days=90)
_DAY = timedelta(days=1)
_NOTICE = timedelta(days=2)


@dataclass(frozen=True)
class Sayer:
    """Who says it: the user, and whether it is staff, for whom things take effect at once."""

    user_id: str
    is_staff: bool
    at: datetime


def plan_capacity(session: Session, partner_id: str, wanted: int, sayer: Sayer) -> PlannedCapacity:
    """Another weekly capacity from tomorrow on; it replaces what was planned before.

    Raises:
        NotFound: there is no such partner.
        Invalid: below one, or above what was agreed with the partner.
    """
    partner = lock_partner(session, partner_id)
    if not 1 <= wanted <= max(partner.agreed_capacity, partner.weekly_capacity):
        raise Invalid("use at least one lead a week, and at most what was agreed")
    plan = session.get(PlannedCapacity, partner_id)
    if plan is None:
        plan = PlannedCapacity(partner_id=partner_id)
        session.add(plan)
    plan.weekly_capacity = wanted
    plan.from_day = local_day(sayer.at) + _DAY
    plan.asked_at = sayer.at
    plan.asked_by = sayer.user_id
    session.flush()
    return plan


def due_plans(database: Database, now: datetime, at_most: int) -> list[str]:
    """The partners whose planned capacity has come."""
    with database.reading() as session:
        query = select(PlannedCapacity.partner_id).where(PlannedCapacity.from_day <= local_day(now))
        return list(session.scalars(query.order_by(PlannedCapacity.from_day).limit(at_most)))


def carry_out_plan(session: Session, partner_id: str, now: datetime) -> Partner | None:
    """Let a planned capacity take effect; None when it was put off meanwhile."""
    lock_partner(session, partner_id)
    plan = session.get(PlannedCapacity, partner_id, populate_existing=True)
    if plan is None or plan.from_day > local_day(now):
        return None
    partner = change_partner(session, partner_id, now, weekly_capacity=plan.weekly_capacity)
    session.delete(plan)
    session.flush()
    return partner


def go_away(session: Session, partner_id: str, first: date, last: date, sayer: Sayer) -> Partner:
    """No new offers from the first to the last day, both included. Live offers and their clocks stay.

    Raises:
        NotFound: there is no such partner.
        Invalid: the days are in the past, out of order, or more than a year.
        Conflict: too many absences are planned.
    """
    today = local_day(sayer.at)
    if not today <= first <= last or last - first > _LONGEST_ABSENCE:
        raise Invalid("use days from today on, the last not before the first, and a year at most")
    partner = lock_partner(session, partner_id)
    spans = [*_remembered(partner.absent, today), (first.isoformat(), last.isoformat())]
    if len(spans) > ABSENCES_AT_MOST:
        raise Conflict("so many absences are planned already: take one back first")
    return change_partner(session, partner_id, sayer.at, absent=tuple(sorted(set(spans))))


def come_back(session: Session, partner_id: str, first: date, sayer: Sayer) -> Partner:
    """End the absence that begins on that day: a coming one is dropped, a running one ends with today.

    Raises:
        NotFound: there is no such partner.
        Conflict: no such absence is planned or runs.
    """
    today = local_day(sayer.at)
    partner = lock_partner(session, partner_id)
    found = [(begin, end) for begin, end in partner.absent if begin == first.isoformat() and end >= today.isoformat()]
    if not found:
        raise Conflict("there is no such absence")
    spans = [span for span in _remembered(partner.absent, today) if span not in found]
    # A partner that looks in for the one good lead shall not gain by it, so it is back the next day.
    last = today - _DAY if sayer.is_staff else today
    if first <= last:
        spans.append((first.isoformat(), last.isoformat()))
    return change_partner(session, partner_id, sayer.at, absent=tuple(sorted(set(spans))))


def close_on(session: Session, partner_id: str, days: Sequence[date], sayer: Sayer) -> Partner:
    """Set the coming days on which the house is closed and its clocks stand still; past ones stay.

    Raises:
        NotFound: there is no such partner.
        Invalid: a new day comes too soon, or there are too many in a year.
    """
    partner = lock_partner(session, partner_id)
    today = local_day(sayer.at)
    soonest = today if sayer.is_staff else today + _NOTICE
    known = {date.fromisoformat(day) for day in partner.closed_days}
    kept = {day for day in known if day < soonest}
    new = set(days) - known
    if any(day < soonest for day in new):
        raise Invalid("say it at least two days before")
    wanted = sorted(kept | set(days))
    if any(sum(one.year == day.year for one in wanted) > CLOSED_DAYS_A_YEAR for day in wanted):
        raise Invalid("a house can be closed on 20 days of a year at most")
    return change_partner(session, partner_id, sayer.at, closed_days=tuple(day.isoformat() for day in wanted))


def set_live_line(session: Session, partner_id: str, wanted: LiveLine, at: datetime) -> Partner:
    """Whether, where and when customers on the line may be put through. It counts at once: nobody loses by it.

    Raises:
        NotFound: there is no such partner.
        InvalidFields: the number or the hours cannot be used.
    """
    line, flaws = read_live_line(wanted.number.strip(), wanted.hours, is_on=wanted.is_on)
    if flaws:
        raise InvalidFields(flaws)
    return change_partner(
        session, partner_id, at, takes_live_calls=line.is_on, live_number=line.number, live_hours=line.hours
    )


def _remembered(spans: Sequence[Sequence[str]], today: date) -> list[tuple[str, str]]:
    oldest = (today - _REMEMBERED).isoformat()
    return [(first, last) for first, last in spans if last >= oldest]
