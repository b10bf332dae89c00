"""The inbox of callbacks: kept before they are answered, applied through the one door afterwards.

`InboxWriter` is one thread per process that commits whatever has come in since its last commit, together: one disk
write for many callbacks (group commit). `apply_waiting` applies in order of arrival, each entry at most once.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from dialer.tables import InboxEntry
from foundation.database import Database, insert_unless_known
from foundation.errors import Unavailable
from foundation.live import Live
from foundation.logs import get_logger

log = get_logger(__name__)

MOST_PER_COMMIT = 500
# Under load a fast disk would make small batches, and each commit costs as much as the verifying of four callbacks. A
# callback that comes alone waits for nobody.
GATHER_SECONDS = 0.005
# An entry that cannot be applied so many times is left for a person; `halali doctor` shows it.
TRIES = 5
WRITER_PATIENCE_SECONDS = 10.0
_DATABASE_IS_AWAY = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True)
class Callback:
    """A genuine callback, as it came in. `key` is equal for repeats of the same one."""

    key: str
    call_id: str
    kind: str
    fields: dict[str, Any]
    received_at: datetime


Waiter = Future[None] | asyncio.Future[None]
Waiting = tuple[Callback, Waiter]


def keep(session: Session, callbacks: Sequence[Callback]) -> None:
    """Insert callbacks; one that is known already is passed over."""
    rows = [vars(callback) | {"tries": 0, "problem": ""} for callback in callbacks]
    insert_unless_known(session, InboxEntry, rows, ["key"])


class InboxWriter:
    """Group commit. `put` returns a future that is done when the callback is on disk."""

    def __init__(self, database: Database, live: Live) -> None:
        self._database = database
        self._live = live
        self._is_busy = False
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_on_and_on, name="inbox-writer", daemon=True)
        self._thread.start()

    def put(self, callback: Callback) -> "Future[None]":
        """Hand over one callback. The future raises when it could not be kept; then it must not be answered 2xx."""
        done: Future[None] = Future()
        self._waiting.put((callback, done))
        return done

    async def keep(self, callback: Callback) -> None:
        """Return once the callback is on disk. Raises Unavailable when it could not be kept."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.put((callback, done))
        await done

    def close(self) -> None:
        """Write what is waiting, then stop."""
        self._waiting.put(None)
        self._thread.join(WRITER_PATIENCE_SECONDS)

    def _write_on_and_on(self) -> None:
        while batch := self._next_batch():
            problems = self._write([callback for callback, _ in batch])
            _tell([done for _, done in batch], problems)
            self._live.ring("inbox")

    def _write(self, callbacks: list[Callback]) -> list[Unavailable | None]:
        """Keep callbacks with one commit; where one of them spoils it, each by itself. What is wrong with each."""
        try:
            with self._database.transaction() as session:
                keep(session, callbacks)
        except Exception as error:  # the outermost loop of this thread; every waiter is told
            if len(callbacks) > 1 and not isinstance(error, _DATABASE_IS_AWAY):
                log.warning("inbox_batch_not_written", waiting=len(callbacks), error=type(error).__name__)
                return [problem for callback in callbacks for problem in self._write([callback])]
            log.exception("inbox_not_written", waiting=len(callbacks))
            return [Unavailable("The callback could not be stored.") for _ in callbacks]
        return [None] * len(callbacks)

    def _next_batch(self) -> list[Waiting]:
        """Whatever waits, at least one; empty when it is time to stop."""
        first = self._waiting.get()
        if first is None:
            return []
        if self._is_busy:
            time.sleep(GATHER_SECONDS)
        batch = [first]
        while len(batch) < MOST_PER_COMMIT:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._waiting.put(None)
                break
            batch.append(item)
        self._is_busy = len(batch) > 1
        return batch


def _tell(waiters: Sequence[Waiter], problems: Sequence[Unavailable | None]) -> None:
    """Let everyone know. An event loop is woken once for all who wait in it: each waking costs as much as a parse."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiter, Unavailable | None]]] = {}
    for waiter, problem in zip(waiters, problems, strict=True):
        if isinstance(waiter, asyncio.Future):
            by_loop.setdefault(waiter.get_loop(), []).append((waiter, problem))
        elif waiter.set_running_or_notify_cancel():
            _settle(waiter, problem)
    for loop, told in by_loop.items():
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited; what they sent is kept
            loop.call_soon_threadsafe(_tell_in_loop, told)


def _tell_in_loop(told: Sequence[tuple[Waiter, Unavailable | None]]) -> None:
    for waiter, problem in told:
        if not waiter.done():  # who has gone away meanwhile is not told
            _settle(waiter, problem)


def _settle(waiter: Waiter, problem: Unavailable | None) -> None:
    if problem is None:
        waiter.set_result(None)
    else:
        waiter.set_exception(problem)


def apply_waiting(database: Database, apply: Callable[[Session, InboxEntry], None], now: datetime, most: int) -> int:
    """Apply up to `most` waiting entries, oldest first, in one transaction; how many were looked at.

    One entry that fails does not take the others with it: the batch is done again one by one.
    """
    try:
        with database.transaction(relaxed=True) as session:
            entries = _waiting(session, most)
            for entry in entries:
                apply(session, entry)
            done = update(InboxEntry).where(InboxEntry.id.in_([entry.id for entry in entries]))
            session.execute(done.values(applied_at=now), execution_options={"synchronize_session": False})
            return len(entries)
    except Exception as error:  # noqa: BLE001 - any failure of one entry is isolated, counted and shown
        log.warning("inbox_batch_failed", error=type(error).__name__)
        return _apply_one_by_one(database, apply, now, most)


def _apply_one_by_one(
    database: Database, apply: Callable[[Session, InboxEntry], None], now: datetime, most: int
) -> int:
    with database.reading() as session:
        ids = [entry.id for entry in _waiting(session, most, lock=False)]
    for entry_id in ids:
        try:
            with database.transaction(relaxed=True) as session:
                entry = session.get(InboxEntry, entry_id, with_for_update=True)
                if entry is not None and entry.applied_at is None:
                    apply(session, entry)
                    entry.applied_at = now
        except Exception as error:  # noqa: BLE001 - as above: counted and shown
            _count_failure(database, entry_id, error)
    return len(ids)


def _count_failure(database: Database, entry_id: int, error: Exception) -> None:
    log.error("inbox_entry_failed", entry=entry_id, error=type(error).__name__)
    with database.transaction(relaxed=True) as session:
        entry = session.get(InboxEntry, entry_id, with_for_update=True)
        if entry is not None:
            entry.tries += 1
            entry.problem = f"{type(error).__name__}: {error}"[:300]


def _waiting(session: Session, most: int, *, lock: bool = True) -> list[InboxEntry]:
    query = (
        select(InboxEntry)
        .where(InboxEntry.applied_at.is_(None), InboxEntry.tries < TRIES)
        .order_by(InboxEntry.id)
        .limit(most)
    )
    if lock:
        query = query.with_for_update(skip_locked=True)
    return list(session.scalars(query))
