"""A week made good: what each partner was credited as leads came, against what the week as a whole entitled it to.

While a week lasts, nobody knows what it will bring, so leads are shared by what earlier weeks taught. Once it is over,
it is known: the difference is added to credit, and to what was entitled. When that is done is left to `nightly`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.ranking import TURN, rank_by_worth
from leads.replay import inputs_of
from leads.tables import RoutingRound, YardstickRun
from leads.worth import start_of_week
from leads.yardstick import PastLead, Terms, entitlements

_SWISS_TIME = ZoneInfo("Europe/Zurich")


@dataclass(frozen=True)
class Settlement:
    """A week, as `week_of` names it, and by holder what it entitled to and what was credited, in thousandths."""

    week: str = ""
    due: Mapping[str, int] | None = None
    credited: Mapping[str, int] | None = None

    @property
    def corrections(self) -> dict[str, int]:
        """What is still to be credited; negative: what was too much."""
        due, credited = self.due or {}, self.credited or {}
        off = {name: due.get(name, 0) - credited.get(name, 0) for name in sorted({*due, *credited})}
        return {name: milli for name, milli in off.items() if milli}

    def to_json(self) -> dict[str, list[int]]:
        due, credited = self.due or {}, self.credited or {}
        return {name: [due.get(name, 0), credited.get(name, 0)] for name in sorted({*due, *credited})}


def week_of(at: datetime) -> str:
    """The calendar week that a moment lies in, such as 2026-09: the period in which capacity is counted."""
    year, week, _ = at.astimezone(_SWISS_TIME).isocalendar()
    return f"{year}-{week:02}"


def whole_weeks(moments: Iterable[datetime], since: datetime) -> set[str]:
    """Of the weeks of these moments, those that had not begun before `since`, from where on leads are looked at."""
    weeks = {week_of(at) for at in moments}
    return weeks if since == start_of_week(since) else weeks - {week_of(since)}


def settle(week: str, leads: Sequence[PastLead], credited: Mapping[str, int], terms: Mapping[str, Terms]) -> Settlement:
    """The week's leads shared out again, all of them known, with the room that relations left. Pure."""
    due = {name: round(1000 * share) for name, share in entitlements(leads, terms).items()}
    return Settlement(week, {name: milli for name, milli in due.items() if milli}, dict(credited))


def week_to_settle(session: Session, day: date, known: Collection[str]) -> str:
    """The latest week that is over before `day`, was looked at in whole (`known`) and is not settled; empty: none."""
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(), _SWISS_TIME)
    settled: str = session.scalar(select(func.max(YardstickRun.settled_week))) or ""
    open_weeks = sorted(week for week in known if settled < week < week_of(monday))
    return open_weeks[-1] if open_weeks else ""


def credited_in(session: Session, week: str, holders: Mapping[str, str]) -> Counter[str]:
    """By holder, what the leads of a week were shared out to as they came, in thousandths of a lead.

    A lead entitles once, in the first of its rounds that went by worth. Its shares come from what was kept with it.
    """
    year, number = map(int, week.split("-"))
    monday = datetime.combine(date.fromisocalendar(year, number, 1), time(), _SWISS_TIME)
    first = (
        select(RoutingRound.lead_id, func.min(RoutingRound.number).label("number"))
        .where(RoutingRound.basis == TURN)
        .group_by(RoutingRound.lead_id)
        .subquery()
    )
    rounds = session.scalars(
        select(RoutingRound)
        .join(first, (first.c.lead_id == RoutingRound.lead_id) & (first.c.number == RoutingRound.number))
        .where(RoutingRound.at >= monday, RoutingRound.at < monday + timedelta(weeks=1))
    )
    credited: Counter[str] = Counter()
    for kept in rounds:
        _, shares = rank_by_worth(inputs_of(session, kept))
        for partner_id, milli in shares:
            credited[holders.get(partner_id, "")] += milli
    del credited[""]
    return credited
