"""A partner's accepted leads as a file for its customer system: read page by page, disarmed cell by cell."""

from collections.abc import Iterator
from datetime import datetime

from dialer.exports import csv_pieces
from foundation.database import Database
from leads import partner_view
from leads.disclosures import Reader, note_when_new
from leads.hand_over import Layout, values_of
from leads.partner_view import DisclosedLead

_PAGE_ROWS = 500


def own_leads(database: Database, reader: Reader, now: datetime) -> Iterator[DisclosedLead]:
    """All leads that a partner accepted, the newest first, without holding a transaction open meanwhile.

    Each page is in the disclosure log before it leaves.
    """
    before = ""
    while True:
        with database.reading() as session:
            page = partner_view.list_accepted(session, reader.partner_id, before, _PAGE_ROWS)
        note_when_new(database, [lead.lead_id for lead in page], reader, now)
        yield from page
        if len(page) < _PAGE_ROWS:
            return
        before = page[-1].lead_id


def own_leads_csv(database: Database, reader: Reader, layout: Layout, now: datetime) -> Iterator[bytes]:
    """The pieces of the file. A known system's is with commas, as its import wants it; plain is for a spreadsheet."""
    rows = (layout.row(values_of(lead)) for lead in own_leads(database, reader, now))
    return csv_pieces(tuple(layout.columns), rows, delimiter="," if layout.required else ";")
