"""What becomes of a customer whose agent's leg was lost in the talk. Pure: facts from rows in, one step out.

Whoever asks again after a crash gets the step that is still to be done.
"""

from dataclasses import dataclass
from enum import StrEnum

from dialer.call_states import CallStatus

# What is recorded of a call whose agent was not back in time.
LINE_LOST = "line_lost"


class LineStatus(StrEnum):
    """How a lost line stands."""

    LOST = "lost"  # the customer waits, the agent's phone is called

    BACK = "back"  # the talk went on
    HANDED_OVER = "handed_over"  # a partner had the customer
    CUSTOMER_LEFT = "customer_left"
    ENDED = "ended"  # the agent has said what came of the call
    GIVEN_UP = "given_up"  # the agent was not back in time; the customer is told so


class Leg(StrEnum):
    """Where the leg is that the agent has now."""

    NONE = "none"
    CALLED = "called"
    ANSWERED = "answered"  # on its way into the room
    PARKED = "parked"


class Step(StrEnum):
    """The one thing to do about a lost line."""

    WAIT = "wait"
    CALL_AGENT = "call_agent"
    GO_ON = "go_on"
    HAND_OVER = "hand_over"
    GIVE_UP = "give_up"
    CLOSE_LEFT = "close_left"
    CLOSE_SAID = "close_said"


@dataclass(frozen=True)
class Loss:
    """How a lost line, its call and the agent's phone stand. `has_rested`: the phone did not fail just now."""

    customer_is_there: bool
    is_said: bool
    leg: Leg
    has_rested: bool
    is_over_time: bool
    partner_is_in: bool = False
    partner_is_coming: bool = False


def next_step(now: Loss) -> Step:
    """What to do next; the first line that fits."""
    if not now.customer_is_there:
        return Step.CLOSE_LEFT
    if now.is_said:
        return Step.CLOSE_SAID
    if now.partner_is_in:
        return Step.HAND_OVER
    if now.leg is Leg.PARKED:
        return Step.GO_ON
    if now.is_over_time and not (now.leg is Leg.ANSWERED or now.partner_is_coming):
        return Step.GIVE_UP
    return Step.CALL_AGENT if now.leg is Leg.NONE and now.has_rested else Step.WAIT


def leg_stands(status: str) -> Leg:
    """Where a leg in this status is; empty: there is none."""
    if not status:
        return Leg.NONE
    if status == CallStatus.BRIDGED:
        return Leg.PARKED
    return Leg.ANSWERED if status in {CallStatus.ANSWERED, CallStatus.CONNECTING} else Leg.CALLED


@dataclass(frozen=True)
class EndedLeg:
    """An agent's leg that has just ended, and the customer's call. `answered_by` as the detector said."""

    phone: str
    was_parked: bool
    customer: CallStatus
    is_said: bool
    answered_by: str


def is_browser(phone: str) -> bool:
    """Whether a phone (E.164, `client:name`, `sip:user@host`) is a page, which hangs up by its own key."""
    return phone.startswith("client:")


def is_lost(leg: EndedLeg) -> bool:
    """Whether a leg that ended was lost while somebody talked on it, so that the customer is kept."""
    talked = leg.was_parked and leg.customer is CallStatus.BRIDGED
    return is_browser(leg.phone) and talked and not leg.is_said and leg.answered_by not in {"machine", "fax"}
