"""Two at once on PostgreSQL, the same each time: one acts while the other's transaction is open.

A race that is left to threads and chance passes on a machine that is quick today. SQLite has one writer at a time.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation.database import Database

T = TypeVar("T")
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
_PATIENCE_SECONDS = 30.0


def meanwhile(
    database: Database,
    first: Callable[[Session], object],
    second: Callable[[], T],
    then: Callable[[Session], object] = lambda _: None,
    waiting: int = 1,
) -> T:
    """What `second` returns, or raises, which begins after `first` has written and before that is committed.

    `then` is done in the first one's transaction once the second one waits for it, or is over. `waiting`: for how many
    connections that wait to wait.
    """
    with ThreadPoolExecutor(1) as thread:
        with database.transaction() as session:
            first(session)
            session.flush()
            running = thread.submit(second)
            _wait_until_it_waits(database, running, waiting)
            then(session)
        return running.result(timeout=_PATIENCE_SECONDS)


def _wait_until_it_waits(database: Database, running: "Future[Any]", waiting: int) -> None:
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while not running.done() and time.monotonic() < give_up_at:
        with database.reading() as session:
            if session.execute(_WAITING).scalar_one() >= waiting:
                return
        time.sleep(0.002)
