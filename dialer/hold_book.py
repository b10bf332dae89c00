"""The one door to the rows of holds: what was asked for last, and what had been told before. Carrying out is `holds`'.

A row is written under the lock of its call.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from dialer import agents, job_names
from dialer.hold_tables import CallHold
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.queue import QueueName

# What the pacing is told: a talk on hold, and one that goes on after it.
ON_HOLD, BACK = "hold", "back"


def hold_of(session: Session, call_id: str) -> CallHold | None:
    """The hold of a call; None where nobody was ever on hold."""
    return session.get(CallHold, call_id)


def held_since(session: Session, call_id: str) -> datetime | None:
    """Since when the customer of a call has been on hold, as the agent asked; None: they are not."""
    hold = hold_of(session, call_id)
    return hold.wanted_since if hold is not None and hold.is_wanted else None


def next_turn(parts: Parts, session: Session, call_id: str, now: datetime, *, is_wanted: bool) -> CallHold | None:
    """Note what is wanted from now on of a locked call, and ring for it; None where it is so already."""
    hold = hold_of(session, call_id)
    if (hold is not None and hold.is_wanted) == is_wanted:
        return None
    if hold is None:
        hold = CallHold(call_id=call_id, turn=0, done_turn=0, signal_before="")
        session.add(hold)
    hold.is_wanted, hold.wanted_since, hold.turn = is_wanted, now, hold.turn + 1
    session.flush()
    parts.queue.put_after_commit(session, QueueName.DIAL, job_names.CARRY_OUT_HOLD, call_id)
    return hold


def put_on_hold(parts: Parts, session: Session, call: Call, agent: Agent, now: datetime) -> None:
    """Let the customer of a locked call wait for its locked agent; the pacing is told."""
    hold = next_turn(parts, session, call.id, now, is_wanted=True)
    if hold is not None:
        hold.signal_before = agent.signal
        agents.note_signal(session, agent, ON_HOLD, now)


def take_back(parts: Parts, session: Session, call: Call, agent: Agent, now: datetime) -> None:
    """Let customer and agent hear each other again; the pacing is told what it had been told before."""
    hold = next_turn(parts, session, call.id, now, is_wanted=False)
    if hold is not None:
        agents.note_signal(session, agent, hold.signal_before or BACK, now)


def end(parts: Parts, session: Session, call_id: str, now: datetime) -> None:
    """Nobody is left who could take the customer back: let them hear again whoever is in the room."""
    next_turn(parts, session, call_id, now, is_wanted=False)


def signal_before(session: Session, call_id: str) -> str:
    """What the desk had told before the hold."""
    hold = hold_of(session, call_id)
    return hold.signal_before if hold is not None else ""


def keep_for_later(session: Session, call_id: str, signal: str) -> None:
    """Keep what the desk tells while the customer is on hold: it holds again once they are back."""
    hold = hold_of(session, call_id)
    if hold is not None:
        hold.signal_before = signal
