"""`halali event …`: the events that campaigns invite to, with seats and guests by status."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.access import ACTOR, act, opened, record
from cli.campaign_commands import read_bytes
from cli.options import AsJson, group
from cli.output import show_facts, show_json, show_rows
from dialer.event_answers import event_terms
from dialer.guest_import import MOST_BYTES, import_guests, refused_rows
from events import figures
from events.event_book import find_event, title_in
from events.figures import EventFigures
from events.tables import Event

EventId = Annotated[str, typer.Argument(help="The event's id; `halali event list` names them.")]

commands = group("Events: what campaigns invite to, seats, who came.")


@commands.command("list")
def list_events(as_json: AsJson = False) -> None:
    """Events, the latest first."""
    with opened() as runtime, runtime.database.reading() as session:
        events = figures.all_events(session)
        counted = figures.figures_of(session, events)
        rows = [_facts(event, counted[event.id]) for event in events]
    show_rows(rows, _line, "No events yet. The page Events makes one.", as_json=as_json)


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['id']}  {row['starts_at']:%Y-%m-%d}  {row['status']:<8}  {row['free']:>4} free  {row['title']}"


@commands.command("show")
def show_event(
    event: EventId,
    as_json: AsJson = False,
) -> None:
    """One event with its figures."""
    with opened() as runtime, runtime.database.reading() as session:
        found = find_event(session, event)
        facts = _facts(found, figures.figures_of(session, [found])[found.id])
    show_facts(facts, as_json=as_json)


@commands.command("import-guests")
def import_guest_file(
    event: EventId,
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns name, email, company, language.")],
    as_json: AsJson = False,
) -> None:
    """Give each guest of a file a seat, or a place on the waiting list. Whoever has answered keeps the answer."""
    content = read_bytes(file, at_most=MOST_BYTES + 1)
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            report = import_guests(session, event, content, file.name, event_terms(now, ACTOR))
            record(session, act("guests_imported", event, created=report.created), now)
            runtime.live.publish_after_commit(session, f"event:{event}")
    problems = [{"row": row, "reason": reason} for row, reason in report.problems]
    shown = {"event": event, **asdict(report), "problems": problems}
    if as_json:
        show_json(shown)
        return
    rows = [f"{reason} in row {', '.join(map(str, rows))}" for reason, rows in refused_rows(report)]
    show_facts({**shown, "problems": rows or "none"}, as_json=False)


def _facts(event: Event, counted: EventFigures) -> dict[str, Any]:
    return {
        "id": event.id,
        "title": title_in(event, "de"),
        "status": event.status,
        "starts_at": event.starts_at,
        "places": counted.places,
        "free": counted.free,
        "guests": dict(counted.by_status),
    }
