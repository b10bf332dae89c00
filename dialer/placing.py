"""Carries out the placing of a batch: each call on a thread of its own, claim → wait for the slot → ask → record.

No transaction is open while the carrier is asked. A process that dies after the claim leaves the call `placing`; the
sweep makes that `unknown`, and nobody dials it again before it is settled.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from dialer import lifecycle
from dialer.wiring import Parts
from foundation.logs import get_logger
from telephony.carrier import PlaceOrder, PlaceResult, Throttled

log = get_logger(__name__)

# A call that finds no slot for so long stays queued; the sweep rings again.
PATIENCE_SECONDS = 20.0
# A process that slept for longer than this after its claim asks no more: what the gate saw may not hold any longer, and
# the sweep may have settled the call. With the slot's wait and the carrier's time-out it is below the sweep's patience.
LATEST_DEPARTURE_SECONDS = 10.0


def place_calls(parts: Parts, call_ids: list[str]) -> None:
    """Place a batch of queued calls; returns when each is placed, refused, put back or of unknown outcome."""
    if len(call_ids) == 1:
        place_call(parts, call_ids[0])
        return
    with ThreadPoolExecutor(min(len(call_ids), parts.settings.placing_threads)) as threads:
        failures = [future.exception() for future in [threads.submit(place_call, parts, each) for each in call_ids]]
    for failure in failures:
        if failure is not None:
            raise failure


def place_call(parts: Parts, call_id: str) -> None:
    """Place one queued call, once."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        match lifecycle.claim_call(parts, call_id, parts.clock.now()):
            case (PlaceOrder() as order, datetime() as slot):
                _sleep_until(parts, slot)
                result = ask_in_time(parts, order, slot)
                lifecycle.record_placing(parts, call_id, result, parts.clock.now())
                return
            case datetime() as try_again_at:
                _sleep_until(parts, try_again_at)
            case None:
                return
    log.info("no_slot_in_time", call_id=call_id)


def ask_in_time(parts: Parts, order: PlaceOrder, slot: datetime) -> PlaceResult:
    """Ask the carrier, unless the order's slot was missed by far; then it has certainly not been asked."""
    if parts.clock.now() - slot > parts.clock.real_seconds(LATEST_DEPARTURE_SECONDS):
        return Throttled("left too late")
    return parts.carrier.place(order)


def _sleep_until(parts: Parts, moment: datetime) -> None:
    time.sleep(min(parts.clock.wall_seconds_until(moment), PATIENCE_SECONDS))
