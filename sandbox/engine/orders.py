"""What a caller of the REST API or a TwiML verb asks the engine for, as frozen values.

Reading forms is left to `rest`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CALL_EVENTS = ("initiated", "ringing", "answered", "completed")
RECORDING_EVENTS = ("in-progress", "completed", "absent")
Direction = Literal["outbound-api", "outbound-dial", "inbound"]
RecordingSource = Literal[
    "DialVerb", "Conference", "OutboundAPI", "RecordVerb", "StartCallRecordingAPI", "StartConferenceRecordingAPI"
]
Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of the customer's application and the method to ask it with."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where events go and which ones are wanted."""

    webhook: Webhook
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Detection:
    """Answering machine detection as ordered; thresholds in seconds (Twilio counts them in ms), timeout in seconds."""

    mode: Literal["Enable", "DetectMessageEnd"]
    is_async: bool = False
    webhook: Webhook | None = None
    timeout_seconds: float = 30.0
    speech_threshold_seconds: float = 2.4
    speech_end_threshold_seconds: float = 1.2
    silence_timeout_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Program:
    """What a call runs when it is answered: TwiML at once, or a webhook that answers with TwiML, and a fallback."""

    webhook: Webhook | None = None
    fallback: Webhook | None = None
    twiml: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingOrder:
    """How a call or a conference is to be recorded. `channels` 2: one for each side."""

    source: RecordingSource
    channels: int = 1
    track: Literal["inbound", "outbound", "both"] = "both"
    trims_silence: bool = False
    subscription: Subscription | None = None


@dataclass(frozen=True, slots=True)
class CallOrder:
    """Everything that is fixed when a call is ordered."""

    account_sid: str
    to: str
    caller: str
    program: Program
    subscription: Subscription | None = None
    ring_timeout_seconds: float = 60.0
    time_limit_seconds: float = 14400.0
    detection: Detection | None = None
    direction: Direction = "outbound-api"
    parent_sid: str | None = None
    recording: RecordingOrder | None = None
    # What is handed to the phone: a client's Parameters, the headers of a SIP address.
    parameters: Params = ()
    send_digits: str = ""
    forwarded_from: str | None = None
    # Where a participant of the REST API was ordered to; its program brings it there.
    room: RoomOrder | None = None


@dataclass(frozen=True, slots=True)
class RoomOrder:
    """How one leg wants to be in a conference: the attributes of `<Conference>` or of a Participant."""

    name: str
    muted: bool = False
    starts_on_enter: bool = True
    ends_on_exit: bool = False
    beep: str = "true"
    wait: Webhook | None = None
    max_participants: int = 250
    subscription: Subscription | None = None
    label: str | None = None
    coached_sid: str | None = None
    jitter_buffer_size: str = "large"
    recording: RecordingOrder | None = None
