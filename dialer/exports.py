"""Contacts, leads and partners as CSV for a spreadsheet program: disarmed cell by cell, and never whole in memory.

Rows are read page by page, each in a transaction of its own: a slow reader of the file holds nothing open.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from campaigns.refusals import disarm_cell
from campaigns.tables import Contact
from foundation.database import Database
from leads import form_book
from leads.answers import AnswerInWords
from leads.forms import Form
from leads.partner_cells import COLUMNS
from leads.partner_file import rows_of
from leads.tables import Lead

_PAGE_ROWS = 1000

CONTACT_COLUMNS = (
    *("id", "list_id", "row_number", "external_id", "company", "person", "phone_number", "extension", "email"),
    *("language", "postcode", "place", "canton", "employees", "uid", "existing_partner", "notes", "status", "outcome"),
    *("attempts_made", "last_attempt_at", "not_before"),
)
LEAD_COLUMNS = (
    *("id", "campaign_id", "company", "person", "phone_number", "email", "language", "postcode", "canton"),
    *("employees", "uid", "existing_partner", "notes", "status", "opened_at", "partner_id", "accepted_at"),
    *("outcome", "outcome_reason", "closed_at", "complexity", "grade", "urgency", "wish"),
)


@dataclass(frozen=True)
class Wanted:
    """Which rows to export; empty means any."""

    campaign_id: str = ""
    list_id: str = ""
    status: str = ""
    outcome: str = ""


def contacts_csv(database: Database, wanted: Wanted) -> Iterator[bytes]:
    """Contacts in the order of their making, with their own columns in one cell as `name: value`."""
    chosen = {
        Contact.campaign_id: wanted.campaign_id,
        Contact.list_id: wanted.list_id,
        Contact.status: wanted.status,
        Contact.outcome: wanted.outcome,
    }
    return csv_pieces((*CONTACT_COLUMNS, "fields"), _rows(database, Contact, (*CONTACT_COLUMNS, "fields"), chosen))


def leads_csv(database: Database, wanted: Wanted, language: str = "en") -> Iterator[bytes]:
    """Leads in the order of their making, with the answers of the talk in one cell as `question: answer (evidence)`."""
    chosen = {Lead.campaign_id: wanted.campaign_id, Lead.status: wanted.status, Lead.outcome: wanted.outcome}
    columns = (*LEAD_COLUMNS, "form_mark", "evidence", "answers")
    rows = _in_words(database, _rows(database, Lead, columns, chosen), language)
    return csv_pieces((*LEAD_COLUMNS, "answers"), rows)


def partners_csv(database: Database) -> Iterator[bytes]:
    """Partners in the order of their making, as the import reads them."""
    return csv_pieces(COLUMNS, _partner_rows(database))


def _partner_rows(database: Database) -> Iterator[Iterable[Any]]:
    after = ""
    while True:
        with database.reading() as session:
            page = rows_of(session, after, _PAGE_ROWS)
        yield from (cells for _, cells in page)
        if len(page) < _PAGE_ROWS:
            return
        after = page[-1][0]


def _in_words(database: Database, rows: Iterator[Any], language: str) -> Iterator[Iterable[Any]]:
    """The same rows, their answers in the words of the forms that were asked."""
    forms: dict[str, Form] = {}
    for row in rows:
        if row.form_mark and row.form_mark not in forms:
            with database.reading() as session:
                forms |= form_book.forms_of(session, [row.form_mark])
        words = form_book.answers_in_words(forms, row, language)
        yield (*row[: len(LEAD_COLUMNS)], "\n".join(_line(one) for one in words))


def _line(one: AnswerInWords) -> str:
    return f"{one.question} {one.answer}" + (f" ({one.evidence})" if one.evidence != "said" else "")


def _rows(
    database: Database,
    table: type[Contact] | type[Lead],
    columns: tuple[str, ...],
    chosen: dict[InstrumentedAttribute[str], str],
) -> Iterator[Any]:
    query = select(table.id, *(getattr(table, name) for name in columns[1:]))
    query = query.where(*(column == value for column, value in chosen.items() if value))
    after = ""
    while True:
        with database.reading() as session:
            page = session.execute(query.where(table.id > after).order_by(table.id).limit(_PAGE_ROWS)).all()
        yield from page
        if len(page) < _PAGE_ROWS:
            return
        after = page[-1][0]


def csv_pieces(names: Iterable[str], rows: Iterator[Iterable[Any]], *, delimiter: str = ";") -> Iterator[bytes]:
    """Pieces of a file that Excel opens by a double click: UTF-8 with its mark, semicolons, no cell a formula."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(names)
    yield b"\xef\xbb\xbf" + _taken(target)
    for count, row in enumerate(rows, 1):
        writer.writerow([disarm_cell(_text(value)) for value in row])
        if count % _PAGE_ROWS == 0:
            yield _taken(target)
    yield _taken(target)


def _taken(target: io.StringIO) -> bytes:
    piece = target.getvalue().encode("utf-8", "replace")
    target.seek(0)
    target.truncate()
    return piece


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_text(one)}" for name, one in value.items())
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value)
