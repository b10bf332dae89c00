"""The one door to a contact's place in line: status, `not_before` and outcome change here alone, with a history row.

Leaves to others: why a contact is tried again (`attempts`), whether it may be dialed now (compliance), the call itself.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Insert, Select, String, Table, bindparam, insert, literal, select, update
from sqlalchemy.orm import Session

from campaigns import callbacks, phones
from campaigns.line_heads import (
    CalledContact,
    Line,
    NextContact,
    lock_come_due,
    lock_languages,
    lock_line,
    lock_lists,
    lock_promised,
)
from campaigns.line_look import Look, look_at, look_at_languages, move_on, moved_on_values
from campaigns.line_order import moved_on, share_out
from campaigns.line_places import place_in_line, places_from, write_places
from campaigns.line_queries import AS_THEY_COME, Terms, count_due, count_waiting, next_due_at, waiting_languages
from campaigns.tables import Contact, ContactEvent, ContactList, ContactStatus
from foundation.errors import NotFound
from foundation.many_values import TextArray, is_one_of
from foundation.utc_datetime import UtcDateTime

__all__ = [
    "CalledContact",
    "NextContact",
    "Terms",
    "count_due",
    "count_waiting",
    "fence",
    "finish",
    "finish_waiting",
    "give_back",
    "next_due_at",
    "place_in_line",
    "promise_callback",
    "put_back_many",
    "reserve_each",
    "reserve_next",
    "take_back",
    "waiting_languages",
]

# Many times what a tick takes. So few that planners walk the index for them; the next tick admits the next ones.
ADMITTED_AT_ONCE = 200

# How a contact out of line looks, and the statements that make a batch so. History first: it says from where.
_OUT_OF_LINE = {"hopper_key": None, "waits_for": ""}
_THESE = is_one_of(Contact.id, bindparam("contact_ids", type_=TextArray))


def _events(of: Select[*tuple[Any, ...]]) -> Insert:
    """History rows of contacts that come with the status from which they go."""
    names = ["contact_id", "from_status", "at", "to_status", "why", "call_id"]
    change = (bindparam("at", type_=UtcDateTime), bindparam("to_status", type_=String), bindparam("why", type_=String))
    rows = of.add_columns(*change, literal(""))
    return insert(cast(Table, ContactEvent.__table__)).from_select(names, rows, include_defaults=False)


_EVENTS = _events(select(Contact.id, Contact.status).where(_THESE))
_TAKE_OUT = (
    update(cast(Table, Contact.__table__))
    .where(_THESE)
    .values(
        **_OUT_OF_LINE, status=bindparam("to_status", type_=String), status_since=bindparam("at", type_=UtcDateTime)
    )
)
# Both at once, of those who wait: PostgreSQL takes each row in hand once, and is asked once.
_TAKEN = _TAKE_OUT.returning(Contact.id).cte("taken")
_TAKE_OUT_OF_WAITING = _events(select(_TAKEN.c.id, literal(ContactStatus.WAITING.value)))


@lru_cache
def _take_out_and_move_on(lists: int) -> Insert:
    """With it, for PostgreSQL, how far so many lists have come."""
    return _TAKE_OUT_OF_WAITING.add_cte(move_on(lists).cte("moved_on"))


_ADMIT = update(cast(Table, Contact.__table__)).where(_THESE).values(hopper_key=Contact.order_key)
_PUT_BACK = update(cast(Table, Contact.__table__)).values(
    status=bindparam("to_status", type_=String),
    status_since=bindparam("at", type_=UtcDateTime),
    outcome="",
    waits_for=bindparam("why", type_=String),
    not_before=bindparam("at", type_=UtcDateTime),
)
_PUT_BACK_ANEW = _PUT_BACK.values(attempts_made=0, counts_from=bindparam("at", type_=UtcDateTime))
_FINISH = _TAKE_OUT.values(outcome=bindparam("why", type_=String))


def reserve_next(  # noqa: PLR0913, PLR0917 - who, how many, when, and on which terms
    session: Session, campaign_id: str, language: str, limit: int, now: datetime, terms: Terms = AS_THEY_COME
) -> list[NextContact]:
    """Take up to `limit` due contacts of one language out of the line: kept promises first, then in the line's order.

    Rows that another transaction holds are passed over, so two tickers never take the same contact.
    """
    if limit <= 0:
        return []
    session.flush()  # what is pending for these rows would be passed over by what is read and written here
    line = Line(campaign_id, language)
    look = look_at(session, line, now, terms)
    contacts = lock_promised(session, line, limit, now, terms) if look.has_promised else []
    if look.has_come_due and _admit_due(session, line, now):
        look = look_at(session, line, now, terms)  # whoever was let in may be the first
    positions: dict[str, float] = {}
    if look.places and len(contacts) < limit:
        heads, positions = _lock_heads_by_shares(session, line, limit - len(contacts), look, terms)
        contacts += heads
    _reserve(session, contacts, now, positions)
    # Whoever has no place of today's form is in no group, and comes with those who are left.
    for order in (terms, AS_THEY_COME) if terms.sizes.get(language) else (AS_THEY_COME,):
        if len(contacts) < limit:
            others = lock_line(session, line, limit - len(contacts), order, look.place)
            _reserve(session, others, now)
            contacts += others
    return contacts


def reserve_each(
    session: Session, campaign_id: str, limits: Mapping[str, int], now: datetime, terms: Terms = AS_THEY_COME
) -> list[NextContact]:
    """The same for several languages, as many of each as `limits` says, in its order.

    Where no lists are mixed and nobody comes first at this hour, all of them take as many statements as one.
    """
    wanted = {language: limit for language, limit in limits.items() if limit > 0}
    if len(wanted) < 2 or terms.shares or any(terms.sizes.get(language) for language in wanted):
        return [
            contact
            for language, limit in wanted.items()
            for contact in reserve_next(session, campaign_id, language, limit, now, terms)
        ]
    session.flush()  # as above
    looks = look_at_languages(session, campaign_id, wanted, now, terms)
    kept: dict[str, list[NextContact]] = {}
    for language, limit in wanted.items():
        line = Line(campaign_id, language)
        kept[language] = lock_promised(session, line, limit, now, terms) if looks[language].has_promised else []
        if looks[language].has_come_due:
            _admit_due(session, line, now)
    left = {language: limit - len(kept[language]) for language, limit in wanted.items()}
    for contact in lock_languages(session, campaign_id, {language: most for language, most in left.items() if most}):
        kept[contact.language].append(contact)
    contacts = [contact for of_one in kept.values() for contact in of_one]
    _reserve(session, contacts, now)
    return contacts


def give_back(  # noqa: PLR0913 - each argument is one column of the change
    session: Session,
    contact_id: str,
    *,
    not_before: datetime,
    why: str,
    now: datetime,
    attempted: bool,
    talked: bool = False,
    call_id: str = "",
    language: str = "",
    number: str = "",
) -> bool:
    """Put a reserved or fenced contact back in line for `not_before`; whether anything changed.

    `attempted` says that somebody's phone rang, or may have: it counts. `talked` says that somebody was reached, which
    settles a promised callback; one that was not reached is still promised, for `not_before`. `language`, when given,
    is the one that the contact turned out to speak, `number` the one to dial next.
    """
    contact = _locked(session, contact_id)
    if contact.status not in {ContactStatus.RESERVED, ContactStatus.FENCED}:
        return False
    if attempted:
        _count_attempt(contact, now)
    if attempted and talked:
        _settle_promise(session, contact, why, now, call_id)
    elif attempted and contact.promised_at is not None:
        contact.promised_at = not_before
    contact.not_before = not_before
    contact.language = language or contact.language
    if number:
        phones.dial_next(session, contact, number)
    _move(session, contact, ContactStatus.WAITING, why, now=now, call_id=call_id)
    return True


def fence(session: Session, contact_id: str, *, why: str, now: datetime, call_id: str) -> bool:
    """Keep everybody off a reserved contact: nobody knows yet whether its call exists. Whether anything changed."""
    contact = _locked(session, contact_id)
    if contact.status != ContactStatus.RESERVED:
        return False
    _move(session, contact, ContactStatus.FENCED, why, now=now, call_id=call_id)
    return True


def finish(  # noqa: PLR0913 - each argument is one column of the change
    session: Session, contact_id: str, *, outcome: str, now: datetime, attempted: bool, call_id: str = ""
) -> bool:
    """Take a contact out of the line for good, from wherever it stands; whether anything changed."""
    contact = _locked(session, contact_id)
    if contact.status == ContactStatus.DONE:
        return False
    if attempted:
        _count_attempt(contact, now)
    _settle_promise(session, contact, outcome, now, call_id)
    contact.outcome = outcome
    _move(session, contact, ContactStatus.DONE, outcome, now=now, call_id=call_id)
    return True


def finish_waiting(session: Session, contact_ids: Collection[str], *, outcome: str, now: datetime) -> int:
    """Take a batch out of the line for good whose rows are locked, wait and have no promise open; how many."""
    if contact_ids:
        session.flush()
        change = {"contact_ids": contact_ids, "at": now, "to_status": ContactStatus.DONE, "why": outcome}
        session.execute(_EVENTS, change)
        session.execute(_FINISH, change)
    return len(contact_ids)


def put_back_many(  # noqa: PLR0913 - whom, why, when, and on which terms
    session: Session,
    campaign_id: str,
    contact_ids: Collection[str],
    *,
    why: str,
    now: datetime,
    resets_attempts: bool,
) -> int:
    """Put a batch of a campaign back in line, due at once, whose rows are locked and done; how many they were.

    Whether their outcome allows that is `list_keeping`'s to say. `resets_attempts`: the attempts so far count no more.
    Who is done has no promise open.
    """
    if contact_ids:
        session.flush()
        change = {"at": now, "to_status": ContactStatus.WAITING, "why": why}
        session.execute(_EVENTS, {"contact_ids": contact_ids, **change})
        places = places_from(session, campaign_id, contact_ids, now, untried=resets_attempts)
        write_places(session, _PUT_BACK_ANEW if resets_attempts else _PUT_BACK, places, change)
        _forget_contacts(session)
    return len(contact_ids)


def promise_callback(  # noqa: PLR0913 - each argument is one column of the change
    session: Session, contact_id: str, *, at: datetime, agent_id: str, now: datetime, call_id: str
) -> bool:
    """Put a contact that was reached back in line for the moment it asked for; whether anything changed.

    It goes before those who merely wait. `agent_id` is who promised it; empty when anyone may call. An earlier promise
    that is open gives way to this one.
    """
    contact = _locked(session, contact_id)
    if contact.status == ContactStatus.DONE:
        return False
    if contact.status != ContactStatus.WAITING:
        _count_attempt(contact, now)
    callbacks.open_callback(session, contact, at=at, agent_id=agent_id, now=now, call_id=call_id)
    contact.promised_at = at
    contact.not_before = at
    contact.callback_agent_id = agent_id
    _move(session, contact, ContactStatus.WAITING, "callback_promised", now=now, call_id=call_id)
    return True


def take_back(  # noqa: PLR0913 - each argument is one column of the change
    session: Session, contact_id: str, *, now: datetime, call_id: str, language: str, number: str
) -> bool:
    """Undo where a call's outcome has put a contact: in hand again as after the talk, its attempt not counted.

    For whoever puts it elsewhere in the same transaction. What the call promised is promised no more. `language` and
    `number`, where not empty, are those with which it was called. Whoever is in hand already stays so: False.
    """
    contact = _locked(session, contact_id)
    if contact.status in {ContactStatus.RESERVED, ContactStatus.FENCED}:
        return False
    if callbacks.take_back(session, contact, now=now, call_id=call_id):
        contact.promised_at, contact.callback_agent_id = None, ""
    contact.outcome, contact.attempts_made = "", max(0, contact.attempts_made - 1)
    contact.language = language or contact.language
    phones.dial_next(session, contact, number or contact.phone_number)
    _move(session, contact, ContactStatus.RESERVED, "corrected", now=now, call_id=call_id)
    session.flush()
    return True


def bring_back(session: Session, *, outcome: str, list_id: str, now: datetime) -> int:
    """Put those of a list back in line that were done for this reason, which no longer holds; how many they were."""
    wanted = (
        select(Contact.id)
        .where(Contact.list_id == list_id, Contact.status == ContactStatus.DONE, Contact.outcome == outcome)
        .order_by(Contact.id)
        .with_for_update()
    )
    contact_ids = session.scalars(wanted).all()
    campaign_id = session.get_one(ContactList, list_id).campaign_id
    return put_back_many(session, campaign_id, contact_ids, why="brought_back", now=now, resets_attempts=False)


def _admit_due(session: Session, line: Line, now: datetime) -> bool:
    """Let those whose time has come into the hopper, where the order of the line holds; whether there were any."""
    contact_ids = lock_come_due(session, line, ADMITTED_AT_ONCE, now)
    if contact_ids:
        session.execute(_ADMIT, {"contact_ids": contact_ids})
    return bool(contact_ids)


def _lock_heads_by_shares(
    session: Session, line: Line, limit: int, look: Look, terms: Terms
) -> tuple[list[NextContact], dict[str, float]]:
    """The heads of several lists by their shares, locked, and how far the lists have come with them, if they moved.

    Where a list has too few, others fill up, as everywhere.
    """
    shares = {list_id: share for list_id, share in terms.shares.items() if list_id in look.places}
    contacts = lock_lists(session, line, Counter(share_out(limit, shares, look.positions)), look.places, terms)
    moved = moved_on(shares, look.positions, [contact.list_id for contact in contacts])
    return contacts, moved if moved != look.positions else {}


def _reserve(
    session: Session,
    contacts: Sequence[NextContact],
    now: datetime,
    positions: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Take locked contacts out of the line for calls, and note how far the lists have come that are mixed.

    What `_move` does to one, one or a few statements do to all, however many: row by row costs three times as much.
    """
    moved, at_once = moved_on_values(positions), session.get_bind().dialect.name == "postgresql"
    change = {"contact_ids": [contact.id for contact in contacts], "at": now, "to_status": ContactStatus.RESERVED}
    change["why"] = "due"
    if at_once and contacts:
        session.execute(
            _take_out_and_move_on(len(positions)) if positions else _TAKE_OUT_OF_WAITING, {**change, **moved}
        )
    elif contacts:
        session.execute(_EVENTS, change)
        session.execute(_TAKE_OUT, change)
    if positions and not (at_once and contacts):
        session.execute(move_on(len(positions)), moved)
    _forget_contacts(session)


def _forget_contacts(session: Session) -> None:
    """What was read before is no longer so."""
    for contact in [row for row in session.identity_map.values() if isinstance(row, Contact)]:
        session.expire(contact)


def _locked(session: Session, contact_id: str) -> Contact:
    contact = session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if contact is None:
        raise NotFound(f"There is no contact {contact_id}.")
    return contact


def _count_attempt(contact: Contact, now: datetime) -> None:
    contact.attempts_made += 1
    contact.last_attempt_at = now


def _settle_promise(session: Session, contact: Contact, why: str, now: datetime, call_id: str) -> None:
    if contact.promised_at is not None:
        callbacks.close_callback(session, contact, why=why, now=now, call_id=call_id)
        contact.promised_at = None
        contact.callback_agent_id = ""


def _move(  # noqa: PLR0913 - each argument is one column of the history row
    session: Session, contact: Contact, to_status: ContactStatus, why: str, *, now: datetime, call_id: str = ""
) -> None:
    session.add(
        ContactEvent(
            contact_id=contact.id,
            at=now,
            from_status=contact.status,
            to_status=to_status,
            why=why,
            call_id=call_id,
        )
    )
    contact.status = to_status
    contact.status_since = now
    contact.hopper_key = None
    contact.waits_for = why if to_status == ContactStatus.WAITING else ""
    if to_status == ContactStatus.WAITING:
        place_in_line(session, contact, now)
