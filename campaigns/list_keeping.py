"""Lists after their import: put contacts back in line by outcome, set a list aside and take it up again, split it.

Each step works on some contacts at a time and can be repeated: whoever dies in between has done no harm.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from campaigns import contact_queue, line_places
from campaigns.campaigns import lock_campaign
from campaigns.line_order import HIGHEST_PRIORITY, LOWEST_PRIORITY
from campaigns.tables import Contact, ContactList, ContactStatus
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id

AT_ONCE = 1000
MOST_PARTS = 10
LIST_ARCHIVED = "list_archived"
# Who may be tried again. Recycling never brings back who said no, may not be called, is a lead or does not exist.
RECYCLABLE = (
    *("busy", "no_answer", "failed", "canceled", "machine", "abandoned", "hung_up_before_bridge"),
    *("decider_absent", "answering_machine", "nobody_there", "no_disposition"),
)


@dataclass(frozen=True)
class Recycling:
    """Whom to put back in line: by outcome, of one list or (empty) of all. `resets_attempts`: start counting anew."""

    outcomes: frozenset[str]
    list_id: str = ""
    resets_attempts: bool = True


def recycle_some(session: Session, campaign_id: str, wanted: Recycling, now: datetime) -> int:
    """Put up to `AT_ONCE` contacts back in line; how many they were. Repeat until there are none.

    Raises:
        NotFound: there is no such campaign.
        Invalid: an outcome is not one after which somebody may be tried again.
    """
    if not wanted.outcomes:
        raise Invalid("Choose one outcome at least.")
    if not wanted.outcomes <= set(RECYCLABLE):
        raise Invalid(
            "Contacts can be put back in line after: %(outcomes)s. Not after others.", outcomes=", ".join(RECYCLABLE)
        )
    lock_campaign(session, campaign_id)
    done = select(Contact.id).where(
        Contact.campaign_id == campaign_id,
        Contact.status == ContactStatus.DONE,
        Contact.outcome.in_(sorted(wanted.outcomes)),
    )
    if wanted.list_id:
        done = done.where(Contact.list_id == wanted.list_id)
    return contact_queue.put_back_many(
        session, campaign_id, _some(session, done), why="recycled", now=now, resets_attempts=wanted.resets_attempts
    )


def archive_some(session: Session, list_id: str, now: datetime) -> int:
    """Set a list aside: up to `AT_ONCE` of those who wait leave the line; how many. Promised callbacks are kept."""
    contact_list = _locked(session, list_id)
    contact_list.archived_at = contact_list.archived_at or now
    waiting = select(Contact.id).where(
        Contact.list_id == list_id, Contact.status == ContactStatus.WAITING, Contact.promised_at.is_(None)
    )
    return contact_queue.finish_waiting(session, _some(session, waiting), outcome=LIST_ARCHIVED, now=now)


def unarchive_some(session: Session, list_id: str, now: datetime) -> int:
    """Take an archived list up again: up to `AT_ONCE` contacts are back in line, with the attempts that they had."""
    contact_list = _locked(session, list_id)
    contact_list.archived_at = None
    aside = select(Contact.id).where(
        Contact.list_id == list_id, Contact.status == ContactStatus.DONE, Contact.outcome == LIST_ARCHIVED
    )
    return contact_queue.put_back_many(
        session, contact_list.campaign_id, _some(session, aside), why="unarchived", now=now, resets_attempts=False
    )


def split(session: Session, list_id: str, parts: int, now: datetime, rows_seen: int | None = None) -> list[ContactList]:
    """Split a list into so many of about the same size and mixture; the new ones. Rows still add up in each of them.

    `rows_seen`: as many rows as the list had when it was looked at, so that who asks twice splits it once.

    Raises:
        NotFound: there is no such list.
        Invalid: not between 2 and `MOST_PARTS` parts.
        Conflict: it has fewer contacts than parts, or other rows than were seen.
    """
    if not 2 <= parts <= MOST_PARTS:
        raise Invalid("A list can be split into 2 to %(most)s parts.", most=MOST_PARTS)
    original = _locked(session, list_id)
    if rows_seen not in {None, original.total_rows}:
        raise Conflict("This list has changed meanwhile. Load the page again.")
    size = session.scalar(select(func.count()).select_from(Contact).where(Contact.list_id == list_id)) or 0
    if size < parts:
        raise Conflict("The list has fewer contacts than that.")
    return [_split_off(session, original, part, parts, now) for part in range(1, parts)]


def set_priority(session: Session, list_id: str, priority: int) -> ContactList:
    """Let a list's contacts come before or after those of others. It holds for whoever enters the line from now on."""
    if not LOWEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        raise Invalid("A priority is between %(least)s and %(most)s.", least=LOWEST_PRIORITY, most=HIGHEST_PRIORITY)
    contact_list = _locked(session, list_id)
    contact_list.priority = priority
    return contact_list


def order_some(session: Session, campaign_id: str, after_id: str, now: datetime) -> str:
    """Give up to `AT_ONCE` contacts that wait their place by the present order; the last one's id, empty at the end."""
    waiting = (
        select(Contact.id)
        .where(Contact.campaign_id == campaign_id, Contact.status == ContactStatus.WAITING, Contact.id > after_id)
        .order_by(Contact.id)
        .limit(AT_ONCE)
        .with_for_update()
    )
    contact_ids = session.scalars(waiting).all()
    line_places.place_many(session, campaign_id, contact_ids, now)
    return contact_ids[-1] if contact_ids else ""


def _split_off(session: Session, original: ContactList, part: int, parts: int, now: datetime) -> ContactList:
    kept = {"campaign_id", "source", "encoding", "delimiter", "mapping", "priority", "archived_at", "imported_at"}
    new = ContactList(
        id=new_id("list"),
        file_name=f"{original.file_name[:280]} ({part + 1}/{parts})",
        content_hash=f"split:{original.content_hash[:40]}:{part}",
        split_from=original.id,
        **{name: getattr(original, name) for name in kept},
    )
    session.add(new)
    session.flush()
    moving = select(Contact.id).where(Contact.list_id == original.id, Contact.row_number % parts == part)
    moved = len(session.scalars(moving.with_for_update()).all())
    session.execute(
        update(Contact)
        .where(Contact.list_id == original.id, Contact.row_number % parts == part)
        .values(list_id=new.id)
        .execution_options(synchronize_session=False)
    )
    new.total_rows = new.created_rows = moved
    original.total_rows -= moved
    original.created_rows -= moved
    session.flush()
    return new


def _some(session: Session, wanted: Select[str]) -> Collection[str]:
    return session.scalars(wanted.order_by(Contact.id).limit(AT_ONCE).with_for_update()).all()


def _locked(session: Session, list_id: str) -> ContactList:
    contact_list = session.get(ContactList, list_id, with_for_update=True, populate_existing=True)
    if contact_list is None:
        raise NotFound(f"There is no list {list_id}.")
    return contact_list
