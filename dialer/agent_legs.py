"""An agent's own leg: the call that parks the agent in a conference, alone, to wait for contacts."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, CampaignStatus
from dialer import agents, calls, job_names, live_transfers
from dialer.call_states import LIVE, CallStatus
from dialer.calls import Change
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.queue import QueueName

RING_TIMEOUT_SECONDS = 30
# What a browser is shown while no campaign has a number to show.
OWN_NAME = "client:halali"
# A phone that has just failed, as a browser does whose page is being loaded anew, is called again after so long: on the
# clock, and in real seconds.
REST = timedelta(seconds=5)
REST_REAL_SECONDS = 2.0


def call_agent_phone(parts: Parts, session: Session, agent: Agent, now: datetime) -> None:
    """Queue the call that parks a locked agent, unless one is under way or there is no number yet for it to show.

    The sweep asks again for whoever waits for their phone: it rings once a campaign brings a number.
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
            ring_timeout_seconds=RING_TIMEOUT_SECONDS,
            status=CallStatus.QUEUED,
            status_since=now,
            queued_at=now,
        ),
    )
    agents.expect_leg(agent, call.id)
    parts.queue.put_after_commit(session, QueueName.DIAL, job_names.PLACE_CALLS, [call.id])


def has_rested(parts: Parts, session: Session, agent: Agent, now: datetime) -> bool:
    """Whether the agent's phone did not fail just now."""
    if not agent.leg_failures:
        return True
    last = select(func.max(Call.ended_at)).where(Call.agent_id == agent.id, Call.kind == "agent")
    ended_at = session.scalar(last)
    return ended_at is None or ended_at <= now - max(REST, parts.clock.real_seconds(REST_REAL_SECONDS))


def is_parked(session: Session, agent: Agent) -> bool:
    """Whether the agent's leg is in its conference."""
    leg = session.get(Call, agent.leg_call_id) if agent.leg_call_id else None
    return leg is not None and leg.status == CallStatus.BRIDGED


def follow(parts: Parts, session: Session, change: Change, now: datetime) -> None:
    """What a leg's new status means for its agent."""
    leg = change.call
    assert leg.agent_id is not None
    if change.after is CallStatus.BRIDGED:
        agent = agents.lock_agent(session, leg.agent_id)
        agents.park(session, agent, leg.id, now)
        tell_agent(parts, session, agent)
    elif change.ended:
        _follow_lost_leg(parts, session, leg, now)


def _follow_lost_leg(parts: Parts, session: Session, leg: Call, now: datetime) -> None:
    assert leg.agent_id is not None
    agent = agents.lock_agent(session, leg.agent_id)
    was_parked = leg.bridged_at is not None
    talks_on = live_transfers.agent_left(parts, session, agent, leg.id, now)
    was_let_go = agent.leg_call_id != leg.id
    if agents.lose_leg(session, agent, leg.id, was_parked=was_parked, now=now):
        call_agent_phone(parts, session, agent, now)
    contact_call = session.get(Call, agent.current_call_id) if agent.current_call_id else None
    if contact_call is not None and contact_call.status in LIVE and not (talks_on or was_let_go):
        # The contact would be alone in the room.
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, contact_call.id)
    tell_agent(parts, session, agent)


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
