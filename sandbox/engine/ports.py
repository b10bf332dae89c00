"""What the engine needs from the world: a fetcher of TwiML, a sender of callbacks, a ledger, and people.

Edges implement it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from sandbox.engine.behaviour import Behaviour
from sandbox.engine.orders import Params, Webhook

Topic = Literal["call", "conference", "amd", "announce", "recording", "gather"]


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """Ask the application for TwiML, or for a file to play, of which only the length is wanted."""

    webhook: Webhook
    params: Params
    call_sid: str
    wants_media: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. `failure` is a Twilio error code (11200, 11205 …) or None.

    `seconds`: how long it lasts, if it is a sound that tells.
    """

    status: int = 200
    content_type: str = "text/xml"
    body: str = ""
    failure: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One callback to send: what happened, to whom it is told, with which parameters."""

    topic: Topic
    event: str
    sid: str
    webhook: Webhook
    params: Params


class Edges(Protocol):
    """The outer world of the engine. Nothing here may call back before it returns."""

    def fetch(self, order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        """Fetch TwiML and hand the outcome to `done` later."""
        ...

    def report(self, report: Report) -> None:
        """Send a callback on its own; its answer changes nothing."""
        ...

    def note(self, kind: str, facts: dict[str, object]) -> None:
        """Write one line of the ledger."""
        ...

    def draw(self, number: str, dial_count: int) -> Behaviour:
        """Return what `number` does on its call number `dial_count` (from 1)."""
        ...
