"""Hears missed bells: one patience for each state that can stick, and one function for each thing that can be stuck.

The sweep only narrows: every row is looked at again under its lock. Where the carrier has to be asked, that happens
between two transactions. Patience with people counts on the shared clock, patience with networks in real seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Contact, ContactStatus
from dialer import (
    agent_legs,
    agents,
    calls,
    drafts,
    endings,
    given_up,
    holds,
    job_names,
    leg_rounds,
    lifecycle,
    lost_line_book,
    lost_lines,
    meetings,
    previews,
    reconcile,
)
from dialer.agent_states import AgentStatus
from dialer.call_states import FINAL, LIVE, CallStatus, What
from dialer.tables import Agent, Call, ContactPreview
from dialer.wiring import Parts
from foundation.errors import Unavailable
from foundation.logs import get_logger
from foundation.queue import QueueName

log = get_logger(__name__)

MOST_AT_ONCE = 200
# A carrier that does not answer is asked again after a share of the time that we have waited already: less and less
# often, and yet soon after it is back.
UNANSWERED_SHARE = 0.25
SHORTEST_PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Patience:
    """How long a status may last before the sweep looks: `on_clock` for what people do, `real_seconds` for networks.

    The longer of the two counts, so that a fast rehearsal is as patient with the network as life is.
    """

    on_clock: timedelta
    real_seconds: float


PATIENCE: dict[CallStatus, Patience] = {
    CallStatus.QUEUED: Patience(timedelta(seconds=5), 5),
    CallStatus.PLACING: Patience(timedelta(seconds=45), 45),  # longer than the carrier's time-out and a slot's wait
    CallStatus.UNKNOWN: Patience(timedelta(seconds=15), 15),
    CallStatus.PLACED: Patience(timedelta(seconds=60), 10),
    CallStatus.RINGING: Patience(timedelta(seconds=90), 10),
    CallStatus.ANSWERED: Patience(timedelta(seconds=15), 5),
    CallStatus.ASKED: Patience(timedelta(seconds=60), 10),
    CallStatus.CONNECTING: Patience(timedelta(seconds=5), 3),
    CallStatus.SETTLING: Patience(timedelta(seconds=2), 2),
    CallStatus.BRIDGED: Patience(timedelta(minutes=10), 10),
}
UNDISPOSED_PATIENCE = Patience(timedelta(minutes=30), 60)
AGENT_PATIENCE = Patience(timedelta(seconds=15), 10)
# A machine listens to silence for long. But the carrier asks twice for a reply, fifteen seconds long each time: whoever
# is on the line later has had it. In real seconds as well, since a busy machine replies no faster on a fast clock.
WAS_IN_THE_ROOM = Patience(timedelta(seconds=35), 35)
CONTACT_PATIENCE = Patience(timedelta(minutes=5), 60)


def sweep_once(parts: Parts, now: datetime) -> int:
    """Look at everything that has lasted too long; how many things were looked at."""
    looked_at = 0
    for status in PATIENCE:
        for call_id in _overdue_calls(parts, status, now):
            looked_at += 1
            try:
                _look_at_call(parts, call_id, status, now)
            except Unavailable as error:
                log.warning("sweep_carrier_unavailable", call_id=call_id, error=str(error))
                _look_again_soon(parts, call_id, now)
            except Exception:  # one row that cannot be swept must not keep the others from it
                log.exception("sweep_of_call_failed", call_id=call_id)
                _look_again_later(parts, call_id, now)
    looked_at += _look_at_each(previews.to_settle(parts), lambda one: previews.settle(parts, one, now))
    looked_at += _look_at_each(
        given_up.blocked_lines(parts, now), lambda one: given_up.give_up_blocked(parts, one, now)
    )
    looked_at += _look_at_each(holds.to_carry_out(parts, now), lambda one: holds.carry_out(parts, one, now))
    looked_at += _look_at_each(lost_lines.to_look_at(parts, now), lambda one: lost_lines.look_at(parts, one, now))
    looked_at += leg_rounds.look_at_one(parts, now) + drafts.drop_old_drafts(parts, now)
    return looked_at + sweep_agents(parts, now) + sweep_undisposed(parts, now) + sweep_contacts(parts, now)


def _until(parts: Parts, patience: Patience, now: datetime) -> datetime:
    """Whatever has lasted since before this moment has outlasted the patience."""
    return now - max(patience.on_clock, parts.clock.real_seconds(patience.real_seconds))


def _overdue_calls(parts: Parts, status: CallStatus, now: datetime) -> list[str]:
    with parts.database.reading() as session:
        overdue = (
            select(Call.id)
            .where(
                Call.status == status,
                Call.status_since < _until(parts, PATIENCE[status], now),
                or_(Call.next_check_at.is_(None), Call.next_check_at <= now),
            )
            .order_by(Call.status_since)
            .limit(MOST_AT_ONCE)
        )
        return list(session.scalars(overdue))


def _look_at_call(parts: Parts, call_id: str, status: CallStatus, now: datetime) -> None:
    match status:
        case CallStatus.QUEUED:
            parts.queue.put(QueueName.DIAL, job_names.PLACE_CALLS, [call_id])
            _look_again_later(parts, call_id, now)
        case CallStatus.PLACING:
            _happen(parts, call_id, status, What.OUTCOME_UNKNOWN, now)
        case CallStatus.SETTLING:
            _settle(parts, call_id, now)
        case CallStatus.UNKNOWN:
            reconcile.settle_unknown(parts, call_id, now)
        case _:
            reconcile.ask_carrier(parts, call_id, now)


def _happen(parts: Parts, call_id: str, status: CallStatus, what: What, now: datetime) -> None:
    """Let something happen to a call that is still in the status it was found in."""
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is not None and call.status == status:
            lifecycle.what_follows(parts, session, calls.move(session, call, what, now), now)


def _settle(parts: Parts, call_id: str, now: datetime) -> None:
    """Decide about a call that ended on its way into the room, of which no news came.

    The agent is in the room already, so whoever stayed on the line for long after being sent there was in it too. Where
    news comes all the same, it wins: see `meetings`.
    """
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is None or call.status != CallStatus.SETTLING:
            return
        long_enough = max(WAS_IN_THE_ROOM.on_clock, parts.clock.real_seconds(WAS_IN_THE_ROOM.real_seconds))
        what = meetings.settled(session, call, long_enough, now)
        lifecycle.what_follows(parts, session, calls.move(session, call, what, now), now)


def _look_again_soon(parts: Parts, call_id: str, now: datetime) -> None:
    """The carrier did not answer: that was no look, and says nothing about the call."""
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is not None:
            pause = max((now - call.status_since) * UNANSWERED_SHARE, parts.clock.real_seconds(SHORTEST_PAUSE_SECONDS))
            call.next_check_at = now + min(pause, parts.clock.real_seconds(reconcile.LONGEST_CHECK_SECONDS))


def _look_again_later(parts: Parts, call_id: str, now: datetime) -> None:
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is not None:
            reconcile.note_check(parts, call, now)


# --- agents ----------------------------------------------------------------------------------------------------


def sweep_agents(parts: Parts, now: datetime) -> int:
    """Agents whose wrap-up is over time, whose call is over, or whose phone should be parked or let go."""
    with parts.database.reading() as session:
        stuck = _until(parts, AGENT_PATIENCE, now)
        overdue = select(Agent.id).where(
            or_(
                (Agent.status == AgentStatus.WRAPPING_UP) & (Agent.wrap_up_until < now),
                Agent.status.in_([AgentStatus.RESERVED, AgentStatus.ON_CALL]) & (Agent.status_since < stuck),
                (Agent.wants == AgentStatus.READY) & (Agent.leg_call_id == ""),
                (Agent.leg_call_id != "") & (Agent.status_since < stuck) & (Agent.status != AgentStatus.READY),
            )
        )
        agent_ids = list(session.scalars(overdue))
    return _look_at_each(agent_ids, lambda agent_id: _look_at_agent(parts, agent_id, now))


def _look_at_agent(parts: Parts, agent_id: str, now: datetime) -> None:
    with parts.database.transaction(relaxed=True) as session:
        _put_agent_right(parts, session, agents.lock_agent(session, agent_id), now)


def _put_agent_right(parts: Parts, session: Session, agent: Agent, now: datetime) -> None:
    before = (agent.status, agent.leg_call_id)
    if agent.status == AgentStatus.WRAPPING_UP and agent.wrap_up_until and agent.wrap_up_until < now:
        agents.overrun_wrap_up(session, agent, now)
    if agent.status in {AgentStatus.RESERVED, AgentStatus.ON_CALL}:
        call = session.get(Call, agent.current_call_id)
        if call is None or call.status in FINAL:
            agents.release(session, agent, agent.current_call_id, now)
            agents.wrap_up(session, agent, agent.current_call_id, 0, now)
        elif lost_line_book.is_unsettled(session, call.id):
            pass  # the customer waits for this agent, or is told that it was in vain: `lost_lines` sees to it
        elif call.disposition or call.answered_by in {"machine", "fax"} or not agent.leg_call_id:
            # It should be over: the job that ends it was lost, or the carrier was away.
            parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, call.id)
    leg = session.get(Call, agent.leg_call_id) if agent.leg_call_id else None
    if leg is not None and leg.status in FINAL:
        agents.lose_leg(session, agent, leg.id, was_parked=leg.bridged_at is not None, now=now)
    if leg is not None and leg.status == CallStatus.BRIDGED and agents.is_offline(agent):
        agent_legs.drop_unwanted_leg(parts, session, agent)
    if agents.needs_leg(agent) and agent_legs.has_rested(parts, session, agent, now):
        agent_legs.call_agent_phone(parts, session, agent, now)
    if before != (agent.status, agent.leg_call_id):
        agent_legs.tell_agent(parts, session, agent)


# --- contacts ----------------------------------------------------------------------------------------------------


def sweep_undisposed(parts: Parts, now: datetime) -> int:
    """Talks of which nobody ever said what came of them: the contact is done, and figures show it."""
    with parts.database.reading() as session:
        forgotten = select(Call.id).where(
            Call.kind == "contact",
            Call.status == CallStatus.COMPLETED,
            Call.disposition == "",
            Call.ended_at < _until(parts, UNDISPOSED_PATIENCE, now),
        )
        call_ids = list(session.scalars(forgotten.limit(MOST_AT_ONCE)))
    return _look_at_each(call_ids, lambda call_id: _close_undisposed(parts, call_id, now))


def _close_undisposed(parts: Parts, call_id: str, now: datetime) -> None:
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is None or call.disposition or call.contact_id is None:
            return
        call.disposition, call.disposition_at = endings.NO_DISPOSITION, now
        drafts.take_over(session, call)
        if call.agent_id:
            agent = agents.lock_agent(session, call.agent_id)
            agents.finish_wrap_up(session, agent, call.id, now)
            agent_legs.tell_agent(parts, session, agent)
        contact_queue.finish(
            session, call.contact_id, outcome=endings.NO_DISPOSITION, now=now, call_id=call.id, attempted=True
        )


def sweep_contacts(parts: Parts, now: datetime) -> int:
    """Contacts out of line although none of their calls is live or waits for a disposition."""
    with parts.database.reading() as session:
        contact_ids = list(session.scalars(_lost_contacts(parts, now).limit(MOST_AT_ONCE)))
    return _look_at_each(contact_ids, lambda contact_id: look_at_contact(parts, contact_id, now))


def look_at_contact(parts: Parts, contact_id: str, now: datetime) -> None:
    """Put one contact back if it is lost still: another ticker may have done so, and it may be dialed again already."""
    with parts.database.transaction(relaxed=True) as session:
        still = _lost_contacts(parts, now).where(Contact.id == contact_id).with_for_update(of=Contact)
        if session.scalar(still) is None:
            return
        last = session.scalar(
            select(Call).where(Call.contact_id == contact_id).order_by(Call.attempt_number.desc()).limit(1)
        )
        log.warning("contact_was_lost", contact_id=contact_id, call_id=last.id if last else "")
        endings.put_back_lost(session, contact_id, last, now)


def _lost_contacts(parts: Parts, now: datetime) -> Select[str]:
    held_by = select(Call.id).where(
        Call.contact_id == Contact.id,
        or_(Call.status.in_(sorted(LIVE)), (Call.status == CallStatus.COMPLETED) & (Call.disposition == "")),
    )
    looked_at = select(ContactPreview.id).where(
        ContactPreview.contact_id == Contact.id, ContactPreview.ended_at.is_(None)
    )
    return select(Contact.id).where(
        Contact.status.in_([ContactStatus.RESERVED, ContactStatus.FENCED]),
        Contact.status_since < _until(parts, CONTACT_PATIENCE, now),
        ~held_by.exists(),
        ~looked_at.exists(),
    )


def _look_at_each(row_ids: Sequence[str], look: Callable[[str], None]) -> int:
    """Look at rows one by one; one that cannot be swept must not keep the others from it. How many there were."""
    for row_id in row_ids:
        try:
            look(row_id)
        except Exception:
            log.exception("sweep_of_row_failed", row_id=row_id)
    return len(row_ids)
