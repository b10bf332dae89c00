"""`halali rehearse FILE`: the options, and how it ends."""

import asyncio
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from cli.campaign_commands import read_bytes
from cli.options import AsJson, single
from cli.output import say, show_facts, usage
from cli.rehearsal import outlook
from cli.rehearsal.asking import check_asked
from cli.rehearsal.books import open_books
from cli.rehearsal.cast import engage
from cli.rehearsal.faults import read_fault
from cli.rehearsal.performance import perform
from cli.rehearsal.plan import Plan, opening_moment
from cli.rehearsal.report import make_report, say_summary
from cli.rehearsal.stage import set_up
from compliance.rules import find_jurisdiction
from dialer.forecast.forecast import MODES
from foundation.clock import Clock
from foundation.errors import Unavailable
from foundation.logs import configure_logs
from foundation.runtime import build_runtime

COUNTRY = "CH"


def rehearse(  # noqa: PLR0913, PLR0917 - one argument for each option
    file: Annotated[Path, typer.Argument(help="The contact list.")],
    partners: Annotated[Path, typer.Option(help="The partner file.")] = Path("examples/partners.csv"),
    agents: Annotated[int, typer.Option(help="How many simulated agents.")] = 15,
    speed: Annotated[float, typer.Option(help="How many seconds of the simulated day pass in one.")] = 60.0,
    seed: Annotated[int, typer.Option(help="The same seed meets the same people.")] = 1,
    calls_per_second: Annotated[float, typer.Option(help="As the carrier allows, on the simulated clock.")] = 10.0,
    max_attempts: Annotated[int, typer.Option(help="How often a contact is tried.")] = 2,
    retry_minutes: Annotated[int, typer.Option(help="How long after an attempt the next may come.")] = 20,
    offer_hours: Annotated[float, typer.Option(help="How long a partner may think about an offer.")] = 1.0,
    hours: Annotated[float, typer.Option(help="How many hours of the day are rehearsed.")] = 10.5,
    count: Annotated[list[str] | None, typer.Option(help="How many of each program, such as ticker=2.")] = None,
    people: Annotated[str, typer.Option(help="Changes to the sandbox's people, such as human=0.4.")] = "",
    mode: Annotated[str, typer.Option(help=f"How it dials: one of {', '.join(MODES)}.")] = "progressive",
    dial_level: Annotated[float, typer.Option(help="Lines per ready agent, for power.")] = 1.5,
    compare: Annotated[bool, typer.Option("--compare", help="Compare with a forecast of the same floor.")] = False,
    experience: Annotated[
        float, typer.Option(help="Hours of such a day, played before, that pacing learned from.")
    ] = 0.0,
    live: Annotated[float, typer.Option(help="Share of qualified talks that are put through to a partner.")] = 0.0,
    fault: Annotated[list[str] | None, typer.Option(help="callback_lost=0.1, kill=webhooks@30, flush@60, …")] = None,
    setting: Annotated[list[str] | None, typer.Option(help="Changes of settings, such as sweep_seconds=0.5.")] = None,
    patience: Annotated[float, typer.Option(help="After how many real seconds it is stopped.")] = 3600.0,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the database and the logs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a real list through the whole product against the sandbox, and check the books afterwards."""
    # In the plan's own order.
    asked = (file, partners, agents, speed, seed, calls_per_second, max_attempts, retry_minutes, offer_hours, hours)
    with usage():
        plan = Plan(
            *asked,
            counts=tuple(count or ()),
            changes=tuple(setting or ()),
            people=people,
            mode=mode,
            dial_level=dial_level,
            is_compared=compare,
            experience_hours=experience,
            live_share=live,
            faults=tuple(read_fault(text) for text in fault or ()),
            most_wall_seconds=patience,
            is_kept=keep,
        )
    report = play(plan)
    say_summary(report)
    show_facts(report, as_json=as_json)
    if not report["ok"]:
        raise typer.Exit(1)


def play(plan: Plan) -> dict[str, Any]:
    """Set the stage, play, read the books, and clear up; the report."""
    configure_logs("WARNING", program="rehearse")
    jurisdiction = find_jurisdiction(COUNTRY)
    if jurisdiction is None:
        raise Unavailable(f"There are no rules for {COUNTRY}.")
    origin = opening_moment(jurisdiction, Clock().now().date())
    with usage():
        contacts, partners = read_bytes(plan.contacts_file), read_bytes(plan.partners_file)
        check_asked(plan, partners, origin, COUNTRY)
    signal.signal(signal.SIGTERM, _interrupt)
    began = time.monotonic()
    say(f"Rehearsing {origin:%A %d %B %Y} at {plan.speed:g} times its speed, with {plan.agents} agents.")
    with set_up(plan, origin) as stage:
        runtime = build_runtime(stage.settings)
        try:
            cast = engage(runtime, plan, contacts, partners)
            known = outlook.teach(runtime, plan, cast)
            played = asyncio.run(perform(plan, stage, runtime, cast))
            books = open_books(runtime, cast, played)
            compared = outlook.compare(runtime, plan, cast, known) if plan.is_compared else {}
            report = make_report(plan, books, time.monotonic() - began)
            report["forecast"] = {name: one.to_record() for name, one in compared.items()}
            if not report["ok"]:
                say(f"The last lines of each process:\n{stage.last_lines_of_each()}")
            return report
        finally:
            runtime.database.dispose()
            runtime.redis.close()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


command = single(rehearse)
