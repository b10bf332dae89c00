"""The port to a carrier: what we ask, what it answers, what it reports, what we tell it to do with a call.

Outcomes of placing are values, because each needs another answer: only `Throttled` may ever be asked again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class PlaceOrder:
    """One call to place. `call_id` goes into every callback address, so that any report finds its row."""

    call_id: str
    to: str  # E.164, client:name or sip:user@host
    from_number: str
    ring_timeout_seconds: int
    detect_machines: bool = False
    time_limit_seconds: int = 4 * 3600


@dataclass(frozen=True)
class Placed:
    """The carrier has the call. `queue_seconds` is how long the carrier itself holds it back."""

    carrier_sid: str
    queue_seconds: float = 0.0


@dataclass(frozen=True)
class Rejected:
    """The carrier will not place it, for certain. `number_is_bad`: no attempt to this number can succeed."""

    code: int
    reason: str
    number_is_bad: bool = False
    stops_all: bool = False  # credentials, account or caller number: no other call can succeed either


@dataclass(frozen=True)
class Throttled:
    """The request was certainly not processed; the same attempt may be asked again."""

    reason: str


@dataclass(frozen=True)
class OutcomeUnknown:
    """The request may have been processed. It must never be repeated."""

    reason: str


PlaceResult = Placed | Rejected | Throttled | OutcomeUnknown


class Reported(StrEnum):
    """What a carrier can report of a call."""

    INITIATED = "initiated"
    RINGING = "ringing"
    ANSWERED = "answered"
    JOINED = "joined"
    LEFT = "left"
    MACHINE_HEARD = "machine_heard"
    HUMAN_HEARD = "human_heard"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True)
class CallReport:
    """One report on one call. `key` is the same for each repeat of the same report."""

    call_id: str
    key: str
    what: Reported
    carrier_sid: str = ""
    reported_at: datetime | None = None  # the carrier's clock
    sip_code: int | None = None
    duration_seconds: int | None = None
    answered_by: str = ""


@dataclass(frozen=True)
class CarrierCall:
    """A call as the carrier lists it."""

    carrier_sid: str
    to: str
    from_number: str
    what: Reported
    created_at: datetime | None
    duration_seconds: int | None = None
    answered_by: str = ""


@dataclass(frozen=True)
class JoinRoom:
    """Put the contact into an agent's conference."""

    room: str
    call_id: str


@dataclass(frozen=True)
class Park:
    """Put an agent into a conference, to wait for contacts. `ends_room`: it ends for all when the agent leaves."""

    room: str
    call_id: str
    ends_room: bool = True


@dataclass(frozen=True)
class SayAndHangUp:
    """Speak a text (language `de`, `fr`, `it` or `en`) and end the call.

    With a `call_id`, a key that is pressed meanwhile is reported for that call, and what it answers is done.
    """

    text: str
    language: str
    call_id: str = ""


@dataclass(frozen=True)
class SayOnHold:
    """Speak a text to somebody on hold, then leave them in peace for a while; the carrier begins anew at its end."""

    text: str
    language: str


@dataclass(frozen=True)
class HangUp:
    """End the call without a word."""


@dataclass(frozen=True)
class AskAgain:
    """Keep the person on the line in silence for so many whole seconds, then ask once more what to do."""

    seconds: int
    call_id: str


@dataclass(frozen=True)
class AskForKey:
    """Speak a text (language `de`, `fr`, `it` or `en`), twice, and report the key that is pressed; then hang up."""

    text: str
    language: str
    call_id: str


Instruction = JoinRoom | Park | SayAndHangUp | SayOnHold | HangUp | AskAgain | AskForKey


@dataclass(frozen=True)
class BrowserPhone:
    """What a page loads and reaches to be a phone. The script, among our static files or at a full address, gives
    `Twilio.Device`; `hosts` are content-security sources.
    """

    script: str
    hosts: tuple[str, ...]

    @property
    def is_elsewhere(self) -> bool:
        """Whether the script is not one of our own files."""
        return "://" in self.script


class Carrier(Protocol):
    """What we ask of a carrier. Every method may take seconds: never call one inside a transaction."""

    def place(self, order: PlaceOrder) -> PlaceResult:
        """Place a call, once. Never raises for anything the network or the carrier does."""
        ...

    def fetch(self, carrier_sid: str) -> CarrierCall | None:
        """The call as the carrier sees it; None when it has no such call. Raises Unavailable."""
        ...

    def calls_since(self, moment: datetime, *, to: str = "", most: int = 1000) -> list[CarrierCall]:
        """Calls created since `moment`, at most `most`, newest first. Raises Unavailable."""
        ...

    def hang_up(self, carrier_sid: str) -> bool:
        """End a call in any state; False when it was over already. Raises Unavailable."""
        ...

    def give_up(self, carrier_sid: str) -> bool:
        """Let a phone ring no longer. A call that somebody has answered goes on, whatever crossed on the way.

        False when the carrier has no such call, or it was over. Raises Unavailable.
        """
        ...

    def set_hold(self, room: str, carrier_sid: str, call_id: str, *, is_held: bool) -> bool:
        """Keep somebody in a room from hearing and being heard, or let them back. Doing it again changes nothing.

        What they hear meanwhile is asked for `call_id`. False when they are not in the room. Raises Unavailable.
        """
        ...

    def say_and_hang_up(self, carrier_sid: str, what: SayAndHangUp) -> bool:
        """Take somebody out of whatever they are in, speak to them and end the call.

        Done again while it is spoken, it begins anew. False when the call was over. Raises Unavailable.
        """
        ...

    def people_in(self, room: str) -> frozenset[str]:
        """The carrier's ids of the calls that are in a room now. Raises Unavailable."""
        ...

    def set_ends_room(self, room: str, carrier_sid: str, *, ends_room: bool) -> bool:
        """Whether a room ends for all once this call leaves it. May be asked twice.

        False when there is no such room, or the call is not in it. Raises Unavailable.
        """
        ...

    def own_numbers(self) -> frozenset[str]:
        """The numbers (E.164) that we may show. Raises Unavailable."""
        ...

    def browser_token(self, identity: str) -> str:
        """A short-lived token with which a browser becomes the phone `client:identity`; empty where not needed."""
        ...

    def browser_phone(self) -> BrowserPhone | None:
        """What a page needs to become a phone; None where browsers are not used as phones."""
        ...
