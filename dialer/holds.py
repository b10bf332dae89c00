"""Customers on hold: the agent asks, the carrier does it, and whatever dies between, the last wish is carried out.

A hold ends with the call, or when the agent leaves a customer to a partner. The carrier is asked by one process at a
time for a call, so that no late request undoes a newer one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dialer import agents, calls, hold_book, job_names, lost_line_book, lost_line_words, rooms
from dialer.agent_states import AgentStatus
from dialer.call_states import CallStatus
from dialer.hold_tables import CallHold
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.errors import Conflict, Unavailable
from foundation.logs import get_logger
from foundation.queue import QueueName
from telephony.carrier import HangUp, Instruction, SayOnHold

log = get_logger(__name__)

# Asking the carrier is up to three requests; then somebody else may.
_REQUESTS = 3
_SPARE_SECONDS = 5.0
MOST_AT_ONCE = 200
_SPOKEN = {
    "de": "Einen Moment bitte. Ich bin gleich wieder für Sie da.",
    "fr": "Un instant, s’il vous plaît. Je suis à vous tout de suite.",
    "it": "Un momento, per favore. Sono subito da Lei.",
    "en": "One moment, please. I will be right back with you.",
}


def ask(parts: Parts, agent_id: str, now: datetime, *, is_wanted: bool) -> None:
    """Put the customer on hold, or take them back. Asked for what is so already, it changes nothing.

    Raises:
        Conflict: nobody is on the line, or the agent's own line is lost.
    """
    with parts.database.transaction(relaxed=True) as session:
        call, agent = _lock_talk(session, agent_id)
        if lost_line_book.open_of_call(session, call.id) is not None:
            raise Conflict("Your line is lost. The customer is waiting on hold until you are back.")
        change = hold_book.put_on_hold if is_wanted else hold_book.take_back
        change(parts, session, call, agent, now)
        parts.live.publish_after_commit(session, f"agent:{agent.id}")
        parts.live.ring_after_commit(session, "tick")


def carry_out(parts: Parts, call_id: str, now: datetime) -> None:
    """Ask the carrier for what the agent wants. Nothing to do, or somebody else at it, changes nothing."""
    claim = _claim(parts, call_id, now)
    if claim is None:
        return
    try:
        is_there = parts.carrier.set_hold(claim.room, claim.carrier_sid, call_id, is_held=claim.is_wanted)
    except Unavailable as error:
        log.warning("hold_not_carried_out", call_id=call_id, error=str(error))
        _record(parts, call_id, claim, done=False, is_there=True)  # the sweep asks again
        return
    _record(parts, call_id, claim, done=True, is_there=is_there)


def to_carry_out(parts: Parts, now: datetime) -> list[str]:
    """Calls whose hold is not as the agent asked, with nobody at it: their bell was missed, or the carrier was away."""
    with parts.database.reading() as session:
        left = select(CallHold.call_id).where(
            CallHold.done_turn < CallHold.turn, or_(CallHold.claimed_until.is_(None), CallHold.claimed_until < now)
        )
        return list(session.scalars(left.limit(MOST_AT_ONCE)))


def what_is_heard(parts: Parts, call_id: str) -> Instruction:
    """What a customer on hold hears, in their language."""
    with parts.database.reading() as session:
        call = session.get(Call, call_id)
        is_lost = lost_line_book.open_of_call(session, call_id) is not None
    if call is None or call.kind != "contact":
        return HangUp()
    language = call.language if call.language in _SPOKEN else "en"
    return SayOnHold(lost_line_words.please_wait(language) if is_lost else _SPOKEN[language], language)


@dataclass(frozen=True)
class _Claim:
    """One turn that is being carried out."""

    turn: int
    is_wanted: bool
    room: str
    carrier_sid: str


def _lock_talk(session: Session, agent_id: str) -> tuple[Call, Agent]:
    """The agent's call and the agent, locked in the order of all steps."""
    seen = session.get(Agent, agent_id)
    call = calls.lock_call(session, seen.current_call_id) if seen is not None and seen.current_call_id else None
    agent = agents.lock_agent(session, agent_id)
    if call is None or call.status != CallStatus.BRIDGED:
        raise Conflict("Nobody is on the line.")
    if agent.current_call_id != call.id or agent.status != AgentStatus.ON_CALL:
        raise Conflict("Nobody is on the line.")
    return call, agent


def _claim(parts: Parts, call_id: str, now: datetime) -> _Claim | None:
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        hold = hold_book.hold_of(session, call_id)
        if call is None or hold is None or hold.done_turn >= hold.turn:
            return None
        if hold.claimed_until is not None and hold.claimed_until >= now:
            return None  # whoever is at it looks again when done
        if call.status != CallStatus.BRIDGED or call.carrier_sid is None:
            hold.is_wanted, hold.done_turn = False, hold.turn  # the talk is over, and the hold with it
            return None
        seconds = parts.settings.carrier_timeout_seconds * _REQUESTS + _SPARE_SECONDS
        hold.claimed_until = now + parts.clock.real_seconds(seconds)
        return _Claim(hold.turn, hold.is_wanted, rooms.room_of(session, call), call.carrier_sid)


def _record(parts: Parts, call_id: str, claim: _Claim, *, done: bool, is_there: bool) -> None:
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        hold = hold_book.hold_of(session, call_id)
        if call is None or hold is None:
            return
        hold.claimed_until = None
        if not done:
            return
        hold.done_turn = max(hold.done_turn, claim.turn)
        if not is_there and hold.turn == claim.turn:
            hold.is_wanted = False  # nobody is in the room: there is nobody to keep on hold
        if hold.done_turn < hold.turn:
            parts.queue.put_after_commit(session, QueueName.DIAL, job_names.CARRY_OUT_HOLD, call_id)
        parts.live.publish_after_commit(session, f"agent:{call.agent_id}")
