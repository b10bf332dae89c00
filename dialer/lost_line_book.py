"""The one door to the rows of lost lines: when one begins, and how it ended. What is done about one is `lost_lines`'.

A row is written under the locks of its call and its agent, in this order.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialer import hold_book, meetings, rooms
from dialer.call_states import CallStatus
from dialer.lost_line_rules import EndedLeg, LineStatus, is_lost, leaves_alone
from dialer.lost_line_tables import LostLine
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.ids import new_id

# However fast the clock, a phone needs some real time to be called again.
BACK_REAL_SECONDS = 6.0
# After these the customer is told something, which may be left to do.
TO_BE_TOLD = frozenset({LineStatus.GIVEN_UP, LineStatus.FOUND_NOBODY})


def open_of_call(session: Session, call_id: str) -> LostLine | None:
    """The line that a call has lost and that is not back; None where its agent is there."""
    return session.scalar(select(LostLine).where(LostLine.call_id == call_id, LostLine.ended_at.is_(None)))


def is_unsettled(session: Session, call_id: str) -> bool:
    """Whether something is still to be done about a line that this call has lost, so that nobody else ends the call."""
    found = select(LostLine.id).where(LostLine.call_id == call_id, LostLine.settled_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def lose(  # noqa: PLR0913, PLR0917 - the leg that ended, the call and the agent, all locked
    parts: Parts, session: Session, leg: Call, call: Call, agent: Agent, now: datetime
) -> LostLine | None:
    """A locked agent's leg has ended. The line that a locked call has lost by that; None: it has lost none.

    A customer who was talking is put on hold, where they are not. One who was still coming has heard nobody.
    """
    ended = EndedLeg(
        leg.to_number,
        leg.bridged_at is not None,
        CallStatus(call.status),
        bool(call.disposition),
        call.answered_by,
        meetings.have_met(session, call),
    )
    if not (is_lost(ended) or leaves_alone(ended)):
        return None
    patience = max(timedelta(seconds=parts.settings.agent_back_seconds), parts.clock.real_seconds(BACK_REAL_SECONDS))
    line = LostLine(
        id=new_id("lost"),
        call_id=call.id,
        agent_id=agent.id,
        leg_call_id=leg.id,
        room=rooms.room_of_leg(session, leg.id),
        status=LineStatus.LOST,
        lost_at=now,
        until=now + patience,
        was_on_hold=hold_book.held_since(session, call.id) is not None,
        is_promised=False,
    )
    session.add(line)
    session.flush()
    if ended.have_met:
        keep_on_hold(parts, session, line, call, agent, now)
    return line


def keep_on_hold(  # noqa: PLR0913, PLR0917 - the line, its call and its agent, all locked
    parts: Parts, session: Session, line: LostLine, call: Call, agent: Agent, now: datetime
) -> None:
    """The customer waits on hold, unless they did so before the line was lost."""
    if not line.was_on_hold:
        hold_book.put_on_hold(parts, session, call, agent, now)


def go_on(  # noqa: PLR0913, PLR0917 - the line, its call and its agent, all locked
    parts: Parts, session: Session, line: LostLine, call: Call, agent: Agent, now: datetime
) -> None:
    """The agent is back: the customer is, too, unless the agent had them on hold."""
    close(session, line, LineStatus.BACK, now)
    if not line.was_on_hold:
        hold_book.take_back(parts, session, call, agent, now)


def close(session: Session, line: LostLine, status: LineStatus, now: datetime) -> None:
    """An open line ends so. What is left to be done after it is for whoever settles it."""
    line.status, line.ended_at = status, now
    line.settled_at = None if status in TO_BE_TOLD else now
    session.flush()


def customer_left(session: Session, call_id: str, now: datetime) -> None:
    """A locked call with its locked agent has ended: nobody waits any more, and nobody is left to be told anything."""
    for line in session.scalars(select(LostLine).where(LostLine.call_id == call_id, LostLine.settled_at.is_(None))):
        if line.ended_at is None:
            close(session, line, LineStatus.CUSTOMER_LEFT, now)
        line.settled_at = now
    session.flush()


def lines_of(session: Session, call_id: str) -> list[LostLine]:
    """All losses of a call, the first one first."""
    return list(session.scalars(select(LostLine).where(LostLine.call_id == call_id).order_by(LostLine.lost_at)))
