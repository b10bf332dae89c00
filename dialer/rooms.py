"""Which conference a call belongs in. A room is named after the leg that opened it; a leg that was called because that
one was lost joins the same room, and so on: a room has one line of legs, all of one agent.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialer.lost_line_tables import LegRoom, LostLine
from dialer.tables import Agent, Call
from dialer.transfer_tables import LiveTransfer


def room_of_leg(session: Session, leg_id: str) -> str:
    """The room of an agent's leg; empty for no leg."""
    given = session.get(LegRoom, leg_id) if leg_id else None
    return given.room if given is not None else leg_id


def leg_of_room(session: Session, room: str) -> str:
    """The last leg that was called for a room."""
    newest = select(LegRoom.leg_call_id).where(LegRoom.room == room).order_by(LegRoom.given_at.desc()).limit(1)
    return session.scalar(newest) or room


def give_room(session: Session, leg_id: str, room: str, now: datetime) -> None:
    """Let a leg that is yet to be placed join this room instead of one of its own."""
    session.add(LegRoom(leg_call_id=leg_id, room=room, given_at=now))
    session.flush()


def room_of(session: Session, call: Call) -> str:
    """The conference that a call belongs in; empty when its agent has no phone any more."""
    if call.kind == "agent":
        return room_of_leg(session, call.id)
    if call.kind == "partner":
        found = select(LiveTransfer.room).where(LiveTransfer.partner_call_id == call.id)
        return session.scalar(found) or ""
    given = select(LiveTransfer.room).where(LiveTransfer.call_id == call.id)
    waiting = select(LostLine.room).where(LostLine.call_id == call.id, LostLine.ended_at.is_(None))
    if room := session.scalar(given) or session.scalar(waiting):
        return room
    agent = session.get(Agent, call.agent_id) if call.agent_id else None
    return room_of_leg(session, agent.leg_call_id) if agent is not None else ""
