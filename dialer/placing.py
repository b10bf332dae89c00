"""Carries out the placing of a batch: claim → wait for the slot → ask → record.

Few claims are made at a time, since all of them wait for the pace's row; the carrier is asked for many calls at once.
No transaction is open meanwhile. A process that dies after the claim leaves the call `placing`; the sweep makes that
`unknown`, and nobody dials it again before it is settled.
"""

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache

from sqlalchemy.exc import DBAPIError

from dialer import lifecycle
from dialer.wiring import Parts, process_parts
from foundation.logs import get_logger
from telephony.carrier import PlaceOrder, PlaceResult, Throttled

log = get_logger(__name__)

# A call that finds no slot for so long stays queued; the sweep rings again.
PATIENCE_SECONDS = 20.0
# So does what a batch has not come to by then; a job has two minutes.
BATCH_PATIENCE_SECONDS = 80.0
# A process that slept for longer than this after its claim asks no more: what the gate saw may not hold any longer, and
# the sweep may have settled the call. With the slot's wait and the carrier's time-out it is below the sweep's patience.
LATEST_DEPARTURE_SECONDS = 10.0
# SQLite has one writer anyway. On a server, claims go side by side up to the pace's row.
CLAIMING_THREADS_ON_SQLITE = 1
CLAIMING_THREADS_ON_SERVER = 4


Claimed = tuple[PlaceOrder, datetime]


def place_calls(parts: Parts, call_ids: list[str]) -> None:
    """Place a batch of queued calls; returns when each is placed, refused, put back or of unknown outcome."""
    _raise_first(placing.exception() for placing in Placer(parts).start(call_ids))


def place_call(parts: Parts, call_id: str) -> None:
    """Place one queued call, once."""
    place_calls(parts, [call_id])


class Placer:
    """Places calls for one process, at most `placing_threads` at a time, over all batches."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._free = threading.Semaphore(parts.settings.placing_threads)
        self._threads = ThreadPoolExecutor(parts.settings.placing_threads, thread_name_prefix="placing")

    def warm_up(self) -> None:
        """Ask for a call that does not exist, so that the first one that does finds statements and connection ready."""
        try:
            lifecycle.claim_call(self._parts, "", self._parts.clock.now())
        except DBAPIError as error:
            log.warning("database_away_at_start", error=type(error).__name__)

    def start(self, call_ids: list[str]) -> "list[Future[None]]":
        """Claim a batch; returns once each call is claimed, or is not to be placed now.

        What was claimed is asked for meanwhile, and afterwards: the next batch need not wait for this one's last call.
        Raises what a claim has raised, once the others are done.
        """
        give_up_at = time.monotonic() + BATCH_PATIENCE_SECONDS
        most = CLAIMING_THREADS_ON_SQLITE if self._parts.database.is_sqlite else CLAIMING_THREADS_ON_SERVER
        with ThreadPoolExecutor(most, thread_name_prefix="claiming") as threads:
            claims = [threads.submit(self._claim_and_ask, call_id, give_up_at) for call_id in call_ids]
        _raise_first(claim.exception() for claim in claims)
        return [placing for claim in claims if (placing := claim.result()) is not None]

    def _claim_and_ask(self, call_id: str, give_up_at: float) -> "Future[None] | None":
        self._free.acquire()
        placing = None
        try:
            claimed = claim_in_time(self._parts, call_id, give_up_at)
            if claimed is not None:
                placing = self._threads.submit(self._ask_and_record, *claimed)
        finally:
            if placing is None:
                self._free.release()
        if placing is not None:
            placing.add_done_callback(lambda _: self._free.release())
        return placing

    def _ask_and_record(self, order: PlaceOrder, slot: datetime) -> None:
        _sleep_until(self._parts, slot)
        result = ask_in_time(self._parts, order, slot)
        lifecycle.record_placing(self._parts, order.call_id, result, self._parts.clock.now())


@lru_cache(maxsize=1)
def own_placer() -> Placer:
    """This process's own placer, for jobs."""
    return Placer(process_parts())


def begin_placing(call_ids: list[str]) -> None:
    """Place a batch on this process's placer; returns when all are claimed. What fails afterwards is logged."""
    for placing in own_placer().start(call_ids):
        placing.add_done_callback(_log_failure)


def claim_in_time(parts: Parts, call_id: str, give_up_at: float) -> Claimed | None:
    """Claim one queued call, waiting for a slot until `give_up_at` (monotonic); None when it is not to leave."""
    give_up_at = min(give_up_at, time.monotonic() + PATIENCE_SECONDS)
    while time.monotonic() < give_up_at:
        match lifecycle.claim_call(parts, call_id, parts.clock.now()):
            case (PlaceOrder() as order, datetime() as slot):
                return order, slot
            case datetime() as try_again_at:
                _sleep_until(parts, try_again_at)
            case None:
                return None
    log.info("no_slot_in_time", call_id=call_id)
    return None


def ask_in_time(parts: Parts, order: PlaceOrder, slot: datetime) -> PlaceResult:
    """Ask the carrier, unless the order's slot was missed by far; then it has certainly not been asked."""
    if parts.clock.now() - slot > parts.clock.real_seconds(LATEST_DEPARTURE_SECONDS):
        return Throttled("left too late")
    return parts.carrier.place(order)


def _sleep_until(parts: Parts, moment: datetime) -> None:
    time.sleep(min(parts.clock.wall_seconds_until(moment), PATIENCE_SECONDS))


def _raise_first(failures: Iterable[BaseException | None]) -> None:
    # Each is waited for before one is raised.
    for failure in list(failures):
        if failure is not None:
            raise failure


def _log_failure(placing: "Future[None]") -> None:
    failure = placing.exception()
    if failure is not None:
        log.error("placing_failed", error=type(failure).__name__)
