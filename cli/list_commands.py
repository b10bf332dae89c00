"""`halali list …`: put contacts back in line, set lists aside, split them, say which come first."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from sqlalchemy import select

from campaigns import list_keeping
from campaigns.list_keeping import RECYCLABLE, Recycling
from campaigns.tables import ContactList
from cli.access import act, opened, record
from cli.campaign_rows import find_campaign
from cli.options import AsJson, group
from cli.output import show_facts, show_rows
from dialer import list_steps
from foundation.runtime import Runtime

commands = group("Contact lists: recycle, archive, split, and which come first.")

ListId = Annotated[str, typer.Argument(help="The list's id; `halali list show` names them.")]


@commands.command("show")
def show_lists(
    campaign: Annotated[str, typer.Argument(help="The campaign's name or id.")], as_json: AsJson = False
) -> None:
    """The lists of a campaign, the newest first."""
    with opened() as runtime, runtime.database.reading() as session:
        found = find_campaign(session, campaign)
        query = select(ContactList).where(ContactList.campaign_id == found.id).order_by(ContactList.id.desc())
        rows = [
            {
                "id": one.id,
                "file": one.file_name,
                "rows": one.total_rows,
                "priority": one.priority,
                "archived": one.archived_at is not None,
            }
            for one in session.scalars(query)
        ]
    show_rows(rows, _line, "No lists yet. `halali import` takes one into the campaign.", as_json=as_json)


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['id']}  {'archived' if row['archived'] else 'in use':<8}  {row['priority']:>2}  {row['file']}"


@commands.command("recycle")
def recycle(
    campaign: Annotated[str, typer.Argument(help="The campaign's name or id.")],
    outcome: Annotated[list[str], typer.Option(help=f"One of {', '.join(RECYCLABLE)}. May be given several times.")],
    contact_list: Annotated[str, typer.Option("--list", help="Only this list, by its id.")] = "",
    keep_attempts: Annotated[bool, typer.Option("--keep-attempts", help="Earlier attempts still count.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put contacts that are done back in line, by outcome. Who said no stays where they are."""
    with opened() as runtime:
        with runtime.database.reading() as session:
            campaign_id = find_campaign(session, campaign).id
        wanted = Recycling(frozenset(outcome), contact_list, resets_attempts=not keep_attempts)
        count = list_steps.recycle(runtime.database, campaign_id, wanted, runtime.clock.now())
        _note(runtime, "contacts_recycled", campaign_id, count)
    show_facts({"recycled": count}, as_json=as_json)


@commands.command("archive")
def archive(contact_list: ListId, as_json: AsJson = False) -> None:
    """Set a list aside: its contacts leave the line and keep their history. Promised callbacks are kept."""
    with opened() as runtime:
        count = list_steps.archive(runtime.database, contact_list, runtime.clock.now())
        _note(runtime, "list_archived", contact_list, count)
    show_facts({"archived": count}, as_json=as_json)


@commands.command("unarchive")
def unarchive(contact_list: ListId, as_json: AsJson = False) -> None:
    """Take an archived list up again."""
    with opened() as runtime:
        count = list_steps.unarchive(runtime.database, contact_list, runtime.clock.now())
        _note(runtime, "list_unarchived", contact_list, count)
    show_facts({"back_in_line": count}, as_json=as_json)


@commands.command("split")
def split(
    contact_list: ListId, parts: Annotated[int, typer.Argument(help="Into how many parts.")], as_json: AsJson = False
) -> None:
    """Split a list into parts of about the same size, on the same lawful grounds."""
    with opened() as runtime:
        with runtime.database.transaction() as session:
            new = list_steps.split_list(session, contact_list, parts, runtime.clock.now())
        _note(runtime, "list_split", contact_list, parts)
    show_facts({"lists": [contact_list, *(one.id for one in new)]}, as_json=as_json)


@commands.command("priority")
def priority(
    contact_list: ListId,
    value: Annotated[int, typer.Argument(help="From -4 to 4; higher ones come first.")],
    as_json: AsJson = False,
) -> None:
    """Let a list's contacts come before or after those of other lists."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            changed = list_keeping.set_priority(session, contact_list, value)
        list_steps.order_line(runtime.database, changed.campaign_id, now)
        _note(runtime, "list_priority", contact_list, value)
    show_facts({"list": contact_list, "priority": value}, as_json=as_json)


def _note(runtime: Runtime, action: str, subject: str, count: int) -> None:
    with runtime.database.transaction() as session:
        record(session, act(action, subject, count=count), runtime.clock.now())
        runtime.live.ring_after_commit(session, "tick")
