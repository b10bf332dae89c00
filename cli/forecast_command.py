"""`halali forecast`: what each mode of dialing would come to, before anybody's phone rings."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from campaigns.campaigns import LIMITS
from campaigns.tables import Campaign
from cli.access import opened
from cli.campaign_rows import find_campaign
from cli.options import AsJson, single
from cli.output import say, show, show_json, usage
from dialer import forecast_facts, limits
from dialer.forecast.forecast import DAYS, MODES, Ask, Expected, Outlook, forecast
from dialer.forecast.world import Crew, World, read_world
from foundation.errors import Invalid
from foundation.settings import load_settings

LANGUAGES = ("de", "fr", "it", "en")


def forecast_modes(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    name: Annotated[str, typer.Argument(help="A campaign, whose agents, list and past calls are taken.")] = "",
    agents: Annotated[
        list[str] | None,
        typer.Option(help="So many agents, or so many who speak these languages: 15, de=8, fr+de=3. Repeatable."),
    ] = None,
    answer_rate: Annotated[
        float | None, typer.Option(help="Share of calls that a person answers, such as 0.25.")
    ] = None,
    list_size: Annotated[int | None, typer.Option("--list", help="How many contacts wait.")] = None,
    mode: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(MODES)}; repeatable. All by default.")
    ] = None,
    dial_level: Annotated[float, typer.Option(help="Lines per ready agent, for power.")] = 1.5,
    limit: Annotated[float | None, typer.Option(help="Share of abandoned calls that is borne, such as 0.03.")] = None,
    hours: Annotated[float, typer.Option(help="Hours of a day.")] = 8.0,
    days: Annotated[int, typer.Option(help="Days that are played and counted.")] = DAYS,
    calls_per_second: Annotated[
        float | None, typer.Option(help="As the carrier allows; of a campaign, as set for this program.")
    ] = None,
    world: Annotated[Path | None, typer.Option(help="A TOML file with other laws of answering and talking.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same forecast.")] = 1,
    as_json: AsJson = False,
) -> None:
    """What each mode of dialing would come to: occupancy, abandoned calls, time and cost. Dials nobody."""
    with usage():
        base = _world_of(world) if world is not None else World()
    ask = Ask(base, tuple(mode or MODES), dial_level, list_size=list_size or 0, days=days, seed=seed)
    notes: tuple[str, ...] = ()
    if name:
        with opened() as runtime, runtime.database.reading() as session:
            ask, notes = _of_campaign(session, find_campaign(session, name), ask, runtime.clock.now(), list_size)
    else:
        ask = replace(ask, price_per_minute=load_settings().call_price_per_minute)
    with usage():
        ask = _as_given(ask, agents or [], answer_rate, limit, hours)
        if calls_per_second is not None:
            ask = replace(ask, world=replace(ask.world, calls_per_second=calls_per_second))
        _check(ask)
    outlooks = []
    for outlook in forecast(ask):
        outlooks.append(outlook)
        if not as_json:
            show(_line_of(outlook))
    if as_json:
        show_json({"assumed": list(notes), "modes": [outlook.to_record() for outlook in outlooks]})
    elif notes:
        say(f"assumed, as past calls say too little: {', '.join(notes)}")


def _world_of(file: Path) -> World:
    try:
        return read_world(file)
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    # Text that is no TOML, names that a world does not have, values of another kind.
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid(f"--world {file}: {error}") from error


def _of_campaign(
    session: Session, campaign: Campaign, ask: Ask, now: datetime, list_size: int | None
) -> tuple[Ask, tuple[str, ...]]:
    known = forecast_facts.known_world(session, campaign, now)
    standing = limits.standing_of(session, campaign, now)
    settings = load_settings()
    found = replace(
        ask,
        world=replace(known.world, calls_per_second=settings.calls_per_second),
        limit=standing.limit.abandoned_share,
        list_size=known.list_size if list_size is None else list_size,
        max_attempts=campaign.max_attempts,
        price_per_minute=settings.call_price_per_minute,
    )
    return found, known.assumed


def _as_given(ask: Ask, agents: list[str], answer_rate: float | None, limit: float | None, hours: float) -> Ask:
    world = replace(ask.world, hours=hours)
    if agents:
        world = replace(world, crews=tuple(_crew(each) for each in agents))
    if answer_rate is not None:
        world = replace(world, answer_rate=answer_rate, swing=())
    spoken = {language for crew in world.crews for language in crew.languages}
    if not set(world.shares) & spoken and spoken:
        world = replace(world, shares=dict.fromkeys(sorted(spoken), 1 / len(spoken)))
    return replace(ask, world=world, limit=ask.limit if limit is None else limit)


def _crew(text: str) -> Crew:
    languages, _, count = text.rpartition("=")
    if not count.isdecimal() or not int(count):
        raise Invalid(f"--agents {text}: write a number such as 15, or languages and a number such as fr+de=3.")
    spoken = tuple(languages.split("+")) if languages else ("de",)
    if unknown := set(spoken) - set(LANGUAGES):
        raise Invalid(f"--agents {text}: {', '.join(sorted(unknown))} is none of {', '.join(LANGUAGES)}.")
    return Crew(int(count), spoken)


def _check(ask: Ask) -> None:
    if not ask.world.agents or ask.world.agents > 500:
        raise Invalid("Say for how many agents: --agents 15, between 1 and 500.")
    if not 0 < ask.world.answer_rate <= 1:
        raise Invalid("--answer-rate must be above 0 and at most 1.")
    if not 0 <= ask.limit < 1:
        raise Invalid("--limit must be at least 0 and below 1.")
    lowest, highest = LIMITS["dial_level"]
    if not lowest <= ask.dial_level <= highest:
        raise Invalid(f"--dial-level must be between {lowest:g} and {highest:g}.")
    if ask.list_size < 0:
        raise Invalid("--list must be at least 0.")
    if not ask.world.calls_per_second >= 0:
        raise Invalid("--calls-per-second must be above 0, or 0 for any number.")
    if not 0.5 <= ask.world.hours <= 14:
        raise Invalid("--hours must be between 0.5 and 14.")
    if not 1 <= ask.days <= 60:
        raise Invalid("--days must be between 1 and 60.")
    if unknown := set(ask.modes) - set(MODES):
        raise Invalid(f"--mode {', '.join(sorted(unknown))} is none of {', '.join(MODES)}.")


def _line_of(outlook: Outlook) -> str:
    finish = f", list done after {outlook.hours_to_finish:.0f} hours" if outlook.hours_to_finish else ""
    cost = f", {outlook.cost:.0f} for calls" if outlook.cost else ""
    held = "; held up by the carrier's calls a second" if outlook.is_held_up else ""
    return (
        f"{outlook.mode:<12} occupancy {_percent(outlook.occupancy)}, {outlook.calls_per_agent_hour.mean:.0f} calls "
        f"and {outlook.talk_minutes_per_agent_hour.mean:.0f} minutes of talk per agent hour, "
        f"abandoned {_percent(outlook.abandoned)}{finish}{cost}{held}"
    )


def _percent(value: Expected) -> str:
    return f"{100 * value.mean:.1f} % (±{100 * value.half:.1f})"


forecast_command = single(forecast_modes)
