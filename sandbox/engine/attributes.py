"""Reads the attributes of Dial, its nouns and Record into orders: who is told of what, how it is recorded."""

from __future__ import annotations

from sandbox.engine.orders import RecordingOrder, RecordingSource, Subscription, Webhook
from sandbox.engine.records import Call
from sandbox.engine.script import full_url
from sandbox.engine.twiml import Verb


def read_webhook(call: Call, verb: Verb, key: str, method_key: str) -> Webhook | None:
    """Read a URL (relative ones start at the document's own) and its method."""
    url = verb.get(key)
    return Webhook(full_url(call, url), verb.get(method_key, "POST").upper()) if url else None


def read_subscription(call: Call, verb: Verb, key: str, usual_events: str) -> Subscription | None:
    """Read a callback URL, its method and its events, which TwiML separates by spaces."""
    webhook = read_webhook(call, verb, key, f"{key}Method")
    if webhook is None:
        return None
    return Subscription(webhook, frozenset(verb.get(f"{key}Event", usual_events).split()))


def read_recording(call: Call, verb: Verb, source: RecordingSource) -> RecordingOrder:
    """Read how a Record verb, a Dial or a Conference is to be recorded."""
    track = verb.get("recordingTrack", "both")
    return RecordingOrder(
        source,
        channels=2 if verb.get("record").endswith("-dual") else 1,
        track="inbound" if track == "inbound" else "outbound" if track == "outbound" else "both",
        trims_silence=verb.get("trim", "do-not-trim") == "trim-silence",
        subscription=read_subscription(call, verb, "recordingStatusCallback", "completed"),
    )
