"""A file of contacts into a campaign in one go: the same code for pages, API and command line.

`rows` = `created` + `updated` + `unchanged` + refused, always. Reading a file, the meaning of a row, and the steps of
an upload have modules of their own.
"""

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import uploads
from campaigns.file_copies import NamelessCopy
from campaigns.guarded_reader import Head
from campaigns.in_book import InBook
from campaigns.mapping import Mapping, guess_mapping, mapping_from
from campaigns.reader_child import ReaderChild
from campaigns.reading import Table, read_table
from campaigns.tables import ContactList, RefusedRow
from campaigns.uploads import Shelf
from foundation.database import Database

__all__ = ["ImportReport", "Mapping", "Table", "guess_mapping", "import_list", "mapping_from", "read_table"]


@dataclass(frozen=True)
class ImportReport:
    """What became of a file's rows: `rows` = `created` + `updated` + `unchanged` + the sum of `refused`.

    `repaired` are those among them of which a spreadsheet had damaged a number; `in_book` those new here, taken in or
    refused, that stand in another campaign.
    """

    rows: int
    created: int
    updated: int
    unchanged: int
    repaired: int
    refused: dict[str, int]  # by reason
    list_id: str
    in_book: int = 0

    @property
    def accepted(self) -> int:
        """All rows that were not refused."""
        return self.created + self.updated + self.unchanged


def import_list(  # noqa: PLR0913, PLR0917 - the file, where it goes, how it is read and when
    database: Database, campaign_id: str, file_name: str, content: bytes, mapping: Mapping | None, now: datetime
) -> ImportReport:
    """Take a small file in that is in memory, due at once. Without a mapping the guessed one is used.

    Raises:
        NotFound: there is no such campaign.
        Invalid: the file is no list, or the mapping does not fit it.
    """
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(database, Path(folder), lambda: now)
        return import_file(shelf, campaign_id, file_name, io.BytesIO(content), lambda _: mapping)


def import_file(  # noqa: PLR0913, PLR0917 - the file, where it goes, how it is read, and who wants it
    shelf: Shelf,
    campaign_id: str,
    file_name: str,
    content: BinaryIO | NamelessCopy,
    choose: Callable[[Head], Mapping | None] | None = None,
    actor: str = "",
    in_book: InBook = InBook.KEEP,
) -> ImportReport:
    """Take a file in without showing it first. `choose` says what its columns hold; otherwise that is guessed.

    Raises:
        NotFound: there is no such campaign.
        Invalid: the file is no list, or the mapping does not fit it. Nothing was taken in then.
    """
    upload_id = uploads.receive(shelf, campaign_id, file_name, content, actor)
    reader = shelf.reader or ReaderChild()
    shelf = replace(shelf, reader=reader)
    try:
        uploads.decide_book(shelf, upload_id, in_book)
        if choose is not None:
            mapping = choose(uploads.look_at(shelf, upload_id))
            if mapping is not None:
                uploads.choose(shelf, upload_id, mapping)
        list_id = uploads.take_in(shelf, upload_id)
    finally:
        reader.close()
        uploads.cancel(shelf, upload_id)
    with shelf.database.reading() as session:
        return report_of(session, list_id)


def report_of(session: Session, list_id: str) -> ImportReport:
    """What became of the rows of a list that was taken in."""
    kept = session.get_one(ContactList, list_id)
    reasons = select(RefusedRow.reason, func.count().label("rows")).where(RefusedRow.list_id == list_id)
    counted = session.execute(reasons.group_by(RefusedRow.reason).order_by(RefusedRow.reason))
    return ImportReport(
        rows=kept.total_rows,
        created=kept.created_rows,
        updated=kept.updated_rows,
        unchanged=kept.unchanged_rows,
        repaired=kept.repaired_rows,
        in_book=kept.in_book_rows,
        refused={row.reason: row.rows for row in counted},
        list_id=list_id,
    )
