"""The rows of caller numbers: a campaign's pool, what it was used for, and its changes. Choosing is `caller_numbers`'.

A campaign without a pool shows its one number, as often as it likes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.contact_queue import CalledContact
from campaigns.languages import LANGUAGES
from campaigns.tables import Campaign
from dialer.call_states import CallStatus
from dialer.caller_numbers import CallerNumber, Record, choose
from dialer.tables import Call, PoolNumber
from foundation.database import insert_unless_known
from foundation.errors import Conflict, Invalid, NotFound
from foundation.many_values import is_one_of
from foundation.phone_number import parse_phone_number

RECORD_DAYS = 8  # the last one is `lately`
# These never reached anybody's display.
_NOT_SHOWN = (CallStatus.NOT_PLACED, CallStatus.WITHDRAWN, CallStatus.REFUSED)


@dataclass(frozen=True)
class NewNumber:
    """A number that a manager adds. `language` empty: for every language; `daily_cap` 0: no cap."""

    number: str
    language: str = ""
    daily_cap: int = 0


def add_number(session: Session, campaign: Campaign, new: NewNumber, now: datetime) -> PoolNumber:
    """Add a number to a campaign's pool, or bring back one that was retired, with its new cap.

    Raises:
        Invalid: it is no phone number, the language is unknown, or the cap is out of range.
        Conflict: the pool has it already.
    """
    parsed = parse_phone_number(new.number, campaign.country)
    if parsed is None:
        raise Invalid("That is not a phone number. Write it with its country code, such as +41 44 668 18 00.")
    if new.language and new.language not in LANGUAGES:
        raise Invalid(
            "The language must be one of: %(choices)s. Or it is empty, for all of them.", choices=", ".join(LANGUAGES)
        )
    if not 0 <= new.daily_cap <= 10_000:
        raise Invalid("The cap must be between 1 and 10000 calls a day, or 0 for none.")
    row = {"campaign_id": campaign.id, "number": parsed.e164, "added_at": now}
    terms = {"language": new.language, "daily_cap": new.daily_cap}
    unused = {"lately_shown": 0, "lately_answered": 0, "before_shown": 0, "before_answered": 0}
    is_new = insert_unless_known(session, PoolNumber, [row | terms | unused], ["campaign_id", "number"])
    found = session.get_one(PoolNumber, (campaign.id, parsed.e164), with_for_update=True, populate_existing=True)
    if not is_new and found.retired_at is None:
        raise Conflict("The pool has this number already.")
    found.language, found.daily_cap, found.retired_at = new.language, new.daily_cap, None
    session.flush()
    return found


def retire_number(session: Session, campaign_id: str, number: str, now: datetime) -> PoolNumber:
    """Show this number on no further call. Its record stays.

    Raises:
        NotFound: the pool has no such number.
    """
    row = session.get(PoolNumber, (campaign_id, number), with_for_update=True)
    if row is None or row.retired_at is not None:
        raise NotFound("The pool has no such number.")
    row.retired_at = now
    session.flush()
    return row


def has_pool(session: Session, campaign_id: str) -> bool:
    """Whether a campaign shows the numbers of a pool instead of its own."""
    pool = select(PoolNumber.number).where(PoolNumber.campaign_id == campaign_id, PoolNumber.retired_at.is_(None))
    return session.scalar(pool.limit(1)) is not None


def numbers_shown(session: Session, campaign: Campaign) -> list[str]:
    """All numbers that this campaign may show, as they are written; its own where it has no pool."""
    pool = select(PoolNumber.number).where(PoolNumber.campaign_id == campaign.id, PoolNumber.retired_at.is_(None))
    return list(session.scalars(pool.order_by(PoolNumber.number))) or [campaign.caller_number]


def languages_numbered(session: Session, campaign: Campaign) -> frozenset[str]:
    """The languages whose contacts can be shown a number, whether or not it stands in the directory."""
    pool = select(PoolNumber.language).where(PoolNumber.campaign_id == campaign.id, PoolNumber.retired_at.is_(None))
    languages = session.scalars(pool.distinct()).all() or ([""] if campaign.caller_number else [])
    return frozenset(LANGUAGES) if "" in languages else frozenset(languages)


def read_pool(session: Session, campaign: Campaign, day_began_at: datetime) -> list[CallerNumber]:
    """The pool with today's use, as if each may be shown. `day_began_at`: midnight where the campaign calls.

    Whoever dials reads it under the lock of the carrier's pace, so that no cap is passed by two at once.
    """
    rows = session.scalars(
        select(PoolNumber)
        .where(PoolNumber.campaign_id == campaign.id, PoolNumber.retired_at.is_(None))
        .order_by(PoolNumber.number)
    ).all()
    if not rows:
        return [CallerNumber(campaign.caller_number)]
    used = _used_since(session, [row.number for row in rows], day_began_at)
    return [
        CallerNumber(
            row.number,
            row.language,
            row.daily_cap,
            used.get(row.number, 0),
            lately=Record(row.lately_shown, row.lately_answered),
            before=Record(row.before_shown, row.before_answered),
        )
        for row in rows
    ]


def weigh_numbers(session: Session, now: datetime) -> int:
    """Count anew how often each number of every pool rang and was answered. Returns how many were weighed.

    The sweep does this every minute: it reads a week of calls, which no tick should.
    """
    rows = session.scalars(select(PoolNumber).where(PoolNumber.retired_at.is_(None))).all()
    numbers = sorted({row.number for row in rows})
    yesterday = now - timedelta(days=1)
    before = _record(session, numbers, now - timedelta(days=RECORD_DAYS), yesterday)
    lately = _record(session, numbers, yesterday, now)
    for row in rows:
        new, old = lately.get(row.number, Record()), before.get(row.number, Record())
        row.lately_shown, row.lately_answered = new.shown, new.answered
        row.before_shown, row.before_answered = old.shown, old.answered
    return len(rows)


class Showing:
    """Which number each of some contacts sees; each call is counted against the caps as it is chosen."""

    def __init__(self, session: Session, pool: Sequence[CallerNumber], contacts: Sequence[CalledContact]) -> None:
        self._pool = list(pool)
        # Where there is nothing to choose from, nothing needs to be known.
        self._known = last_shown(session, [contact.id for contact in contacts]) if len(pool) > 1 else {}

    def show_to(self, contact: CalledContact) -> str:
        """The number for one contact. Where the caps are used up after all, the least worn one is shown once more."""
        chosen = choose(self._pool, contact.language, self._known.get(contact.id, ""))
        chosen = chosen or self._least_worn()
        self._pool = [replace(one, used_today=one.used_today + (one.number == chosen)) for one in self._pool]
        return chosen

    def _least_worn(self) -> str:
        # A number that may not be shown comes last, and the gate refuses it.
        return min(
            self._pool, key=lambda one: (not one.may_be_shown, one.used_today - one.daily_cap, one.number)
        ).number


def last_shown(session: Session, contact_ids: Collection[str]) -> dict[str, str]:
    """The number that each of these contacts saw last; those that were never called are left out."""
    newest = (
        select(Call.contact_id, func.max(Call.attempt_number).label("attempt"))
        .where(is_one_of(Call.contact_id, contact_ids), Call.status.not_in(_NOT_SHOWN))
        .group_by(Call.contact_id)
        .subquery()
    )
    rows = session.execute(
        select(Call.contact_id, Call.from_number).join(
            newest, (Call.contact_id == newest.c.contact_id) & (Call.attempt_number == newest.c.attempt)
        )
    )
    return {contact_id: number for contact_id, number in rows if contact_id}


def _used_since(session: Session, numbers: Collection[str], since: datetime) -> dict[str, int]:
    rows = session.execute(
        select(Call.from_number, func.count())
        .where(Call.from_number.in_(numbers), Call.queued_at >= since, Call.status.not_in(_NOT_SHOWN))
        .group_by(Call.from_number)
    )
    return {number: count for number, count in rows}  # noqa: C416 - rows are no pairs to mypy


def _record(session: Session, numbers: Collection[str], after: datetime, until: datetime) -> dict[str, Record]:
    """Calls that rang and are over or were answered: a phone that still rings says nothing yet."""
    rows = session.execute(
        select(Call.from_number, func.count(), func.count(Call.answered_at))
        .where(
            Call.kind == "contact",
            Call.from_number.in_(numbers),
            Call.queued_at > after,
            Call.queued_at <= until,
            Call.ringing_at.is_not(None) | Call.answered_at.is_not(None),
            Call.ended_at.is_not(None) | Call.answered_at.is_not(None),
        )
        .group_by(Call.from_number)
    )
    return {number: Record(shown, answered) for number, shown, answered in rows}
