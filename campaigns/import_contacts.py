"""A file of contacts into a campaign: the same code for pages, API and command line.

`rows` = `accepted` + refused, always, and a file gets in as a whole or not at all. Reading a file, mapping its columns
and the meaning of a row have modules of their own.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campaigns.campaigns import lock_campaign
from campaigns.mapping import Mapping, guess_mapping, mapping_from
from campaigns.reading import Table, read_table
from campaigns.rows import AcceptedRow, RefusedCell, read_row
from campaigns.tables import Campaign, Contact, ContactList, ContactPhone, RefusedRow
from foundation.database import Database, insert_unless_known
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id

__all__ = ["ImportReport", "Mapping", "Table", "guess_mapping", "import_list", "mapping_from", "read_table"]

_Item = TypeVar("_Item")

_BATCH = 1000
# SQLite takes at most some 32,000 variables in a statement and plans short lists better.
_NUMBERS_PER_LOOK = 500


@dataclass(frozen=True)
class ImportReport:
    """What became of a file's rows: `rows` = `created` + `updated` + `unchanged` + the sum of `refused`.

    `repaired` are those among them of which a spreadsheet had damaged a number.
    """

    rows: int
    created: int
    updated: int
    unchanged: int
    repaired: int
    refused: dict[str, int]  # by reason
    list_id: str

    @property
    def accepted(self) -> int:
        """All rows that were not refused."""
        return self.created + self.updated + self.unchanged


@dataclass(frozen=True)
class _Sorted:
    accepted: list[AcceptedRow]
    refused: list[RefusedCell]


def import_list(  # noqa: PLR0913, PLR0917 - the file, where it goes, how it is read and when
    database: Database, campaign_id: str, file_name: str, content: bytes, mapping: Mapping | None, now: datetime
) -> ImportReport:
    """Read a file and put its contacts in the campaign's line, due at once. Without a mapping the guessed one is used.

    Raises:
        NotFound: there is no such campaign.
        Invalid: the file is no list, or the mapping does not fit it.
        Conflict: the same file is in the campaign already.
    """
    with database.reading() as session:
        campaign = session.get(Campaign, campaign_id)
        if campaign is None:
            raise NotFound(f"There is no campaign {campaign_id}.")
    table = read_table(content, file_name)
    mapping = _fitting(mapping or guess_mapping(table.header, table.rows, campaign.country), table)
    # All thinking is done before the transaction, which then holds the database for no longer than the writing takes.
    rows = _without_twins(read_row(row, mapping, campaign.country) for row in table.rows)
    content_hash = hashlib.sha256(content).hexdigest()
    with database.transaction() as session:
        lock_campaign(session, campaign_id)
        _refuse_second_time(session, campaign_id, content_hash)
        rows = _without_known(session, campaign_id, rows)
        contact_list = ContactList(
            id=new_id("list"),
            campaign_id=campaign_id,
            file_name=file_name[-300:],
            content_hash=content_hash,
            encoding=table.encoding,
            delimiter=table.delimiter,
            mapping=mapping.as_record(),
            total_rows=len(table.rows),
            created_rows=len(rows.accepted),
            repaired_rows=sum(row.repaired for row in rows.accepted),
            refused_rows=len(rows.refused),
            imported_at=now,
        )
        session.add(contact_list)
        session.flush()
        _write(session, contact_list, rows, now)
    return _report(contact_list, rows)


def _fitting(mapping: Mapping, table: Table) -> Mapping:
    checked = mapping_from(mapping.columns, mapping.fields)
    if checked.columns != table.header:
        raise Invalid(f"The mapping is for other columns. This list has: {', '.join(table.header)}.")
    return checked


def _without_twins(rows: Iterator[AcceptedRow | RefusedCell]) -> _Sorted:
    """Of rows with the same number and extension the first one stays."""
    seen: set[tuple[str, str]] = set()
    result = _Sorted([], [])
    for row in rows:
        if isinstance(row, RefusedCell):
            result.refused.append(row)
        elif _key(row) in seen:
            result.refused.append(RefusedCell(row.row, "duplicate_in_file", "", row.number.e164))
        else:
            seen.add(_key(row))
            result.accepted.append(row)
    return result


def _without_known(session: Session, campaign_id: str, rows: _Sorted) -> _Sorted:
    """Numbers that are in the campaign already stay as they are there."""
    known: set[tuple[str, str]] = set()
    numbers = sorted({row.number.e164 for row in rows.accepted})
    for some in _batches(numbers, _NUMBERS_PER_LOOK):
        look = select(Contact.phone_number, Contact.extension).where(
            Contact.campaign_id == campaign_id, Contact.phone_number.in_(some)
        )
        known.update((number, extension) for number, extension in session.execute(look))
    refused = [
        RefusedCell(row.row, "already_in_campaign", "", row.number.e164) for row in rows.accepted if _key(row) in known
    ]
    return _Sorted([row for row in rows.accepted if _key(row) not in known], rows.refused + refused)


def _refuse_second_time(session: Session, campaign_id: str, content_hash: str) -> None:
    """A file gets in once. One that brought nobody in, for instance with a wrong mapping, may be tried again."""
    before = session.scalar(
        select(ContactList).where(ContactList.campaign_id == campaign_id, ContactList.content_hash == content_hash)
    )
    if before is None:
        return
    if before.created_rows:
        raise Conflict(
            f"This file is in the campaign already: “{before.file_name}”, imported on {before.imported_at:%Y-%m-%d}."
        )
    session.execute(delete(RefusedRow).where(RefusedRow.list_id == before.id))
    session.delete(before)
    session.flush()


def _write(session: Session, contact_list: ContactList, rows: _Sorted, now: datetime) -> None:
    # Ids sort by time only to the millisecond; sorted, they keep the order of the file within the line.
    ids = sorted(new_id("contact") for _ in rows.accepted)
    contacts = [
        _contact(contact_list, contact_id, row, now) for contact_id, row in zip(ids, rows.accepted, strict=True)
    ]
    for some in _batches(contacts, _BATCH):
        session.execute(insert(Contact), some)
    phones = [
        phone
        for contact_id, row in zip(ids, rows.accepted, strict=True)
        for phone in _further_phones(contact_list.campaign_id, contact_id, row)
    ]
    for batch in _batches(phones, _BATCH):
        insert_unless_known(session, ContactPhone, batch, ("campaign_id", "phone_number", "extension"))
    refused = [
        {
            "list_id": contact_list.id,
            "row_number": cell.row.number,
            "reason": cell.reason,
            "column_name": cell.column[:200],
            "found": cell.found[:500],
            "cells": [text[:2000] for text in cell.row.cells],
        }
        for cell in rows.refused
    ]
    for batch in _batches(refused, _BATCH):
        session.execute(insert(RefusedRow), batch)


def _contact(contact_list: ContactList, contact_id: str, row: AcceptedRow, now: datetime) -> dict[str, Any]:
    return {
        "id": contact_id,
        "campaign_id": contact_list.campaign_id,
        "list_id": contact_list.id,
        "row_number": row.row.number,
        "phone_number": row.number.e164,
        "extension": row.number.extension,
        "number_country": row.number.country,
        "number_kind": row.number.kind,
        "phone_label": row.phones[0].label,
        "repaired": row.phones[0].repaired,
        "language": row.language,
        "language_basis": row.language_basis,
        "canton": row.canton,
        "time_zone": row.time_zone,
        "employees": row.employees,
        "existing_partner": row.partners[0]["name"] if row.partners else "",
        "existing_partners": list(row.partners),
        "notes": row.notes,
        "fields": row.fields,
        "not_before": now,
        "status_since": now,
        **row.texts,
    }


def _further_phones(campaign_id: str, contact_id: str, row: AcceptedRow) -> Iterator[dict[str, Any]]:
    for position, phone in enumerate(row.phones[1:], 2):
        yield {
            "contact_id": contact_id,
            "position": position,
            "campaign_id": campaign_id,
            "phone_number": phone.number.e164,
            "extension": phone.number.extension,
            "number_country": phone.number.country,
            "number_kind": phone.number.kind,
            "phone_label": phone.label,
            "repaired": phone.repaired,
        }


def _report(contact_list: ContactList, rows: _Sorted) -> ImportReport:
    refused = Counter(cell.reason for cell in rows.refused)
    return ImportReport(
        rows=contact_list.total_rows,
        created=contact_list.created_rows,
        updated=0,
        unchanged=0,
        repaired=contact_list.repaired_rows,
        refused=dict(sorted(refused.items())),
        list_id=contact_list.id,
    )


def _key(row: AcceptedRow) -> tuple[str, str]:
    return row.number.e164, row.number.extension


def _batches(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
