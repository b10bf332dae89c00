"""Who is next in line, as queries that each walk one index. Changing anything is `contact_queue`'s.

A contact that waits is promised, in the hopper (seen to be due, in the order of the line) or resting until its time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaigns.languages import LANGUAGES
from campaigns.tables import RESTING, Contact, ContactStatus
from foundation.many_values import TextArray, is_one_of
from foundation.utc_datetime import UtcDateTime

Shares = dict[str, int]
# Values, or parameters of a statement that is made once.
Text = str | ColumnElement[str]
Moment = datetime | BindParameter[datetime]


@dataclass(frozen=True)
class Terms:
    """On which terms contacts are taken. `owners` are the agents who could call back themselves now.

    After `patience` a callback whose owner is away is anyone's. `shares` mixes lists: per cent by list id. `sizes` says
    by language which companies come first at this hour, within each group of the order: so many letters of a place.
    """

    owners: frozenset[str] = frozenset()
    patience: timedelta = timedelta(minutes=30)
    shares: Shares = field(default_factory=dict)
    sizes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    group_length: int = 1


AS_THEY_COME = Terms()
# Parameters of statements that are made once.
CAMPAIGN = bindparam("campaign", type_=String)
AT_MOST = bindparam("at_most", type_=Integer)
OWNERS = bindparam("owners", type_=TextArray)
NOW, OVERDUE_SINCE = (bindparam(name, type_=UtcDateTime) for name in ("now", "overdue_since"))


def promises_by(now: datetime, terms: Terms) -> dict[str, Any]:
    """The parameters `NOW`, `OVERDUE_SINCE` and `OWNERS`."""
    return {"now": now, "overdue_since": now - terms.patience, "owners": sorted(terms.owners)}


def hopper(campaign_id: Text, language: Text) -> Select[Contact]:
    """Who has been seen to be due, in the order of the index `ix_contacts_hopper`."""
    return (
        select(Contact)
        .where(Contact.campaign_id == campaign_id, Contact.language == language, Contact.hopper_key.is_not(None))
        .order_by(Contact.hopper_key, Contact.id)
    )


def of_list(line: Select[Contact], list_id: Text | InstrumentedAttribute[str]) -> Select[Contact]:
    """Those of a hopper who are of one list, in the order of the index `ix_contacts_hopper_list`."""
    return line.where(Contact.list_id == list_id)


def of_size(line: Select[Contact], size: Text, from_key: Text, before_key: Text) -> Select[Contact]:
    """Those whose companies are of one size, between two places, in the order of `ix_contacts_hopper_size`."""
    return line.where(Contact.company_size == size, Contact.hopper_key >= from_key, Contact.hopper_key < before_key)


def after_group(group: str) -> str:
    """Where the places of a group end."""
    return group[:-1] + chr(ord(group[-1]) + 1)


def resting(campaign_id: Text, language: Text) -> Select[Contact]:
    """Who waits for a moment to come, the next one first, in the order of the index `ix_contacts_resting`."""
    return (
        select(Contact)
        .where(Contact.campaign_id == campaign_id, Contact.language == language, text(RESTING))
        .order_by(Contact.not_before, Contact.id)
    )


def promised(
    campaign_id: Text, language: Text, now: Moment, overdue_since: Moment, owners: Collection[str] | BindParameter[Any]
) -> Select[Contact]:
    """Whose promised moment has come, in the order of `ix_contacts_promised`, which holds open promises alone.

    A promise of one agent is for that agent, one of `owners`, unless it was for a moment before `overdue_since`. The
    empty texts keep planners from walking other indexes for them.
    """
    whose = [Contact.callback_agent_id == "", Contact.promised_at <= overdue_since]
    if isinstance(owners, BindParameter) or owners:
        whose.append(is_one_of(Contact.callback_agent_id, owners))
    return (
        select(Contact)
        .where(
            Contact.campaign_id == campaign_id,
            Contact.promised_at.is_not(None),
            Contact.promised_at <= now,
            Contact.status + "" == ContactStatus.WAITING,
            Contact.language + "" == language,
            Contact.not_before <= now,
            or_(*whose),
        )
        .order_by(Contact.promised_at, Contact.id)
    )


def count_due(
    session: Session, campaign_id: str, now: datetime, at_most: int, terms: Terms = AS_THEY_COME
) -> dict[str, int]:
    """How many contacts are due, by language; only languages that have any. Counting stops at `at_most` for each kind.

    The indexes answer it: the cost depends on `at_most`, not on how many wait.
    """
    asked = {"campaign": campaign_id, "at_most": at_most, **promises_by(now, terms)}
    found: dict[str, int] = {}
    for language, due in session.execute(_COUNT_DUE, asked):
        if due:
            found[language] = min(at_most, found.get(language, 0) + due)
    return found


def _some_of_each_kind(language: str) -> Sequence[Subquery]:
    # The order changes nothing about the number. Without it a planner that expects to meet 15 matches soon may read
    # the table from its start, where in a long campaign all are done.
    kinds = (
        hopper(CAMPAIGN, language),
        resting(CAMPAIGN, language).where(Contact.not_before <= NOW),
        promised(CAMPAIGN, language, NOW, OVERDUE_SINCE, OWNERS),
    )
    return [kind.with_only_columns(literal(1).label("one")).limit(AT_MOST).subquery() for kind in kinds]


# Made once: making it costs several times as much as all that the database does for it.
_COUNT_DUE = union_all(
    *(
        select(literal(language).label("language"), func.count().label("due")).select_from(some)
        for language in LANGUAGES
        for some in _some_of_each_kind(language)
    )
)


def count_waiting(session: Session, campaign_id: str) -> dict[str, int]:
    """How many wait, due or not, by language. Reads the whole line, so ask seldom."""
    waiting = select(Contact.language, func.count()).where(
        Contact.campaign_id == campaign_id, Contact.status == ContactStatus.WAITING
    )
    return dict(session.execute(waiting.group_by(Contact.language)).all())


def waiting_languages(session: Session, campaign_id: str) -> frozenset[str]:
    """The languages of those who wait, due or not. A few looks at indexes for each language."""
    found = set(_languages_promised(session, campaign_id))
    for language in LANGUAGES:
        for kind in (hopper(campaign_id, language), resting(campaign_id, language)):
            if language not in found and session.scalar(kind.with_only_columns(literal(1)).limit(1)) is not None:
                found.add(language)
    return frozenset(found)


def _languages_promised(session: Session, campaign_id: str) -> Sequence[str]:
    # Open promises are few: told apart here, they need no sorting there.
    promises = select(Contact.language).where(
        Contact.campaign_id == campaign_id,
        Contact.promised_at.is_not(None),
        Contact.status + "" == ContactStatus.WAITING,
    )
    return session.scalars(promises).all()


def next_due_at(session: Session, campaign_id: str, now: datetime) -> datetime | None:
    """When the next waiting contact comes due: `now` when one is due already, None when nobody waits."""
    moments = [next_promise_at(session, campaign_id)]
    for language in LANGUAGES:
        if session.scalar(hopper(campaign_id, language).with_only_columns(literal(1)).limit(1)) is not None:
            return now
        moments.append(session.scalar(resting(campaign_id, language).with_only_columns(Contact.not_before).limit(1)))
    known = [moment for moment in moments if moment is not None]
    return max(now, min(known)) if known else None


def next_promise_at(session: Session, campaign_id: str) -> datetime | None:
    """The earliest promised callback of a campaign; None when none is open."""
    return session.scalar(
        select(Contact.promised_at)
        .where(
            Contact.campaign_id == campaign_id,
            Contact.promised_at.is_not(None),
            Contact.status + "" == ContactStatus.WAITING,
        )
        .order_by(Contact.promised_at, Contact.id)
        .limit(1)
    )
