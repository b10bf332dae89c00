"""`halali import`: a contact list into a campaign. Needs the database alone, no running server."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from sqlalchemy import or_, select

from campaigns import import_contacts, saved_mappings
from campaigns.book import InBook
from campaigns.campaigns import CampaignDraft
from campaigns.guarded_reader import Head
from campaigns.import_contacts import ImportReport, Mapping, mapping_from
from campaigns.tables import Campaign
from campaigns.upload_sweep import sweep_uploads
from campaigns.uploads import Shelf
from cli.access import ACTOR, act, opened, record
from cli.campaign_rows import CallerNumber, create_recorded, find_campaign
from cli.options import AsJson, single
from cli.output import say, show_facts
from foundation.errors import Invalid
from foundation.runtime import Runtime

_MANY_OBJECTS = 20_000


def import_file(  # noqa: PLR0913, PLR0917 - one argument for each option
    file: Annotated[Path, typer.Argument(help="A contact list: CSV or XLSX, as Excel or any other program writes it.")],
    campaign: Annotated[str, typer.Option(help="The campaign's name or id; without it one named as the file.")] = "",
    create: Annotated[bool, typer.Option("--create", help="Create the campaign where there is none.")] = False,
    caller_number: CallerNumber = "",
    mapping: Annotated[list[str] | None, typer.Option(help="COLUMN=field, where the guess is wrong.")] = None,
    source: Annotated[str, typer.Option(help="Where such lists come from; what the columns hold is kept for it.")] = "",
    in_book: Annotated[InBook, typer.Option(help="Rows that stand in another campaign.")] = InBook.KEEP,
    as_json: AsJson = False,
) -> None:
    """Read a contact list into a campaign. Refused rows are kept, each with its reason. Needs no running server."""
    with reading(file) as content, opened(first_use=True) as runtime:
        runtime.database.write_much()
        # A batch is thousands of lists at once, none of them garbage: not to be looked through at every 700.
        gc.set_threshold(_MANY_OBJECTS)
        if create or not campaign:
            campaign = campaign or file.stem[:200]
            _create_where_missing(runtime, campaign, caller_number)
        with runtime.database.reading() as session:
            found = find_campaign(session, campaign)
        sweep_uploads(shelf_of(runtime), runtime.clock.now())
        wish = _Wish(mapping or [], source)
        report = import_recorded(
            runtime, found.id, file.name, content, lambda head: _choose(runtime, head, wish), in_book
        )
    if report.refused:
        say(f"{sum(report.refused.values())} rows were refused; the campaign's page shows each with its reason.")
    show_facts({**asdict(report), "accepted": report.accepted}, as_json=as_json)


def import_recorded(  # noqa: PLR0913, PLR0917 - the file, where it goes and how it is read
    runtime: Runtime,
    campaign_id: str,
    file_name: str,
    content: BinaryIO,
    choose: Callable[[Head], Mapping] | None = None,
    in_book: InBook = InBook.KEEP,
) -> ImportReport:
    """Import a list, write it into the audit trail and wake the dialer."""
    now = runtime.clock.now()
    report = import_contacts.import_file(shelf_of(runtime), campaign_id, file_name, content, choose, ACTOR, in_book)
    with runtime.database.transaction() as session:
        record(session, act("list_imported", campaign_id, rows=report.rows, list=report.list_id), now)
        runtime.live.publish_after_commit(session, f"campaign:{campaign_id}")
        runtime.live.ring_after_commit(session, "tick")
    return report


def shelf_of(runtime: Runtime) -> Shelf:
    """Where this installation's uploads lie."""
    return Shelf(runtime.database, runtime.settings.data_dir / "uploads", runtime.clock.now)


@contextmanager
def reading(file: Path) -> Iterator[BinaryIO]:
    """A file's content. Raises Invalid when it cannot be read."""
    try:
        content = file.open("rb")
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    with content:
        yield content


def _create_where_missing(runtime: Runtime, name: str, caller_number: str) -> None:
    with runtime.database.reading() as session:
        if session.scalar(select(Campaign.id).where(or_(Campaign.id == name, Campaign.name == name))) is not None:
            return
    create_recorded(runtime, CampaignDraft(name=name, caller_number=caller_number))


@dataclass(frozen=True)
class _Wish:
    pairs: list[str]
    source: str


def _choose(runtime: Runtime, head: Head, wish: _Wish) -> Mapping:
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


def _mapping(head: Head, pairs: list[str]) -> Mapping:
    """The guessed mapping with some columns changed by hand; `COLUMN=` leaves a column out of the known fields."""
    table = head.table
    fields = dict(zip(table.header, head.guessed.fields, strict=True))
    for pair in pairs:
        column, separator, field = pair.rpartition("=")
        if not separator or column not in fields:
            raise Invalid(f"--mapping {pair}: write COLUMN=field with one of these columns: {', '.join(table.header)}.")
        fields[column] = field
    return mapping_from(table.header, tuple(fields.values()))


import_command = single(import_file)
