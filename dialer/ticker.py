"""The process that keeps time: ticks each running campaign, rung awake by events, and sweeps.

Any number of tickers may run; a lease per campaign lets one act. Nothing is kept in memory that another needs.
"""

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from campaigns import campaigns
from campaigns.tables import Campaign, CampaignStatus
from dialer import (
    answer_times,
    caller_number_rows,
    event_sweep,
    lifecycle,
    reconcile,
    retention,
    search_jobs,
    sweep,
    transfer_rooms,
)
from dialer.pacing.policy import DECIDES_EVERY_SECONDS
from dialer.wiring import Parts
from foundation.errors import Unavailable
from foundation.ids import new_id
from foundation.live import Bell
from foundation.logs import get_logger
from leads.nightly import ring_when_due
from leads.privacy import remind_of_tasks
from leads.sweep import sweep_leads

log = get_logger(__name__)

# Bells come in bursts: one tick serves all that ring while the one before is at work.
SHORTEST_PAUSE_SECONDS = 0.02
ORPHAN_SECONDS = 60.0
WEIGH_SECONDS = 60.0


class Ticker:
    """One ticker. `run` goes on until `should_stop` says so."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._name = new_id("ticker")
        self._bell = Bell(parts.runtime.redis, "tick")
        self._ticked: list[str] = []
        self._tick_at = 0.0
        self._sweep_at = 0.0
        self._orphans_at = time.monotonic() + ORPHAN_SECONDS / 4
        self._weigh_at = 0.0

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Tick and sweep, on bells and every `tick_seconds`; between ticks look again, which costs a quarter of one.
        A failure is logged and the loop goes on: the rows are the same as before.
        """
        tick_seconds = self._parts.settings.tick_seconds
        # Calls get older as fast as the clock runs, in a rehearsal too.
        looks_every = DECIDES_EVERY_SECONDS / self._parts.clock.speed
        rang = True
        while not should_stop():
            try:
                if rang or time.monotonic() >= self._tick_at:
                    self._tick_at = time.monotonic() + tick_seconds
                    self.tick_all()
                    self._sweep_when_due()
                else:
                    self.look_again()
            except Exception:
                log.exception("tick_failed")
                time.sleep(1.0)
            rang = self._bell.wait(min(tick_seconds, looks_every))
            time.sleep(SHORTEST_PAUSE_SECONDS)

    def tick_all(self) -> None:
        """One tick for each running campaign; one that fails does not keep the others from theirs."""
        self._ticked = self._running_campaigns()
        for campaign_id in self._ticked:
            self._decide(lifecycle.dial_due_contacts, campaign_id)

    def look_again(self) -> None:
        """A brief look at each campaign of the last tick where it may change anything."""
        for campaign_id in self._ticked:
            self._decide(lifecycle.look_again, campaign_id)

    def _decide(self, decide: Callable[[Parts, str, str, datetime], object], campaign_id: str) -> None:
        try:
            decide(self._parts, campaign_id, self._name, self._parts.clock.now())
        except Exception:
            log.exception("tick_of_campaign_failed", campaign_id=campaign_id)

    def _running_campaigns(self) -> list[str]:
        with self._parts.database.reading() as session:
            running = select(Campaign.id).where(Campaign.status == CampaignStatus.RUNNING).order_by(Campaign.id)
            return list(session.scalars(running))

    def _sweep_when_due(self) -> None:
        if time.monotonic() < self._sweep_at:
            return
        self._sweep_at = time.monotonic() + self._parts.settings.sweep_seconds
        now = self._parts.clock.now()
        sweep.sweep_once(self._parts, now)
        transfer_rooms.sweep_transfers(self._parts, now)
        sweep_leads(self._parts.runtime, now)
        event_sweep.sweep(self._parts, now)
        ring_when_due(self._parts.runtime, now)
        retention.ring_when_due(self._parts.runtime, now)
        search_jobs.ring_when_behind(self._parts.runtime)
        remind_of_tasks(self._parts.runtime, now)
        self._finish_campaigns()
        self._weigh_numbers_when_due()
        self._adopt_orphans_when_due()

    def _finish_campaigns(self) -> None:
        now = self._parts.clock.now()
        for campaign_id in self._running_campaigns():
            with self._parts.database.transaction(relaxed=True) as session:
                answer_times.learn_when_due(session, session.get_one(Campaign, campaign_id), now)
                if campaigns.finish_when_done(session, campaign_id, now):
                    self._parts.live.publish_after_commit(session, f"campaign:{campaign_id}")

    def _weigh_numbers_when_due(self) -> None:
        if time.monotonic() < self._weigh_at:
            return
        self._weigh_at = time.monotonic() + WEIGH_SECONDS
        with self._parts.database.transaction(relaxed=True) as session:
            caller_number_rows.weigh_numbers(session, self._parts.clock.now())

    def _adopt_orphans_when_due(self) -> None:
        if time.monotonic() < self._orphans_at:
            return
        self._orphans_at = time.monotonic() + ORPHAN_SECONDS
        try:
            reconcile.adopt_orphans(self._parts, self._parts.clock.now())
        except Unavailable as error:
            log.warning("orphan_check_failed", error=str(error))
