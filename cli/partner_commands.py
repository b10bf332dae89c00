"""`halali partner …`: who receives the leads. Adds one by hand or many from a file; their people are users."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.access import act, opened, record
from cli.campaign_commands import read_bytes
from cli.options import AsJson, group
from cli.output import show_facts, show_rows
from foundation.runtime import Runtime
from leads.figures import list_partners
from leads.import_partners import PartnersReport, import_partners
from leads.partner_entry import add_partner
from leads.partner_file import cells_of

commands = group("Partners, who receive the leads.")


@commands.command("add")
def add(  # noqa: PLR0913, PLR0917 - one argument for each option
    name: Annotated[str, typer.Argument(help="The partner's name.")],
    languages: Annotated[str, typer.Option(help="Such as de,fr.")],
    solutions: Annotated[str, typer.Option(help="With levels from 1 to 3, such as erp:3,crm:1.")],
    weekly_capacity: Annotated[str, typer.Option(help="Leads a week.")],
    email: Annotated[str, typer.Option(help="Where offers are told.")] = "",
    cantons: Annotated[str, typer.Option(help="Such as ZH,AG; the whole country if no region is given.")] = "",
    postcodes: Annotated[str, typer.Option(help="Or their beginnings, such as 8005,81.")] = "",
    home_postcode: Annotated[str, typer.Option(help="From where the reach is counted.")] = "",
    reach_km: Annotated[str, typer.Option(help="How far the partner goes.")] = "",
    min_employees: Annotated[str, typer.Option(help="The smallest customer.")] = "",
    max_employees: Annotated[str, typer.Option(help="The largest customer.")] = "",
    min_complexity: Annotated[str, typer.Option(help="The plainest project, from 1.")] = "",
    max_complexity: Annotated[str, typer.Option(help="The most complex one, to 5.")] = "",
    grade: Annotated[str, typer.Option(help="A, B or C.")] = "",
    staff: Annotated[str, typer.Option(help="People in the firm.")] = "",
    owner: Annotated[str, typer.Option(help="Of several branches.")] = "",
    known_customers: Annotated[str, typer.Option(help="Whom the partner serves; names parted by commas.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add one partner, by the same rules as a file. The partner's page has what else it offers."""
    written = {key: str(value) for key, value in locals().items() if key != "as_json"}
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            partner = add_partner(session, written, now)
            record(session, act("partner_added", partner.id), now)
            facts = {name: value for name, value in cells_of(partner).items() if value}
    show_facts({"id": partner.id} | facts, as_json=as_json)


@commands.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All partners by name."""
    with opened() as runtime, runtime.database.reading() as session:
        rows = [
            {"id": one.id, "name": one.name, "is_active": one.is_active, "weekly_capacity": one.weekly_capacity}
            for one in list_partners(session)
        ]
    show_rows(
        rows, _line, "No partners yet. `halali partner add` or `halali partner import` adds some.", as_json=as_json
    )


def _line(row: Mapping[str, Any]) -> str:
    rests = "" if row["is_active"] else "  (resting)"
    return f"{row['id']}  {row['weekly_capacity']:>4} a week  {row['name']}{rests}"


@commands.command("import")
def import_partner_file(
    file: Annotated[Path, typer.Argument(help="A CSV file of partners; see examples/partners.csv.")],
    as_json: AsJson = False,
) -> None:
    """Add or change partners. A file with one bad row changes nothing, and every bad row is named."""
    content = read_bytes(file)
    with opened() as runtime:
        report = import_partners_recorded(runtime, content)
    shown = asdict(report)
    shown["partner_ids"] = list(report.partner_ids) if as_json else len(report.partner_ids)
    show_facts(shown, as_json=as_json)


def import_partners_recorded(runtime: Runtime, content: bytes) -> PartnersReport:
    """Import partners and write it into the audit trail."""
    now = runtime.clock.now()
    report = import_partners(runtime.database, content, now)
    with runtime.database.transaction() as session:
        record(session, act("partners_imported", "partners", rows=report.rows, added=report.added), now)
    return report
