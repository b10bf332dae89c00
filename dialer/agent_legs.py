"""An agent's own leg: the call that parks the agent in a conference, alone, to wait for contacts.

One that is lost in a talk is called again into the same room; what becomes of that talk is `lost_lines`'.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, CampaignStatus
from dialer import agents, calls, job_names, live_transfers, lost_line_book, meetings, rooms
from dialer.call_states import LIVE, CallStatus
from dialer.calls import Change
from dialer.lost_line_rules import is_browser
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.queue import QueueName
from telephony.carrier import HangUp, Instruction, Park

RING_TIMEOUT_SECONDS = 30
# What a browser is shown while no campaign has a number to show.
OWN_NAME = "client:halali"
# A phone that has just failed, as a browser does whose page is being loaded anew, is called again after so long: on the
# clock, and in real seconds.
REST = timedelta(seconds=5)
REST_REAL_SECONDS = 2.0
# With a customer waiting, a page that is gone is not rung for long, and is rung again soon after.
BACK_RING_SECONDS = 8
BACK_REST = timedelta(seconds=1)
BACK_REST_REAL_SECONDS = 1.0


def call_agent_phone(parts: Parts, session: Session, agent: Agent, now: datetime, *, room: str = "") -> None:
    """Queue the call that parks a locked agent, unless one is under way or there is no number yet for it to show.

    `room` is where a customer waits for them; empty for a room of their own. The sweep asks again for whoever waits
    for their phone: it rings once a campaign brings a number.
    """
    shown = _number_to_show(session, agent)
    if agent.leg_call_id or not shown:
        return
    call = calls.queue_call(
        session,
        Call(
            id=calls.new_call_id(),
            kind="agent",
            agent_id=agent.id,
            to_number=agent.endpoint,
            from_number=shown,
            ring_timeout_seconds=BACK_RING_SECONDS if room else RING_TIMEOUT_SECONDS,
            status=CallStatus.QUEUED,
            status_since=now,
            queued_at=now,
        ),
    )
    agents.expect_leg(agent, call.id)
    if room:
        rooms.give_room(session, call.id, room, now)
    parts.queue.put_after_commit(session, QueueName.DIAL, job_names.PLACE_CALLS, [call.id])


def has_rested(parts: Parts, session: Session, agent: Agent, now: datetime) -> bool:
    """Whether the agent's phone did not fail just now."""
    if not agent.leg_failures:
        return True
    return _ended_before(session, agent, now - max(REST, parts.clock.real_seconds(REST_REAL_SECONDS)))


def may_be_called_back(parts: Parts, session: Session, agent: Agent, now: datetime) -> bool:
    """Whether the phone of an agent for whom a customer waits did not fail just now."""
    return _ended_before(session, agent, now - max(BACK_REST, parts.clock.real_seconds(BACK_REST_REAL_SECONDS)))


def _ended_before(session: Session, agent: Agent, moment: datetime) -> bool:
    last = select(func.max(Call.ended_at)).where(Call.agent_id == agent.id, Call.kind == "agent")
    ended_at = session.scalar(last)
    return ended_at is None or ended_at <= moment


def is_wanted(session: Session, leg: Call) -> bool:
    """Whether a leg is its agent's still: one that was let go must not ring, nor come into a room."""
    agent = session.get(Agent, leg.agent_id, populate_existing=True)
    return agent is not None and agent.leg_call_id == leg.id


def instruct(session: Session, leg: Call) -> Instruction:
    """What to do with a leg that was picked up. The room ends with a handset that is hung up, never with a page."""
    if not is_wanted(session, leg):
        return HangUp()
    return Park(rooms.room_of_leg(session, leg.id), leg.id, ends_room=not is_browser(leg.to_number))


def is_parked(session: Session, agent: Agent) -> bool:
    """Whether the agent's leg is in its conference."""
    leg = session.get(Call, agent.leg_call_id) if agent.leg_call_id else None
    return leg is not None and leg.status == CallStatus.BRIDGED


def follow(parts: Parts, session: Session, change: Change, now: datetime) -> None:
    """What a leg's new status means for its agent."""
    leg = change.call
    assert leg.agent_id is not None
    if change.after is CallStatus.BRIDGED:
        talk, agent = _lock_talk(session, leg.agent_id)
        agents.park(session, agent, leg.id, now)
        line = lost_line_book.open_of_call(session, talk.id) if talk is not None else None
        if talk is not None and line is not None and agent.leg_call_id == leg.id:
            parts.queue.put_after_commit(session, QueueName.DIAL, job_names.TEND_LINE, talk.id)
        tell_agent(parts, session, agent)
    elif change.ended:
        _follow_lost_leg(parts, session, leg, now)


def _lock_talk(session: Session, agent_id: str) -> tuple[Call | None, Agent]:
    """The agent's call, where it is live, and the agent, locked in the order of all steps."""
    seen = session.get(Agent, agent_id, populate_existing=True)
    call = calls.lock_call(session, seen.current_call_id) if seen is not None and seen.current_call_id else None
    agent = agents.lock_agent(session, agent_id)
    is_live = call is not None and call.status in LIVE and call.id == agent.current_call_id
    return (call if is_live else None), agent


def _follow_lost_leg(parts: Parts, session: Session, leg: Call, now: datetime) -> None:
    assert leg.agent_id is not None
    talk, agent = _lock_talk(session, leg.agent_id)
    was_parked = leg.bridged_at is not None
    talks_on = live_transfers.agent_left(parts, session, agent, leg, now)
    was_let_go = agent.leg_call_id != leg.id
    if agents.lose_leg(session, agent, leg.id, was_parked=was_parked, now=now):
        call_agent_phone(parts, session, agent, now)
    if talk is not None and not (talks_on or was_let_go):
        _see_to_customer(parts, session, leg, talk, agent, now)
    tell_agent(parts, session, agent)


def _see_to_customer(  # noqa: PLR0913, PLR0917 - the leg that ended, the call and the agent, all locked
    parts: Parts, session: Session, leg: Call, talk: Call, agent: Agent, now: datetime
) -> None:
    """The contact would be alone in the room: they wait for the agent, are told that nobody is there, or are let go."""
    if lost_line_book.is_unsettled(session, talk.id):
        return  # the phone that was called back has failed: the sweep calls it again once it has rested
    line = lost_line_book.lose(parts, session, leg, talk, agent, now)
    if line is None:
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, talk.id)
    elif not meetings.have_met(session, talk):  # whoever comes back does so for the next customer, in another room
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.TEND_LINE, talk.id)
    else:
        call_agent_phone(parts, session, agent, now, room=line.room)


def drop_unwanted_leg(parts: Parts, session: Session, agent: Agent) -> None:
    """Hang up the leg of an agent who has gone offline."""
    if agent.leg_call_id:
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, agent.leg_call_id)


def tell_agent(parts: Parts, session: Session, agent: Agent) -> None:
    """Tell the agent's desk and the board; a free agent wakes the ticker."""
    parts.live.publish_after_commit(session, f"agent:{agent.id}", status=agent.status, call_id=agent.current_call_id)
    parts.live.publish_after_commit(session, "board")
    parts.live.ring_after_commit(session, "tick")


def _number_to_show(session: Session, agent: Agent) -> str:
    """A caller number of ours that an agent's phone may see: the agent's campaign's, else any running one's."""
    query = select(Campaign.caller_number)
    if agent.campaign_id:
        query = query.where(Campaign.id == agent.campaign_id)
    running = session.scalar(query.where(Campaign.status == CampaignStatus.RUNNING).order_by(Campaign.id).limit(1))
    found = running or session.scalar(query.order_by(Campaign.created_at.desc()).limit(1))
    # A browser may be called in a client's name. Telephones need a number, which the first campaign brings.
    return found or (OWN_NAME if agent.endpoint.startswith("client:") else "")
