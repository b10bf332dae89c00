"""Counts people who answered and those of them who found nobody, as each rule of the country counts them.

Days that are over are summed up once, since nothing changes them any more; today is counted from the calls' own rows.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from compliance.rule_rows import Abandonment
from dialer.call_states import CallStatus
from dialer.tables import AbandonmentDay, Call
from foundation.database import insert_unless_known

LONGEST_WINDOW_DAYS = 31
MACHINES = ("machine", "fax")


@dataclass(frozen=True)
class Counts:
    """Answered calls of one language in some time. `people`: those that no machine detection took for a machine;
    `connected`: those that were put through; `abandoned`: people who found nobody; `screened`: people whose call the
    machine detector listened to.
    """

    answered: int = 0
    people: int = 0
    connected: int = 0
    abandoned: int = 0
    screened: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.answered + other.answered,
            self.people + other.people,
            self.connected + other.connected,
            self.abandoned + other.abandoned,
            self.screened + other.screened,
        )


def window_began_at(rule: Abandonment, zone: ZoneInfo, now: datetime) -> datetime:
    """When the window of a rule began: whole local days, today among them; 0 days stand for the calendar month."""
    today = now.astimezone(zone).date()
    first = today.replace(day=1) if rule.window_days == 0 else today - timedelta(days=rule.window_days - 1)
    return datetime.combine(first, time(), zone)


def answers_as_counted(counts: Counts, rule: Abandonment) -> int:
    """What a rule divides by."""
    match rule.denominator:
        case "answered":
            return counts.answered
        case "connected":
            return counts.connected + counts.abandoned
        case _:
            return counts.people


def count_since(session: Session, campaign: Campaign, since: datetime, zone: ZoneInfo) -> dict[str, Counts]:
    """Counts by language since a local midnight."""
    first = since.astimezone(zone).date()
    days = session.scalars(
        select(AbandonmentDay).where(AbandonmentDay.campaign_id == campaign.id, AbandonmentDay.day >= first)
    ).all()
    found: dict[str, Counts] = {}
    for row in days:
        found[row.language] = found.get(row.language, Counts()) + Counts(
            row.answered, row.people, row.connected, row.abandoned, row.screened
        )
    summed = max((row.day for row in days), default=first - timedelta(days=1))
    from_here = max(since, datetime.combine(summed + timedelta(days=1), time(), zone))
    for language, counts in _count_rows(session, campaign.id, from_here, None).items():
        found[language] = found.get(language, Counts()) + counts
    return found


def sum_up_days(session: Session, campaign: Campaign, zone: ZoneInfo, now: datetime) -> int:
    """Sum up the days that are over and have no sum yet, oldest first; how many. A second one who does it adds nothing.

    A day gets a row per language, at least one, so that it is known as summed. Calls that were answered before midnight
    and are not over belong to their day already: whether they are abandoned is known within seconds.
    """
    today = now.astimezone(zone).date()
    known = session.scalar(select(func.max(AbandonmentDay.day)).where(AbandonmentDay.campaign_id == campaign.id))
    first = max(
        today - timedelta(days=LONGEST_WINDOW_DAYS), (known or campaign.created_at.date()) + timedelta(days=bool(known))
    )
    # A minute past midnight, so that nothing of the day before is still open.
    last = (now - timedelta(minutes=1)).astimezone(zone).date() - timedelta(days=1)
    summed = 0
    day = first
    while day <= last:
        _sum_up(session, campaign.id, day, zone)
        summed += 1
        day += timedelta(days=1)
    return summed


def _sum_up(session: Session, campaign_id: str, day: date, zone: ZoneInfo) -> None:
    begin, end = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
    counts = _count_rows(session, campaign_id, begin, end) or {"": Counts()}
    for language, each in counts.items():
        row = {"campaign_id": campaign_id, "day": day, "language": language, **asdict(each)}
        insert_unless_known(session, AbandonmentDay, [row], ["campaign_id", "day", "language"])


def _count_rows(session: Session, campaign_id: str, begin: datetime, end: datetime | None) -> dict[str, Counts]:
    is_person = Call.answered_by.not_in(MACHINES)
    window: Sequence[ColumnElement[bool]] = (
        Call.campaign_id == campaign_id,
        Call.answered_at >= begin,
        *([Call.answered_at < end] if end is not None else []),
    )
    rows = session.execute(
        select(
            Call.language,
            func.count(),
            func.sum(case((is_person, 1), else_=0)),
            func.sum(case((Call.bridged_at.is_not(None), 1), else_=0)),
            func.sum(case((is_person & (Call.status == CallStatus.ABANDONED), 1), else_=0)),
            func.sum(case((is_person & Call.detect_machines, 1), else_=0)),
        )
        .where(*window)
        .group_by(Call.language)
    )
    return {language: Counts(*map(int, numbers)) for language, *numbers in rows}
