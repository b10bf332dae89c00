"""Takes a file into a campaign, for the command line: finds the campaign, says what the columns hold, and reports."""

import gc
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import or_, select

from campaigns import import_contacts, saved_mappings
from campaigns.campaigns import CampaignDraft
from campaigns.file_copies import NamelessCopy
from campaigns.guarded_reader import Head
from campaigns.import_contacts import ImportReport, Mapping, mapping_from
from campaigns.in_book import InBook
from campaigns.reader_child import ReaderChild
from campaigns.tables import Campaign
from campaigns.upload_sweep import sweep_uploads
from campaigns.uploads import Shelf
from cli.access import ACTOR, act, opened, record
from cli.campaign_rows import create_recorded, find_campaign, remove_recorded
from cli.output import say, show_facts
from foundation.errors import HalaliError, Invalid
from foundation.runtime import Runtime

_MANY_OBJECTS = 20_000


@dataclass(frozen=True)
class Wish:
    """What the command line says. `pairs`: COLUMN=field, where the guess is wrong."""

    file: Path
    campaign: str
    create: bool
    caller_number: str
    pairs: tuple[str, ...]
    source: str
    in_book: InBook


def take_file(wish: Wish, content: BinaryIO | NamelessCopy, reader: ReaderChild, *, as_json: bool) -> None:
    """Take the file in and show what became of its rows. `reader` may have looked at it already.

    Raises:
        NotFound: there is no such campaign.
        Invalid: the file is no list, or the mapping does not fit it. Nothing was taken in then.
    """
    with opened(first_use=True) as runtime:
        runtime.database.write_much()
        # A batch is thousands of lists at once, none of them garbage: not to be looked through at every 700.
        gc.set_threshold(_MANY_OBJECTS)
        name = wish.campaign or wish.file.stem[:200]
        is_new = wish.create and _create_where_missing(runtime, name, wish.caller_number)
        with runtime.database.reading() as session:
            found = find_campaign(session, name)
        sweep_uploads(_shelf_of(runtime), runtime.clock.now())
        choose = partial(_choose, runtime, wish)
        try:
            report = import_recorded(runtime, found.id, wish.file.name, content, choose, wish.in_book, reader)
        except HalaliError:
            if is_new:
                remove_recorded(runtime, found.id)
            raise
    if report.refused:
        say(f"{sum(report.refused.values())} rows were refused; the campaign's page shows each with its reason.")
    show_facts({**asdict(report), "accepted": report.accepted}, as_json=as_json)


def import_recorded(  # noqa: PLR0913, PLR0917 - the file, where it goes and how it is read
    runtime: Runtime,
    campaign_id: str,
    file_name: str,
    content: BinaryIO | NamelessCopy,
    choose: Callable[[Head], Mapping] | None = None,
    in_book: InBook = InBook.KEEP,
    reader: ReaderChild | None = None,
) -> ImportReport:
    """Import a list, write it into the audit trail and wake the dialer."""
    now = runtime.clock.now()
    shelf = replace(_shelf_of(runtime), reader=reader)
    report = import_contacts.import_file(shelf, campaign_id, file_name, content, choose, ACTOR, in_book)
    with runtime.database.transaction() as session:
        record(session, act("list_imported", campaign_id, rows=report.rows, list=report.list_id), now)
        runtime.live.publish_after_commit(session, f"campaign:{campaign_id}")
        runtime.live.ring_after_commit(session, "tick")
    return report


def _shelf_of(runtime: Runtime) -> Shelf:
    """Where this installation's uploads lie."""
    return Shelf(runtime.database, runtime.settings.data_dir / "uploads", runtime.clock.now)


def _create_where_missing(runtime: Runtime, name: str, caller_number: str) -> bool:
    """Whether there is a new campaign now."""
    with runtime.database.reading() as session:
        if session.scalar(select(Campaign.id).where(or_(Campaign.id == name, Campaign.name == name))) is not None:
            return False
    create_recorded(runtime, CampaignDraft(name=name, caller_number=caller_number))
    return True


def _choose(runtime: Runtime, wish: Wish, head: Head) -> Mapping:
    """What the columns hold, and say so: as told, else as confirmed for such a list before, else as guessed."""
    with runtime.database.reading() as session:
        before = saved_mappings.offered(session, head.table.header)
    if wish.pairs:
        mapping = _mapping(head, wish.pairs)
    else:
        mapping = before.mapping if before else mapping_from(head.guessed.columns, head.guessed.fields)
    if wish.source:
        with runtime.database.transaction() as session:
            saved_mappings.save(session, wish.source, mapping, runtime.clock.now())
    named = (f"{column} → {field or 'own name'}" for column, field in zip(mapping.columns, mapping.fields, strict=True))
    say(f"Columns: {', '.join(named)}.")
    return mapping


def _mapping(head: Head, pairs: tuple[str, ...]) -> Mapping:
    """The guessed mapping with some columns changed by hand; `COLUMN=` leaves a column out of the known fields."""
    table = head.table
    fields = dict(zip(table.header, head.guessed.fields, strict=True))
    for pair in pairs:
        column, separator, field = pair.rpartition("=")
        if not separator or column not in fields:
            raise Invalid(f"--mapping {pair}: write COLUMN=field with one of these columns: {', '.join(table.header)}.")
        fields[column] = field
    return mapping_from(table.header, tuple(fields.values()))
