"""Rows of a list, as they were read, into contacts: who is new, who is in the campaign already, and what that changes.

`sorted_out` only looks; `write` does what it found, in the same transaction, under the campaign's lock.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import search_index
from campaigns.book import has_others, open_book
from campaigns.guarded_reader import Batch
from campaigns.in_book import InBook
from campaigns.line_order import line_order_from, order_key
from campaigns.merging import COMPARED, changes_by, joined_notes
from campaigns.rows import MAX_NUMBERS
from campaigns.tables import Campaign, Contact, ContactList, ContactPhone, ContactStatus, RefusedRow
from foundation.ids import new_ids
from foundation.many_rows import insert_rows, moment_for_rows
from foundation.many_values import is_one_of

# The order in which `list_reader` writes the values of a row.
COLUMNS = (
    *("row_number", "phone_number", "extension", "number_country", "number_kind", "phone_label", "repaired"),
    *("external_id", "company", "person", "email", "language", "language_basis", "postcode", "place", "canton"),
    *("time_zone", "employees", "uid", "existing_partner", "existing_partners", "notes", "fields"),
)
_STATE = ("status", "outcome", "not_before", "attempts_made", "callback_agent_id", "status_since")
_PHONE_COLUMNS = ("phone_number", "extension", "number_country", "number_kind", "phone_label", "repaired")
_NUMBER, _EXTENSION, _REPAIRED, _UID, _NOTES = (
    COLUMNS.index(name) for name in ("phone_number", "extension", "repaired", "uid", "notes")
)
_PHONES = len(COLUMNS)
_CELLS = _PHONES + 1  # the row as it was written, where it may yet be refused

_Key = tuple[str, str]
# A contact who was forgotten since we looked has no number any more: nothing may be written to them.
_IS_KNOWN = Contact.phone_number.startswith("+")


@dataclass(frozen=True)
class Arrival:
    """What all rows of a list share. `alone`: nobody else is in the campaign, so nobody need be looked for."""

    campaign_id: str
    list_id: str
    now: datetime
    alone: bool = False
    in_book: InBook = InBook.KEEP


@dataclass
class Counts:
    """What became of rows: `rows` = `created` + `updated` + `unchanged` + the sum of `refused`.

    `in_book` are those new here, taken in or refused, that stand in another campaign.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repaired: int = 0
    in_book: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Counts") -> None:
        """Count what another part of the list has come to."""
        for name in ("rows", "created", "updated", "unchanged", "repaired", "in_book"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refused.update(other.refused)


@dataclass
class Sorted:
    """What is to be done with some rows."""

    counts: Counts
    new: list[list[Any]]
    changes: dict[str, dict[str, Any]]  # by contact
    more_phones: list[tuple[str, list[Any]]]  # contact, number
    refused: list[list[Any]] = field(default_factory=list)


def sorted_out(session: Session, arrival: Arrival, batch: Batch) -> Sorted:
    """Who of a batch is new, and what the others change in the contacts that they are already. Writes nothing."""
    refused = Counter(row[1] for row in (*batch.refused, *batch.twins))
    counts = Counts(
        rows=len(batch.rows) + sum(refused.values()),
        repaired=sum([_is_repaired(row) for row in batch.rows]),
        refused=refused,
    )
    result = Sorted(counts, [], {}, [])
    if arrival.alone:
        result.new = batch.rows
    elif batch.rows:
        _compare_with_campaign(session, arrival, batch.rows, result)
    _look_into_book(session, arrival, result)
    counts.created = len(result.new)
    return result


def _compare_with_campaign(session: Session, arrival: Arrival, rows: list[list[Any]], result: Sorted) -> None:
    counts = result.counts
    found = _found_contacts(session, arrival, rows)
    contacts = _compared(session, {contact_id for contact_id, _ in found.values()})
    for row in rows:
        known = found.get(row[0])
        if known is None:
            result.new.append(row)
            continue
        contact_id, same_uid = known
        changes = changes_by(dict(zip(COLUMNS, row, strict=False)), contacts[contact_id], same_uid=same_uid)
        phones = [[row[COLUMNS.index(name)] for name in _PHONE_COLUMNS], *row[_PHONES]] if same_uid else row[_PHONES]
        fresh = _not_in_campaign(session, arrival, phones)
        if changes or fresh:
            counts.updated += 1
            result.changes.setdefault(contact_id, {}).update(changes)
            contacts[contact_id].update(changes)
            result.more_phones += [(contact_id, phone) for phone in fresh]
        else:
            counts.unchanged += 1


def _look_into_book(session: Session, arrival: Arrival, result: Sorted) -> None:
    """Bring the notes of other campaigns to new rows that stand there, or refuse such rows."""
    if not has_others(session, arrival.campaign_id):
        return
    keys = {row[0]: {_key(phone) for phone in (row[_NUMBER:], *row[_PHONES])} for row in result.new}
    numbers = {key for some in keys.values() for key in some}
    book = open_book(session, arrival.campaign_id, numbers, {row[_UID] for row in result.new if row[_UID]})
    if not book.notes:
        return
    new, result.new = result.new, []
    for row in new:
        known = book.first(keys[row[0]], row[_UID])
        if known is None:
            result.new.append(row)
            continue
        result.counts.in_book += 1
        if arrival.in_book == InBook.REFUSE:
            result.refused.append([row[0], "duplicate_in_book", "", row[_NUMBER], row[_CELLS]])
        else:
            notes = joined_notes(row[_NOTES], book.notes[known])
            result.new.append([*row[:_NOTES], notes, *row[_NOTES + 1 :]])
    result.counts.refused.update(row[1] for row in result.refused)


def write(session: Session, arrival: Arrival, batch: Batch, sorted_rows: Sorted) -> None:
    """Do what was found about a batch."""
    _insert_new(session, arrival, sorted_rows.new)
    # In the order of ids, as all who lock several contacts, so that nobody waits in a circle.
    for contact_id, changes in sorted(sorted_rows.changes.items()):
        if changes:
            session.execute(update(Contact).where(Contact.id == contact_id, _IS_KNOWN).values(**changes))
    search_index.note_changed(session, [one for one, changes in sorted_rows.changes.items() if changes])
    _add_phones(session, arrival, sorted_rows.more_phones)
    _merge_twins(session, arrival, batch.twins)
    names = ("row_number", "reason", "column_name", "found", "cells")
    refused = [dict(zip(names, row[:5], strict=True)) for row in (*batch.refused, *batch.twins, *sorted_rows.refused)]
    if refused:
        session.execute(insert(RefusedRow), [{"list_id": arrival.list_id, **row} for row in refused])


def _insert_new(session: Session, arrival: Arrival, rows: list[list[Any]]) -> None:
    if not rows:
        return
    moment = moment_for_rows(session, arrival.now)
    state = (ContactStatus.WAITING.value, "", moment, 0, "", moment)
    names = ("id", "campaign_id", "list_id", *COLUMNS, *_STATE, "order_key")
    ids = new_ids("contact", len(rows))
    values = (
        (contact_id, arrival.campaign_id, arrival.list_id, *row[:_PHONES], *state, place)
        for contact_id, row, place in zip(ids, rows, _places(session, arrival, rows), strict=True)
    )
    insert_rows(session, Contact, names, values)
    search_index.note_added(session, ids)
    phones = [(contact_id, phone) for contact_id, row in zip(ids, rows, strict=True) for phone in row[_PHONES]]
    if phones and not arrival.alone:
        fresh = {_key(phone) for phone in _not_in_campaign(session, arrival, [phone for _, phone in phones])}
        phones = [(contact_id, phone) for contact_id, phone in phones if _key(phone) in fresh]
    position: Counter[str] = Counter()
    rows_of_phones = []
    for contact_id, phone in phones:
        position[contact_id] += 1
        rows_of_phones.append((contact_id, position[contact_id] + 1, arrival.campaign_id, *phone))
    if rows_of_phones:
        insert_rows(session, ContactPhone, ("contact_id", "position", "campaign_id", *_PHONE_COLUMNS), rows_of_phones)


def _places(session: Session, arrival: Arrival, rows: list[list[Any]]) -> Iterator[str]:
    """The places of new contacts among the due, by the campaign's order."""
    order = line_order_from(session.get_one(Campaign, arrival.campaign_id).line_order)
    if not order.columns:
        return repeat(order_key(order, 0, {}, arrival.now), len(rows))
    return (order_key(order, 0, dict(zip(COLUMNS, row, strict=False)), arrival.now) for row in rows)


def _merge_twins(session: Session, arrival: Arrival, twins: list[list[Any]]) -> None:
    """What rows bring to the earlier ones whose twins they are: notes and numbers. Everything else stays as it is."""
    bringing = [twin for twin in twins if twin[6] or twin[7]]
    if not bringing:
        return
    roots = {tuple(twin[5].split(";", 1)) for twin in bringing}
    owners = _owners(session, arrival, {(root[0], root[1]) for root in roots})
    for twin in bringing:
        number, extension = twin[5].split(";", 1)
        contact_id = owners.get((number, extension))
        if contact_id is None:
            continue
        if twin[6]:
            notes = session.scalar(select(Contact.notes).where(Contact.id == contact_id)) or ""
            merged = joined_notes(notes, twin[6])
            if merged != notes:
                session.execute(update(Contact).where(Contact.id == contact_id, _IS_KNOWN).values(notes=merged))
        fresh = _not_in_campaign(session, arrival, twin[7])
        _add_phones(session, arrival, [(contact_id, phone) for phone in fresh])


def _add_phones(session: Session, arrival: Arrival, phones: Sequence[tuple[str, list[Any]]]) -> None:
    """Further numbers behind those that a contact has; beyond the fifth they are left out."""
    for contact_id, phone in phones:
        still = select(Contact.id).where(Contact.id == contact_id, _IS_KNOWN).with_for_update(key_share=True)
        if session.scalar(still) is None:
            continue
        query = select(ContactPhone.position).where(ContactPhone.contact_id == contact_id)
        position = max((1, *session.scalars(query))) + 1
        if position <= MAX_NUMBERS:
            values = dict(zip(_PHONE_COLUMNS, phone, strict=True))
            place = {"contact_id": contact_id, "position": position, "campaign_id": arrival.campaign_id}
            session.execute(insert(ContactPhone).values(**place, **values))


def _found_contacts(session: Session, arrival: Arrival, rows: list[list[Any]]) -> dict[int, tuple[str, bool]]:
    """By row number the contact that a row is already, and whether the company number says so."""
    by_number = _owners(session, arrival, {_key(row[_NUMBER:]) for row in rows})
    owner_of_uid: dict[str, str] = {}
    if uids := {row[_UID] for row in rows} - {""}:
        query = select(Contact.uid, Contact.id).where(Contact.campaign_id == arrival.campaign_id, Contact.uid != "")
        owner_of_uid.update((row.uid, row.id) for row in session.execute(query.where(is_one_of(Contact.uid, uids))))
    found: dict[int, tuple[str, bool]] = {}
    for row in rows:
        if row[_UID] and (contact_id := owner_of_uid.get(row[_UID])):
            found[row[0]] = (contact_id, True)
        elif contact_id := by_number.get(_key(row[_NUMBER:])):
            found[row[0]] = (contact_id, False)
    return found


def _owners(session: Session, arrival: Arrival, keys: set[_Key]) -> dict[_Key, str]:
    """The contacts of the campaign that have these numbers, be it their first or a further one."""
    owners: dict[_Key, str] = {}
    numbers = {number for number, _ in keys}
    for table, contact_id in ((ContactPhone, ContactPhone.contact_id), (Contact, Contact.id)):
        query = select(table.phone_number, table.extension, contact_id).where(table.campaign_id == arrival.campaign_id)
        found = session.execute(query.where(is_one_of(table.phone_number, numbers)))
        owners.update({(number, extension): owner for number, extension, owner in found if (number, extension) in keys})
    return owners


def _not_in_campaign(session: Session, arrival: Arrival, phones: list[list[Any]]) -> list[list[Any]]:
    if not phones:
        return []
    owners = _owners(session, arrival, {_key(phone) for phone in phones})
    return [phone for phone in phones if _key(phone) not in owners]


def _compared(session: Session, ids: set[str]) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    query = select(*(getattr(Contact, name) for name in COMPARED)).where(is_one_of(Contact.id, ids))
    return {contact["id"]: dict(contact) for contact in session.execute(query).mappings()}


def _is_repaired(row: list[Any]) -> bool:
    return row[_REPAIRED] or (bool(row[_PHONES]) and any(phone[-1] for phone in row[_PHONES]))


def _key(phone: Sequence[Any]) -> _Key:
    return phone[0], phone[1]


def count_on_list(contact_list: ContactList, counts: Counts) -> None:
    """Keep with the list what became of its rows so far."""
    contact_list.total_rows = counts.rows
    contact_list.created_rows = counts.created
    contact_list.updated_rows = counts.updated
    contact_list.unchanged_rows = counts.unchanged
    contact_list.repaired_rows = counts.repaired
    contact_list.in_book_rows = counts.in_book
    # What is left over, as every row is one of the four: a batch knows only the refusals of its own rows.
    contact_list.refused_rows = counts.rows - counts.created - counts.updated - counts.unchanged
