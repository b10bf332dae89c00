"""What becomes of a customer whose agent's leg was lost, in the talk or just before. Pure: facts in, one step out.

Whoever asks again after a crash gets the step that is still to be done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dialer.call_states import CallStatus, What

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
    FOUND_NOBODY = "found_nobody"  # the customer had heard nobody yet, and hears the lawful message


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
    FIND_NOBODY = "find_nobody"
    CLOSE_LEFT = "close_left"
    CLOSE_SAID = "close_said"


@dataclass(frozen=True)
class Loss:
    """How a lost line, its call and the agent's phone stand. `has_rested`: the phone did not fail just now.

    `have_met`: customer and agent have been in the room together.
    """

    customer_is_there: bool
    is_said: bool
    leg: Leg
    has_rested: bool
    is_over_time: bool
    partner_is_in: bool = False
    partner_is_coming: bool = False
    have_met: bool = True


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
    if not now.have_met:
        return Step.FIND_NOBODY  # no law lets somebody wait who has heard nobody yet
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
    """An agent's leg that has just ended, and the customer's call. `answered_by` as the detector said.

    `have_met`: customer and agent have been in the room together.
    """

    phone: str
    was_parked: bool
    customer: CallStatus
    is_said: bool
    answered_by: str
    have_met: bool


def is_browser(phone: str) -> bool:
    """Whether a phone (E.164, `client:name`, `sip:user@host`) is a page, which hangs up by its own key."""
    return phone.startswith("client:")


def is_lost(leg: EndedLeg) -> bool:
    """Whether a leg that ended was lost while somebody talked on it, so that the customer is kept."""
    return is_browser(leg.phone) and leg.have_met and leg.customer is CallStatus.BRIDGED and _is_wanted(leg)


def leaves_alone(leg: EndedLeg) -> bool:
    """Whether a leg has ended in the moment in which a customer came: there is nobody, whatever its phone is."""
    is_there = leg.customer in {CallStatus.CONNECTING, CallStatus.BRIDGED}
    return is_there and not leg.have_met and _is_wanted(leg)


def _is_wanted(leg: EndedLeg) -> bool:
    return leg.was_parked and not leg.is_said and leg.answered_by not in {"machine", "fax"}


def were_together(joined_at: datetime | None, agent_left_at: datetime | None) -> bool:
    """Whether somebody who was in the room was there with its agent, by the carrier's clock, which counts seconds.

    None: not known. A carrier that tells of somebody in a room tells of the agent's room, so doubt speaks for it.
    """
    return joined_at is None or agent_left_at is None or joined_at <= agent_left_at


@dataclass(frozen=True)
class Way:
    """A call that ended on its way into the room, of which no news came. `lasted`: from being sent there to its end;
    None: not known. `grace`: so long somebody may wait for an agent by law.
    """

    lasted: timedelta | None
    agent_was_gone: bool
    grace: timedelta
    surely_in_after: timedelta


def way_ended(way: Way) -> What:
    """What is taken to have become of such a call."""
    if way.lasted is None:
        return What.SETTLED
    if way.agent_was_gone:
        return What.FOUND_NOBODY if way.lasted >= way.grace else What.SETTLED
    return What.JOINED if way.lasted >= way.surely_in_after else What.SETTLED
