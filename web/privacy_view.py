"""The disclosure log as a file, and the lines of it that were asked for."""

from collections.abc import Iterator

from dialer.exports import csv_pieces
from foundation.database import Database
from foundation.phone_number import parse_phone_number
from leads.disclosures import Asked, Shown, list_shown

COLUMNS = ("at", "way", "lead_id", "company", "partner_id", "partner", "user_id")
_PAGE_ROWS = 1000


def disclosures_csv(database: Database, wanted: str = "") -> Iterator[bytes]:
    """The whole log, or what concerns a lead or customer, the newest first."""
    return csv_pieces(COLUMNS, ([getattr(line, name) for name in COLUMNS] for line in _lines(database, wanted)))


def asked_for(wanted: str) -> Asked:
    """What was typed, as the log is asked: a lead's id, else a phone number, else a company."""
    wanted = wanted.strip()
    if not wanted:
        return Asked()
    if wanted.startswith("lead_"):
        return Asked(lead_id=wanted)
    number = parse_phone_number(wanted, "CH")
    return Asked(customer=number.e164 if number is not None else wanted)


def _lines(database: Database, wanted: str) -> Iterator[Shown]:
    before = ""
    while True:
        with database.reading() as session:
            page = list_shown(session, asked_for(wanted), before, _PAGE_ROWS)
        yield from page
        if len(page) < _PAGE_ROWS:
            return
        before = str(page[-1].id)
