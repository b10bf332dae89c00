"""`halali export …`: contacts, leads and partners as CSV on standard output."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from cli.access import act, opened, record
from cli.campaign_rows import find_campaign
from cli.options import group
from dialer.exports import Wanted, contacts_csv, leads_csv, partners_csv
from foundation.runtime import Runtime

commands = group("Contacts, leads and partners as CSV for spreadsheet programs.")

Status = Annotated[str, typer.Option(help="Only those of this status.")]
Outcome = Annotated[str, typer.Option(help="Only those of this outcome.")]


@commands.command("contacts")
def export_contacts(
    campaign: Annotated[str, typer.Argument(help="The campaign's name or id.")],
    contact_list: Annotated[str, typer.Option("--list", help="Only this list, by its id.")] = "",
    status: Status = "",
    outcome: Outcome = "",
) -> None:
    """The contacts of a campaign."""
    with opened() as runtime:
        with runtime.database.reading() as session:
            campaign_id = find_campaign(session, campaign).id
        _note(runtime, "contacts_exported", campaign_id)
        _write(contacts_csv(runtime.database, Wanted(campaign_id, contact_list, status, outcome)))


@commands.command("leads")
def export_leads(
    campaign: Annotated[str, typer.Option(help="Only this campaign, by its name or id.")] = "",
    status: Status = "",
    outcome: Outcome = "",
) -> None:
    """All leads."""
    with opened() as runtime:
        campaign_id = ""
        if campaign:
            with runtime.database.reading() as session:
                campaign_id = find_campaign(session, campaign).id
        _note(runtime, "leads_exported", "leads")
        _write(leads_csv(runtime.database, Wanted(campaign_id, status=status, outcome=outcome)))


@commands.command("partners")
def export_partners() -> None:
    """All partners."""
    with opened() as runtime:
        _note(runtime, "partners_exported", "partners")
        _write(partners_csv(runtime.database))


def _write(pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _note(runtime: Runtime, action: str, subject: str) -> None:
    with runtime.database.transaction() as session:
        record(session, act(action, subject), runtime.clock.now())
