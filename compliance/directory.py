"""Whether the numbers that we show stand in the public directory: looks are kept here, and the newest one counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from compliance.jurisdictions import find_jurisdiction
from compliance.rule_rows import CallerNumber
from compliance.tables import DirectoryCheck
from foundation.errors import Invalid
from foundation.ids import new_id
from foundation.many_values import TextArray, is_one_of
from foundation.utc_datetime import UtcDateTime


@dataclass(frozen=True)
class Look:
    """What somebody found: when, in which directory, and under which name the number stands there, if it does."""

    is_listed: bool
    directory: str
    checked_by: str
    checked_at: datetime
    listed_as: str = ""
    note: str = ""


def record_look(session: Session, phone_number: str, look: Look, by: str, now: datetime) -> DirectoryCheck:
    """Keep what somebody found. `by` is the id of the user who enters it.

    Raises:
        Invalid: something is missing, or the look is in the future.
    """
    if look.checked_at.tzinfo is None or look.checked_at > now:
        raise Invalid("Say when the directory was looked at: a moment that has passed.")
    if len(look.directory.strip()) < 3 or not look.checked_by.strip():
        raise Invalid("Say in which directory, and who looked.")
    if look.is_listed and not look.listed_as.strip():
        raise Invalid("Say under which name the number is listed.")
    check = DirectoryCheck(
        id=new_id("check"),
        phone_number=phone_number,
        is_listed=look.is_listed,
        listed_as=look.listed_as.strip()[:200],
        directory=look.directory.strip()[:200],
        note=look.note.strip()[:500],
        checked_at=look.checked_at,
        checked_by=look.checked_by.strip()[:200],
        recorded_at=now,
        recorded_by=by,
    )
    session.add(check)
    session.flush()
    return check


_NEWEST = (
    select(DirectoryCheck.phone_number, func.max(DirectoryCheck.checked_at).label("checked_at"))
    .where(
        is_one_of(DirectoryCheck.phone_number, bindparam("numbers", type_=TextArray)),
        DirectoryCheck.checked_at <= bindparam("now", type_=UtcDateTime),
    )
    .group_by(DirectoryCheck.phone_number)
    .subquery()
)
# Made once: making it costs as much as sending it.
_NEWEST_LOOKS = (
    select(DirectoryCheck)
    .join(
        _NEWEST,
        (DirectoryCheck.phone_number == _NEWEST.c.phone_number) & (DirectoryCheck.checked_at == _NEWEST.c.checked_at),
    )
    .order_by(DirectoryCheck.is_listed.desc(), DirectoryCheck.id)
)


def newest_looks(session: Session, phone_numbers: Collection[str], now: datetime) -> dict[str, DirectoryCheck]:
    """The newest look at each number, in one query; numbers that nobody looked up are left out."""
    rows = session.scalars(_NEWEST_LOOKS, {"numbers": phone_numbers, "now": now})
    # Of two looks at the same moment the one that did not find the number is read last, and counts.
    return {row.phone_number: row for row in rows}


def listed_until(session: Session, phone_number: str, country: str, now: datetime) -> datetime | None:
    """Until when this caller number may be shown in a country; None when it may not be now.

    Where no rule asks for a directory, that is for ever: the last moment there is.
    """
    return all_listed_until(session, [phone_number], country, now)[phone_number]


def all_listed_until(
    session: Session, phone_numbers: Collection[str], country: str, now: datetime
) -> dict[str, datetime | None]:
    """The same of several numbers, in one query."""
    days = days_that_a_look_counts(country, now.date())
    if days is None:
        return dict.fromkeys(phone_numbers, datetime.max.replace(tzinfo=now.tzinfo))
    until: dict[str, datetime | None] = dict.fromkeys(phone_numbers)
    for number, look in newest_looks(session, phone_numbers, now).items():
        ends_at = look.checked_at + timedelta(days=days)
        if look.is_listed and ends_at > now:
            until[number] = ends_at
    return until


def not_listed(session: Session, phone_numbers: Collection[str], country: str, now: datetime) -> frozenset[str]:
    """Those of these caller numbers that may not be shown in a country now, in one query."""
    until = all_listed_until(session, phone_numbers, country, now)
    return frozenset(number for number, ends_at in until.items() if ends_at is None)


def days_that_a_look_counts(country: str, day: date) -> int | None:
    """For how many days a look at the directory counts in a country; None where no rule asks for one."""
    jurisdiction = find_jurisdiction(country)
    terms = [
        rule.terms
        for rule in (jurisdiction.rules if jurisdiction else ())
        if isinstance(rule.terms, CallerNumber) and rule.terms.must_be_listed and rule.is_in_force(day)
    ]
    return min((one.check_days for one in terms), default=None)
