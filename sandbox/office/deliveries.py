"""Remembers what was said to the application about each call, for the Events resource: the last few thousand tries."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sandbox.engine.orders import Params

KEPT_DELIVERIES = 20_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request to the application and what came back. `at` is carrier time; status 0: no answer."""

    call_sid: str
    at: float
    method: str
    url: str
    params: Params
    status: int
    content_type: str
    body: str
    milliseconds: int


class DeliveryLog:
    """Deliveries by call, in order. When there are too many the oldest calls are forgotten whole."""

    def __init__(self, kept: int = KEPT_DELIVERIES) -> None:
        self._kept = kept
        self._count = 0
        self._by_call: OrderedDict[str, list[Delivery]] = OrderedDict()

    def add(self, delivery: Delivery) -> None:
        """Remember a delivery."""
        self._by_call.setdefault(delivery.call_sid, []).append(delivery)
        self._count += 1
        while self._count > self._kept and len(self._by_call) > 1:
            self._count -= len(self._by_call.popitem(last=False)[1])

    def of(self, call_sid: str) -> list[Delivery]:
        """Return what was said about a call."""
        return self._by_call.get(call_sid, [])

    def forget_call(self, call_sid: str) -> None:
        """Forget one call."""
        self._count -= len(self._by_call.pop(call_sid, []))

    def forget(self) -> None:
        """Forget everything."""
        self._by_call.clear()
        self._count = 0
