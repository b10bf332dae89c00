"""`halali event …`: the events that campaigns invite to, with seats and guests by status."""

from typing import Annotated, Any

import typer

from cli.access import opened
from cli.options import AsJson
from cli.output import show, show_facts, show_json
from events import figures
from events.event_book import find_event, title_in
from events.figures import EventFigures
from events.tables import Event

commands = typer.Typer(no_args_is_help=True, help="Events: what campaigns invite to, seats, who came.")


@commands.command("list")
def list_events(as_json: AsJson = False) -> None:
    """Events, the latest first."""
    with opened() as runtime, runtime.database.reading() as session:
        events = figures.all_events(session)
        counted = figures.figures_of(session, events)
        rows = [_facts(event, counted[event.id]) for event in events]
    if as_json:
        show_json(rows)
    for row in () if as_json else rows:
        show(f"{row['id']}  {row['starts_at']:%Y-%m-%d}  {row['status']:<8}  {row['free']:>4} free  {row['title']}")


@commands.command("show")
def show_event(
    event: Annotated[str, typer.Argument(help="The event's id; `halali event list` names them.")],
    as_json: AsJson = False,
) -> None:
    """One event with its figures."""
    with opened() as runtime, runtime.database.reading() as session:
        found = find_event(session, event)
        facts = _facts(found, figures.figures_of(session, [found])[found.id])
    show_facts(facts, as_json=as_json)


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
