"""`halali campaign …` and `halali import`: the same steps as on the pages, for the terminal and for scripts."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from campaigns import campaigns
from campaigns.campaigns import CampaignDraft
from campaigns.tables import Campaign
from cli.access import ACTOR, act, opened, record
from cli.caller_numbers import in_full, show_numbers
from cli.campaign_rows import create_recorded, find_campaign
from cli.options import AsJson, CallerNumber, group
from cli.output import show, show_facts, show_json, show_rows
from dialer import launch, standstill
from dialer.caller_number_rows import NewNumber, add_number, retire_number
from dialer.caller_number_view import look_at_numbers
from dialer.launch_check import reds
from dialer.modes import check_mode
from dialer.pacing import POLICIES
from dialer.reasons import in_english
from foundation.errors import Invalid
from foundation.runtime import Runtime

Name = Annotated[str, typer.Argument(help="The campaign's name or id.")]
MaxAttempts = Annotated[int, typer.Option(help="How often a contact is tried.")]
Mode = Annotated[str, typer.Option(help="How it dials: preview, progressive, power, predictive or agentless.")]
MostAbandoned = Annotated[
    float | None, typer.Option(help="Its own limit of abandoned calls, in percent of those who answer.")
]
RetryMinutes = Annotated[int, typer.Option(help="How long after an attempt the next one may come.")]

commands = group("Campaigns: create, start, pause, and see where they stand.")


@commands.command("create")
def create(  # noqa: PLR0913, PLR0917 - one argument for each option
    name: Annotated[str, typer.Argument(help="The campaign's name.")],
    caller_number: CallerNumber,
    max_attempts: MaxAttempts = 4,
    retry_minutes: RetryMinutes = 1440,
    mode: Mode = "progressive",
    most_abandoned: MostAbandoned = None,
    announced_as: Annotated[str, typer.Option(help="Who calls, as an unanswered person is told.")] = "",
    as_json: AsJson = False,
) -> None:
    """Create a campaign; it dials nobody before it is started."""
    if mode not in POLICIES:
        raise Invalid(f"The pacing is one of {', '.join(sorted(POLICIES))}.")
    draft = CampaignDraft(
        name=name,
        caller_number=caller_number,
        pacing_mode=mode,
        most_abandoned_percent=most_abandoned,
        max_attempts=max_attempts,
        retry_minutes=retry_minutes,
        announced_as=announced_as,
    )
    with opened() as runtime:
        campaign = create_recorded(runtime, draft)
        show_facts({"id": campaign.id, "name": campaign.name, "status": campaign.status, "mode": mode}, as_json=as_json)


@commands.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All campaigns, the newest first."""
    with opened() as runtime, runtime.database.reading() as session:
        found = session.scalars(select(Campaign).order_by(Campaign.created_at.desc())).all()
    rows = [{"id": row.id, "name": row.name, "status": row.status} for row in found]
    nothing = "No campaigns yet. `halali campaign create` makes one."
    show_rows(rows, lambda row: f"{row['id']}  {row['status']:<9}  {row['name']}", nothing, as_json=as_json)


@commands.command("start")
def start(name: Name, as_json: AsJson = False) -> None:
    """Let a campaign dial."""
    with opened() as runtime:
        show_facts(start_recorded(runtime, name), as_json=as_json)


def start_recorded(runtime: Runtime, name: str) -> dict[str, str]:
    """Start a campaign, wake the dialer, and say what it is now."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        found = find_campaign(session, name)
        campaign = launch.start_campaign(runtime.settings, session, found.id, now, actor=ACTOR)
        record(session, act("campaign_started", campaign.id), now)
        runtime.live.publish_after_commit(session, f"campaign:{campaign.id}")
        runtime.live.ring_after_commit(session, "tick")
    return {"id": campaign.id, "status": campaign.status}


@commands.command("check")
def check(name: Name, as_json: AsJson = False) -> None:
    """The launch check: what the campaign needs before it may dial. Ends with 1 while something is red."""
    with opened() as runtime, runtime.database.reading() as session:
        campaign = find_campaign(session, name)
        findings = launch.look_before_launch(runtime.settings, session, campaign, runtime.clock.now())
    if as_json:
        show_json(
            {
                "is_green": not reds(findings),
                "findings": [
                    {"code": found.code, "is_green": found.is_green, "text": found.plain} for found in findings
                ],
            }
        )
    for found in () if as_json else findings:
        show(f"{'green' if found.is_green else 'RED':<5}  {found.plain}")
    if reds(findings):
        raise typer.Exit(1)


@commands.command("pause")
def pause(name: Name, as_json: AsJson = False) -> None:
    """Place no further calls; those in the air go on."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            campaign = campaigns.pause(session, find_campaign(session, name).id, now, actor=ACTOR)
            record(session, act("campaign_paused", campaign.id), now)
            runtime.live.publish_after_commit(session, f"campaign:{campaign.id}")
        show_facts({"id": campaign.id, "status": campaign.status}, as_json=as_json)


@commands.command("limit")
def limit(
    name: Name,
    percent: Annotated[float, typer.Argument(help="In percent of those who answer; 0: what the law allows.")],
    as_json: AsJson = False,
) -> None:
    """A campaign's own limit of abandoned calls, which may be lower than its country's, and never higher."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            campaign = campaigns.limit_abandoned(session, find_campaign(session, name).id, percent or None)
            check_mode(campaign, now)
            record(session, act("campaign_changed", campaign.id), now)
            runtime.live.publish_after_commit(session, f"campaign:{campaign.id}")
        show_facts({"id": campaign.id, "most_abandoned_percent": campaign.most_abandoned_percent}, as_json=as_json)


@commands.command("status")
def status(name: Name, as_json: AsJson = False) -> None:
    """Where a campaign's contacts stand; the numbers add up to `contacts`."""
    with opened() as runtime, runtime.database.reading() as session:
        campaign = find_campaign(session, name)
        figures = campaigns.figures(session, campaign.id)
    facts = {"id": campaign.id, "name": campaign.name, "status": campaign.status, "contacts": figures.total}
    show_facts({**facts, **asdict(figures)}, as_json=as_json)


@commands.command("why")
def why(name: Name, as_json: AsJson = False) -> None:
    """Why nothing is dialing, or that it is: counts by reason, and when the next contact may be dialed."""
    with opened() as runtime, runtime.database.reading() as session:
        campaign = find_campaign(session, name)
        answer = standstill.look(runtime.settings, session, campaign, runtime.clock.now())
    shown = {
        "status": campaign.status,
        "pacing": campaign.pacing_mode,
        "code": answer.code,
        "why": answer.plain,
        "held_back": in_english(answer.held_back),
        "next_at": answer.next_at.isoformat() if answer.next_at else None,
        "due": dict(answer.due),
        "agents_ready": dict(answer.ready),
        "waiting_for": dict(answer.waiting_for),
        "in_calls": answer.in_calls,
        "being_clarified": answer.being_clarified,
    }
    show_facts(shown, as_json=as_json)


@commands.command("numbers")
def numbers(  # noqa: PLR0913, PLR0917 - one argument for each option
    name: Name,
    add: Annotated[str, typer.Option(help="A number to add to the campaign's pool.")] = "",
    language: Annotated[str, typer.Option(help="With --add: show it to contacts of this language only.")] = "",
    cap: Annotated[int, typer.Option(help="With --add: show it on so many calls a day at most; 0: no cap.")] = 0,
    retire: Annotated[str, typer.Option(help="A number to show no more.")] = "",
    as_json: AsJson = False,
) -> None:
    """The numbers that a campaign shows, with their use and their answers; add one, or retire one."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            campaign = find_campaign(session, name)
            if add:
                row = add_number(session, campaign, NewNumber(add, language, cap), now)
                record(session, act("caller_number_added", campaign.id, number=row.number), now)
            if retire:
                row = retire_number(session, campaign.id, in_full(retire, campaign.country), now)
                record(session, act("caller_number_retired", campaign.id, number=row.number), now)
            if add or retire:
                runtime.live.publish_after_commit(session, f"campaign:{campaign.id}")
            seen = look_at_numbers(session, campaign, now)
    show_numbers(seen, as_json=as_json)


def read_bytes(file: Path, at_most: int = -1) -> bytes:
    """A file's content, or so many bytes of it at most. Raises Invalid when it cannot be read."""
    try:
        with file.open("rb") as opened_file:
            return opened_file.read(at_most)
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
