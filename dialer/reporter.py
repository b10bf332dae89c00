"""The process that applies callbacks from the inbox, as soon as the bell rings. Any number of them may run."""

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from dialer import inbox, lifecycle
from dialer.tables import InboxEntry
from dialer.wiring import Parts
from foundation.live import Bell
from foundation.logs import get_logger
from telephony.carriers import read_callback

log = get_logger(__name__)

# SQLite has one writer: a longer batch would keep answered people waiting. PostgreSQL locks by row: one entry at a time
# never holds the rows of two calls, so nothing can deadlock.
MOST_ON_SQLITE = 8
MOST_ON_SERVER = 1
POLL_SECONDS = 1.0


class Reporter:
    """One applier of callbacks. `run` goes on until `should_stop` says so."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._bell = Bell(parts.runtime.redis, "inbox")
        self._most = MOST_ON_SQLITE if parts.database.is_sqlite else MOST_ON_SERVER

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Apply what waits, then wait for the bell. A failure is logged and the loop goes on."""
        while not should_stop():
            try:
                while self.apply_some() and not should_stop():
                    pass
            except Exception:
                log.exception("reports_failed")
                time.sleep(1.0)
            self._bell.wait(POLL_SECONDS)

    def apply_some(self) -> int:
        """Apply the oldest waiting callbacks; how many there were."""
        now = self._parts.clock.now()
        return inbox.apply_waiting(self._parts.database, self._apply, now, self._most)

    def _apply(self, session: Session, entry: InboxEntry) -> None:
        report = read_callback(entry.kind, entry.call_id, entry.key, entry.fields)
        if report is None:
            return  # an event that means nothing to us, such as a conference's start
        lifecycle.on_report(self._parts, session, report, self._parts.clock.now())
