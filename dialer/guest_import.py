"""Guests of an event from a CSV file, in one transaction. Whoever has answered already keeps their answer.

Reading the file is `campaigns.reading`'s, what makes a guest `events.guest_rows`', giving seats `events.seat_book`'s.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.columns import field_named
from campaigns.geography import language_code
from campaigns.reading import Row, Table, read_table
from events import seat_book
from events.event_book import lock_event
from events.guest_rows import UnusableGuest, read_guest
from events.seat_book import Answer, Guest, Terms
from events.seat_states import SeatStatus
from events.tables import Seat
from foundation.errors import Invalid

DUPLICATE = "duplicate_in_file"
MOST_BYTES = 2_000_000
MOST_ROWS = 2000
_NAMES = ("person", "first_name", "last_name")


@dataclass(frozen=True)
class GuestsReport:
    """What became of a file's rows, blank lines and header aside: `rows` = `created` + `unchanged` + all `refused`.

    Of the created, `waiting` came on the waiting list. `problems` are the refused rows: number and reason.
    """

    rows: int
    created: int
    waiting: int
    unchanged: int
    refused: Mapping[str, int]
    problems: tuple[tuple[int, str], ...]


def import_guests(session: Session, event_id: str, content: bytes, file_name: str, terms: Terms) -> GuestsReport:
    """Give a seat, or a place on the waiting list, to each guest of a file who has not answered yet.

    Raises:
        NotFound: there is no such event.
        Conflict: nobody is invited to it now.
        Invalid: the file is no list of guests; it names what to do.
    """
    table = _read(content, file_name)
    columns = _columns_of(table)
    event = lock_event(session, event_id)
    known = _addresses(session, event_id)
    seen: set[str] = set()
    created: list[Seat] = []
    problems: list[tuple[int, str]] = []
    for row in table.rows:
        guest = _guest_of(row, columns)
        if isinstance(guest, str):
            problems.append((row.number, guest))
        elif guest.email.lower() in seen:
            problems.append((row.number, DUPLICATE))
        else:
            seen.add(guest.email.lower())
            if guest.email.lower() not in known:
                created.append(seat_book.take_answer(session, event, guest, Answer.YES, terms))
    return GuestsReport(
        rows=len(table.rows),
        created=len(created),
        waiting=sum(seat.status == SeatStatus.WAITING for seat in created),
        unchanged=len(seen) - len(created),
        refused=dict(Counter(reason for _, reason in problems)),
        problems=tuple(problems),
    )


def _read(content: bytes, file_name: str) -> Table:
    if len(content) > MOST_BYTES:
        raise Invalid("The file is too large. A list of guests has at most %(rows)s rows.", rows=MOST_ROWS)
    table = read_table(content, file_name)
    if len(table.rows) > MOST_ROWS:
        raise Invalid("The file is too large. A list of guests has at most %(rows)s rows.", rows=MOST_ROWS)
    return table


def _columns_of(table: Table) -> dict[str, int]:
    """The columns that we know, by field; the first of several counts."""
    columns: dict[str, int] = {}
    plain_name = "last_name" if "first_name" in map(field_named, table.header) else "person"
    for index, name in enumerate(table.header):
        field = plain_name if name.strip().lower() == "name" else field_named(name)
        columns.setdefault(field, index)
    if "email" not in columns or not any(name in columns for name in _NAMES):
        raise Invalid("Name the columns in the first row: name, email, company, language. Name and email are needed.")
    return columns


def _addresses(session: Session, event_id: str) -> set[str]:
    """Whoever is written down for the event, also those who were invited on the phone."""
    return {email.lower() for email in session.scalars(select(Seat.email).where(Seat.event_id == event_id)) if email}


def _guest_of(row: Row, columns: Mapping[str, int]) -> Guest | str:
    """A row's guest, or why it is none, in one word."""

    def cell(name: str) -> str:
        return row.cells[columns[name]] if name in columns else ""

    person = cell("person") or f"{cell('first_name')} {cell('last_name')}"
    try:
        return read_guest(person, cell("email"), cell("company"), language_code(cell("language")))
    except UnusableGuest as unusable:
        return unusable.reason


def refused_rows(report: GuestsReport) -> Iterator[tuple[str, list[int]]]:
    """The numbers of refused rows by reason, in the order in which the reasons first come."""
    for reason in dict.fromkeys(reason for _, reason in report.problems):
        yield reason, [number for number, why in report.problems if why == reason]
