"""The engine's living records: calls, conferences, participants, recordings, queues, alerts.

Rules about them are left to lines, rooms, recordings and queues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.engine.agenda import Entry
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.orders import CallOrder, Params, RecordingOrder, RoomOrder, Subscription, Webhook
from sandbox.engine.twiml import Verb

CallStatus = Literal[
    "queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]
FINAL_STATUSES = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
ConferenceStatus = Literal["init", "in-progress", "completed"]
Interruption = Literal["hung_up", "redirected"]
RecordingStatus = Literal["in-progress", "paused", "stopped", "processing", "completed", "absent"]
# What can be heard of a call: nothing, two sides that talk, Twilio's own voice, or one person who leaves a message.
Sound = Literal["silence", "talk", "program", "message"]
# In a recording, also: `muted` while it is paused and silence stands for it, `skipped` while nothing does.
Mark = tuple[float, Literal["silence", "talk", "program", "message", "muted", "skipped"]]


@dataclass(slots=True, eq=False)
class Frame:
    """Why a document runs inside something else that the call does (it waits, or is whispered to), and what then."""

    allowed: frozenset[str]
    on_end: Callable[[], None]
    on_failure: Callable[[], None]
    params: Callable[[], list[tuple[str, str]]]
    outer: Script | None = None


@dataclass(slots=True)
class Script:
    """The TwiML a call runs: the verbs, how far it got, and the address that relative URLs start from."""

    verbs: tuple[Verb, ...] = ()
    position: int = 0
    base: Webhook | None = None
    frame: Frame | None = None
    started_at: float = 0.0


@dataclass(slots=True, eq=False)
class Call:
    """One leg. Instants are carrier Unix seconds, None until they come."""

    sid: str
    order: CallOrder
    serial: int
    created_at: float
    updated_at: float
    dial_number: int = 0
    queue_milliseconds: int = 0
    status: CallStatus = "queued"
    dialed_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    first_bridged_at: float | None = None
    bridged_since: float | None = None
    bridged_seconds: float = 0.0
    spoken_to_at: float | None = None
    sip_code: int | None = None
    hung_up_by: str | None = None
    answered_by: str | None = None
    detection_milliseconds: int | None = None
    callbacks_sent: int = 0
    time_limit_seconds: float = 14400.0
    subscription: Subscription | None = None
    behaviour: Behaviour | None = None
    script: Script = field(default_factory=Script)
    script_turn: int = 0
    timers: dict[str, Entry] = field(default_factory=dict)
    interrupt: Callable[[Interruption], None] | None = None
    stop_verb: Callable[[], None] | None = None
    receive_input: Callable[[str, str], None] | None = None
    on_ringing: Callable[[], None] | None = None
    on_answered: Callable[[], None] | None = None
    on_ended: list[Callable[[], None]] = field(default_factory=list)
    conference: Conference | None = None
    member: Member | None = None
    far: Call | None = None
    # Whom a Dial last connected the call to; they are together while both are bridged and name each other.
    bridged_to: Call | None = None
    last_fetch_at: float = 0.0
    fetches_at_once: int = 0
    is_spoken_to: bool = False
    leaves_message: bool = False
    recordings: list[Recording] = field(default_factory=list)
    last_recording: Recording | None = None
    presses: str = ""
    says: str = ""
    fixed_params: tuple[Params, Params] | None = None

    @property
    def is_final(self) -> bool:
        """True when nothing can happen to the call any more."""
        return self.status in FINAL_STATUSES

    @property
    def is_agent(self) -> bool:
        """True when an agent's phone is at the other end."""
        return self.behaviour is not None and self.behaviour.is_agent

    @property
    def sound(self) -> Sound:
        """What can be heard of the call now."""
        if self.bridged_since is not None:
            return "talk"
        if self.leaves_message:
            return "message"
        return "program" if self.is_spoken_to else "silence"


@dataclass(slots=True, eq=False)
class Participant:
    """One call inside one conference."""

    call: Call
    order: RoomOrder
    joined_at: float
    updated_at: float
    muted: bool
    on_hold: bool
    ends_on_exit: bool
    coached_sid: str | None
    on_left: Callable[[], None]
    hold_webhook: Webhook | None = None
    is_speaking: bool = False


@dataclass(slots=True, eq=False)
class Conference:
    """A room. `expected` are calls ordered into it that have not answered yet."""

    sid: str
    account_sid: str
    name: str
    serial: int
    created_at: float
    updated_at: float
    status: ConferenceStatus = "init"
    subscription: Subscription | None = None
    participants: dict[str, Participant] = field(default_factory=dict)
    expected: dict[str, Call] = field(default_factory=dict)
    was_joined: bool = False
    callbacks_sent: int = 0
    end_reason: str | None = None
    ended_by_sid: str | None = None
    sound: Sound = "silence"
    recordings: list[Recording] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Recording:
    """A recording of one call or one conference: what was heard when, from which its length and its audio follow."""

    sid: str
    account_sid: str
    order: RecordingOrder
    serial: int
    started_at: float
    updated_at: float
    call: Call | None = None
    room: Conference | None = None
    status: RecordingStatus = "in-progress"
    ended_at: float | None = None
    marks: list[Mark] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        """True while it runs or is paused."""
        return self.status in ("in-progress", "paused")


@dataclass(slots=True, eq=False)
class Queue:
    """People who wait, first come first served, and the calls that wait for the next of them."""

    sid: str
    account_sid: str
    name: str
    serial: int
    created_at: float
    updated_at: float
    max_size: int = 1000
    members: dict[str, Member] = field(default_factory=dict)
    enqueued_at_sum: float = 0.0
    takers: dict[str, Callable[[Member], None]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Member:
    """One call in one queue. `on_left` is told the QueueResult, `on_gone` that the call does something else now."""

    call: Call
    queue: Queue
    enqueued_at: float
    on_left: Callable[[str], None]
    left_at: float | None = None
    stage: Literal["waiting", "bridging", "bridged"] = "waiting"
    is_gone: bool = False
    on_gone: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What Twilio's debugger would show: an error or a warning about the customer's application.

    `account_sid` empty: the main account's.
    """

    sid: str
    code: int
    level: Literal["error", "warning"]
    text: str
    call_sid: str
    at: float
    url: str = ""
    account_sid: str = ""
