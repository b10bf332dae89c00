"""Forecasts of campaigns: asked for, made beside the program in a process of its own, and kept for page and board.

Making one takes seconds of a processor. Should it die on the way, the next who asks makes it anew.
"""

import os
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context, parent_process
from multiprocessing.pool import Pool
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from dialer import forecast_facts, limits
from dialer.forecast.forecast import Ask, forecast, taught_by_a_day
from dialer.tables import CampaignForecast
from dialer.wiring import Parts
from foundation.errors import Conflict, Invalid
from foundation.logs import get_logger
from foundation.marking import N_

log = get_logger(__name__)

# Longer, on the wall, than any forecast that may be asked for takes; whoever made it has died.
LOST_AFTER_SECONDS = 300.0
# Half days: what is learned is learned in the first hours, and a page cannot wait for more.
DAYS = 3
HOURS = 4.0
MOST_AGENTS = 100
BEING_MADE = N_("A forecast is being made. Wait a moment.")
# Half as often as the program does: it costs a tenth or two of a point of occupancy, and the page half its patience.
DECIDES_EVERY_SECONDS = 1.0


@dataclass(frozen=True)
class Wish:
    """What somebody wants forecast otherwise than the rows have it; None: as they have it."""

    answer_rate: float | None = None
    list_size: int | None = None
    dial_level: float | None = None
    hours: float | None = None  # of each day that is played; None: half a day


def ask_for(parts: Parts, session: Session, campaign: Campaign, wish: Wish, now: datetime) -> Ask:
    """The inputs of a forecast that is to be made now, with a row that says so.

    Raises:
        Invalid: no agent could take the campaign's calls, too many for a page, or a wish is out of range.
        Conflict: one is being made.
    """
    running = session.get(CampaignForecast, campaign.id, with_for_update=True)
    if running is not None and is_being_made(parts, running, now):
        raise Conflict(BEING_MADE)
    known = forecast_facts.known_world(session, campaign, now)
    if not known.world.agents:
        raise Invalid("No agent could take this campaign's calls. Add agents first.")
    if known.world.agents > MOST_AGENTS:
        raise Invalid("For so many agents a forecast takes minutes: use `halali forecast`.")
    hours = HOURS if wish.hours is None else wish.hours
    world = replace(known.world, hours=hours, calls_per_second=parts.settings.calls_per_second)
    if wish.answer_rate is not None:
        if not 0.01 <= wish.answer_rate <= 1:
            raise Invalid("The share of calls that are answered must be between 1 and 100 per cent.")
        world = replace(world, answer_rate=wish.answer_rate, swing=())
    ask = Ask(
        world=world,
        dial_level=campaign.dial_level if wish.dial_level is None else wish.dial_level,
        limit=limits.standing_of(session, campaign, now).limit.abandoned_share,
        list_size=known.list_size if wish.list_size is None else wish.list_size,
        max_attempts=campaign.max_attempts,
        price_per_minute=parts.settings.call_price_per_minute,
        days=DAYS,
        decides_every_seconds=DECIDES_EVERY_SECONDS,
    )
    row = running or CampaignForecast(campaign_id=campaign.id)
    row.asked = {
        "agents": world.agents,
        "answer_rate": world.answer_rate,
        "list_size": ask.list_size,
        "dial_level": ask.dial_level,
        "limit": ask.limit,
        "assumed": list(known.assumed),
        "mode": campaign.pacing_mode,
        "calls_per_second": world.calls_per_second,
    }
    row.asked_at, row.made_at = now, None
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # somebody else has asked for the first one this very moment
        raise Conflict(BEING_MADE) from error
    return ask


def is_being_made(parts: Parts, row: CampaignForecast, now: datetime) -> bool:
    """Whether somebody is at it still, as far as one can tell."""
    return row.made_at is None and now - row.asked_at < parts.clock.real_seconds(LOST_AFTER_SECONDS)


def make(ask: Ask) -> list[dict[str, Any]]:
    """All modes' outlooks as records: what the other process does. Learning is left to a day that is quickly played."""
    known = taught_by_a_day(ask.world, ask.limit, ask.seed)
    return [outlook.to_record() for outlook in forecast(replace(ask, starts_with=known))]


def keep(parts: Parts, campaign_id: str, outlooks: list[dict[str, Any]], now: datetime) -> None:
    """Keep what was made, and tell the pages that wait for it."""
    with parts.database.transaction(relaxed=True) as session:
        row = session.get(CampaignForecast, campaign_id, with_for_update=True)
        if row is not None:
            row.outlooks, row.made_at = outlooks, now
            parts.live.publish_after_commit(session, f"campaign:{campaign_id}")


class Forecaster:
    """Makes forecasts for one process, one at a time, in a process of their own, so that pages stay quick."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pool: Pool | None = None

    def start(self, campaign_id: str, ask: Ask) -> None:
        """Begin making a forecast; returns at once."""
        if self._pool is None:
            self._pool = get_context("spawn").Pool(1, initializer=_end_with_parent)
        self._pool.apply_async(
            make,
            (ask,),
            callback=lambda made: keep(self._parts, campaign_id, made, self._parts.clock.now()),
            error_callback=lambda failure: log.error(
                "forecast_failed", campaign_id=campaign_id, error=type(failure).__name__
            ),
        )

    def close(self) -> None:
        """End the process, whatever it is making."""
        if self._pool is not None:
            self._pool.terminate()


def _end_with_parent() -> None:
    """Let the process that makes forecasts not outlive the one that asks for them, however that ends."""
    threading.Thread(target=_wait_for_its_end, daemon=True).start()


def _wait_for_its_end() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
