"""Lets go every night of what has been kept long enough. The ticker claims the night by its row; a worker does it.

A run that is lost is rung again after an hour; doing it twice does no more than once.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialer import personal_rows
from dialer.job_names import RUN_RETENTION
from dialer.retention_tables import RetentionRun
from events import forgetting
from foundation.database import insert_unless_known
from foundation.logs import get_logger
from foundation.queue import QueueName
from foundation.runtime import Runtime
from foundation.settings import Settings
from leads import retention as of_leads
from leads.retention import Kept

log = get_logger(__name__)

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_QUIET_HOUR = 3
_PATIENCE = timedelta(hours=1)
# One transaction's worth: routing and calls wait for none of it.
_LOT = 100


def kinds(settings: Settings) -> tuple[Kept, ...]:
    """All kinds of things that are not kept for ever, in the order in which they go."""
    span = timedelta(days=settings.keep_guests_days)
    guests = Kept(
        "guests",
        settings.keep_guests_days,
        lambda session, now: forgetting.count_old(session, now - span),
        lambda session, now, at_most: forgetting.forget_old(session, now - span, at_most, now),
    )
    return (*of_leads.kinds(settings), guests, *personal_rows.kinds(settings))


def ring_when_due(runtime: Runtime, now: datetime) -> bool:
    """Claim this night and queue its run, once, after the quiet hour."""
    here = now.astimezone(_SWISS_TIME)
    if here.hour < _QUIET_HOUR:
        return False
    with runtime.database.reading() as session:
        run = session.get(RetentionRun, here.date())
        if run is not None and (run.ended_at is not None or run.at > now - _PATIENCE):
            return False
    with runtime.database.transaction() as session:
        claimed = insert_unless_known(session, RetentionRun, [{"day": here.date(), "at": now, "counts": {}}], ["day"])
        if not claimed:
            # Claimed before, and nothing came of it: the worker may have died.
            lost = session.get_one(RetentionRun, here.date(), with_for_update=True, populate_existing=True)
            claimed = int(lost.ended_at is None and lost.at <= now - _PATIENCE)
            lost.at = now if claimed else lost.at
        if claimed:
            runtime.queue.put_after_commit(session, QueueName.WORK, RUN_RETENTION, here.date().isoformat())
    return bool(claimed)


def run_night(runtime: Runtime, day: date, now: datetime) -> dict[str, int]:
    """Let go of all that is due, and write down how much that was."""
    counts = let_go(runtime, now)
    with runtime.database.transaction() as session:
        run = session.get_one(RetentionRun, day, with_for_update=True, populate_existing=True)
        run.counts = {name: run.counts.get(name, 0) + count for name, count in counts.items()}
        run.ended_at = now
    log.info("kept_long_enough", **counts)
    return counts


def let_go(runtime: Runtime, now: datetime) -> dict[str, int]:
    """Let go of all that is due, lot by lot; how much of each kind."""
    counts: dict[str, int] = {}
    for kind in kinds(runtime.settings):
        total = 0
        while True:
            with runtime.database.transaction() as session:
                gone = kind.let_go(session, now, _LOT)
            total += gone
            if gone < _LOT:
                break
        counts[kind.name] = total
    return counts


def count_due(session: Session, runtime: Runtime, now: datetime) -> dict[str, int]:
    """How much of each kind would go now."""
    return {kind.name: kind.count(session, now) for kind in kinds(runtime.settings)}


def list_runs(session: Session, limit: int = 14) -> list[RetentionRun]:
    """The latest nights, the newest first."""
    return list(session.scalars(select(RetentionRun).order_by(RetentionRun.day.desc()).limit(limit)))
