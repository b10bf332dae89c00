"""The one door to an agent's status: ready, paused, reserved, on a call, wrapping up, and the leg that parks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from dialer.agent_states import BUSY, AgentMove, AgentStatus, next_agent_status
from dialer.tables import Agent, AgentEvent, AgentLanguage, Call
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id

LANGUAGES = frozenset({"de", "fr", "it", "en"})
# After so many legs in a row that failed, a person has to look at the agent's phone.
LEG_FAILURES_TOLERATED = 3
# How the history marks what the desk told within a step of work.
SIGNAL = "signal:"


@dataclass(frozen=True)
class NewAgent:
    """An agent to add. `endpoint`: E.164, `client:name` or `sip:user@host`."""

    name: str
    endpoint: str
    languages: frozenset[str]
    campaign_id: str = ""


def add_agent(session: Session, new: NewAgent, now: datetime) -> Agent:
    """Add an agent, offline.

    Raises:
        Invalid: no name, no language, an unknown language, or an endpoint that no carrier can call.
    """
    if not new.name.strip():
        raise Invalid("An agent needs a name.")
    unknown = new.languages - LANGUAGES
    if unknown or not new.languages:
        raise Invalid("An agent needs at least one language of: %(choices)s.", choices=", ".join(sorted(LANGUAGES)))
    if not new.endpoint.startswith(("client:", "sip:", "+")):
        raise Invalid("An agent's phone is a number such as +41446681800, client:name or sip:user@host.")
    agent = Agent(
        id=new_id("agent"),
        name=new.name.strip(),
        endpoint=new.endpoint,
        campaign_id=new.campaign_id,
        status=AgentStatus.OFFLINE,
        status_since=now,
        created_at=now,
    )
    session.add(agent)
    session.flush()
    session.add_all(AgentLanguage(agent_id=agent.id, language=language) for language in sorted(new.languages))
    session.flush()
    return agent


def lock_agent(session: Session, agent_id: str) -> Agent:
    """The agent with its row locked, read afresh. Raises NotFound."""
    agent = session.get(Agent, agent_id, with_for_update=True, populate_existing=True)
    if agent is None:
        raise NotFound("There is no such agent.")
    return agent


def languages_of(session: Session, agent_id: str) -> list[str]:
    """The languages that an agent speaks, sorted."""
    found = session.scalars(select(AgentLanguage.language).where(AgentLanguage.agent_id == agent_id))
    return sorted(found)


def reserve_first(session: Session, candidates: Sequence[str], call: Call, now: datetime) -> Agent | None:
    """Reserve the first of `candidates` who is ready still; when all have just been taken, whoever waits longest.

    None when nobody who speaks the call's language is ready.
    """
    agent = next((found for each in candidates if (found := _if_still_ready(session, each))), None)
    if agent is None and call.campaign_id:
        # Only now wait for those whose rows are being changed at this moment.
        query = _ready_for(call.campaign_id, call.language).limit(1)
        agent = session.scalar(query.with_for_update(of=Agent).execution_options(populate_existing=True))
    if agent is None:
        return None
    _move(session, agent, AgentMove.RESERVE, now, call_id=call.id)
    agent.current_call_id = call.id
    return agent


def _if_still_ready(session: Session, agent_id: str) -> Agent | None:
    query = select(Agent).where(Agent.id == agent_id, Agent.status == AgentStatus.READY)
    return session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))


def has_ready(session: Session, campaign_id: str, language: str) -> bool:
    """Whether anybody is ready who could talk to a contact of this campaign in this language."""
    return session.scalar(_ready_for(campaign_id, language).with_only_columns(Agent.id).limit(1)) is not None


def is_ready(session: Session, agent_id: str) -> bool:
    """Whether this agent waits for a call."""
    found = select(Agent.id).where(Agent.id == agent_id, Agent.status == AgentStatus.READY)
    return session.scalar(found) is not None


def has_busy(session: Session, campaign_id: str, language: str) -> bool:
    """Whether anybody is at work now who will be ready afterwards and could talk to such a contact."""
    query = _speaking(campaign_id, language).where(Agent.status.in_(sorted(BUSY)), Agent.wants == AgentStatus.READY)
    return session.scalar(query.with_only_columns(Agent.id).limit(1)) is not None


def connect(session: Session, agent: Agent, call_id: str, now: datetime) -> None:
    """The contact is in the agent's conference."""
    if agent.current_call_id == call_id and agent.status == AgentStatus.RESERVED:
        _move(session, agent, AgentMove.CONNECT, now, call_id=call_id)


def note_signal(session: Session, agent: Agent, signal: str, now: datetime) -> bool:
    """Keep what the desk tells of where the agent's work stands; False where it tells nothing new.

    It begins a new part of the step, in the history too: the pacing learns how long each part lasts.
    """
    if AgentStatus(agent.status) not in {AgentStatus.ON_CALL, AgentStatus.WRAPPING_UP} or agent.signal == signal:
        return False
    agent.signal, agent.signal_at = signal, now
    session.add(
        AgentEvent(
            agent_id=agent.id,
            at=now,
            from_status=agent.status,
            to_status=agent.status,
            why=f"{SIGNAL}{signal}",
            call_id=agent.current_call_id,
        )
    )
    session.flush()
    return True


def release(session: Session, agent: Agent, call_id: str, now: datetime) -> None:
    """The contact went away before the bridge: back to the head of the line, as if nothing had been."""
    if agent.current_call_id != call_id or agent.status != AgentStatus.RESERVED:
        return
    waiting_since = agent.ready_since
    _move(session, agent, AgentMove.RELEASE, now, call_id=call_id)
    agent.ready_since = waiting_since
    agent.current_call_id = ""
    _go_where_wanted(session, agent, now)


def wrap_up(session: Session, agent: Agent, call_id: str, wrap_up_seconds: int, now: datetime) -> None:
    """The talk is over; the agent notes what came of it."""
    if agent.current_call_id != call_id or agent.status not in {AgentStatus.RESERVED, AgentStatus.ON_CALL}:
        return
    _move(session, agent, AgentMove.HANG_UP, now, call_id=call_id)
    agent.wrap_up_until = now + timedelta(seconds=wrap_up_seconds)


def finish_wrap_up(session: Session, agent: Agent, call_id: str, now: datetime) -> None:
    """The call has its disposition: on to ready, or to the pause or the end that the agent asked for."""
    if agent.current_call_id != call_id or agent.status not in {AgentStatus.WRAPPING_UP, AgentStatus.PAUSED}:
        return
    agent.current_call_id = ""
    agent.wrap_up_until = None
    if agent.status == AgentStatus.PAUSED:
        return  # the wrap-up was overrun: the agent says when to go on
    _go_where_wanted(session, agent, now)


def overrun_wrap_up(session: Session, agent: Agent, now: datetime) -> None:
    """Nothing was chosen in time: pause, so that no contact reaches an agent who is not there."""
    if agent.status == AgentStatus.WRAPPING_UP:
        _move(session, agent, AgentMove.PAUSE, now, why="wrap_up_overrun")
        agent.pause_reason = "wrap_up_overrun"
        # Otherwise a phone that comes back would make ready an agent who may have left.
        agent.wants, agent.wants_reason = AgentStatus.PAUSED, "wrap_up_overrun"
        agent.wrap_up_until = None


def go_ready(session: Session, agent: Agent, *, is_parked: bool, now: datetime) -> None:
    """Take calls from now on; without a parked leg, as soon as the leg is parked."""
    agent.wants, agent.wants_reason = AgentStatus.READY, ""
    if agent.status == AgentStatus.PAUSED and agent.current_call_id:
        agent.current_call_id = ""  # an overrun wrap-up: the call's own sweep sees to its disposition
    if agent.status in {AgentStatus.OFFLINE, AgentStatus.PAUSED} and is_parked:
        _enter_ready(session, agent, now)


def pause(session: Session, agent: Agent, reason: str, now: datetime) -> None:
    """Take no calls; during a call or its wrap-up, as soon as that is over. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("A pause needs a reason.")
    agent.wants, agent.wants_reason = AgentStatus.PAUSED, reason.strip()[:40]
    if AgentStatus(agent.status) not in BUSY:
        _go_where_wanted(session, agent, now)


def sign_off(session: Session, agent: Agent, now: datetime) -> None:
    """Go offline; during a call or its wrap-up, as soon as that is over."""
    agent.wants, agent.wants_reason = AgentStatus.OFFLINE, ""
    if AgentStatus(agent.status) not in BUSY:
        _go_where_wanted(session, agent, now)


def expect_leg(agent: Agent, call_id: str) -> None:
    """Note the call that is to park this agent. Raises Conflict while another one is."""
    if agent.leg_call_id:
        raise Conflict("The agent's phone is being called already.")
    agent.leg_call_id = call_id


def park(session: Session, agent: Agent, leg_call_id: str, now: datetime) -> None:
    """The agent's leg is in its conference."""
    if agent.leg_call_id != leg_call_id:
        return
    agent.leg_failures = 0
    if agent.wants == AgentStatus.READY and agent.status in {AgentStatus.OFFLINE, AgentStatus.PAUSED}:
        _enter_ready(session, agent, now)


def lose_leg(session: Session, agent: Agent, leg_call_id: str, *, was_parked: bool, now: datetime) -> bool:
    """The agent's leg has ended. Whether to call the agent's phone again at once, by the agent's own wish to be ready.

    One that was parked is; one that failed rests first, and the sweep calls it.
    """
    if agent.leg_call_id != leg_call_id:
        return False
    agent.leg_call_id = ""
    agent.leg_failures = 0 if was_parked else agent.leg_failures + 1
    if agent.status == AgentStatus.READY:
        _move(session, agent, AgentMove.LOSE_LEG, now)
        agent.ready_since = None
    if agent.wants != AgentStatus.READY or AgentStatus(agent.status) in BUSY:
        return False
    if agent.leg_failures >= LEG_FAILURES_TOLERATED:
        agent.leg_failures = 0
        pause(session, agent, "phone_unreachable", now)
        return False
    return was_parked


def let_go_of_leg(agent: Agent, leg_call_id: str) -> None:
    """This leg is the agent's no more, whatever becomes of it: the next contact comes to another one."""
    if agent.leg_call_id == leg_call_id:
        agent.leg_call_id = ""


def is_offline(agent: Agent) -> bool:
    """Whether the agent has signed off."""
    return agent.status == AgentStatus.OFFLINE and agent.wants != AgentStatus.READY


def needs_leg(agent: Agent) -> bool:
    """Whether this agent wants calls and has no phone to take them on."""
    return agent.wants == AgentStatus.READY and not agent.leg_call_id and AgentStatus(agent.status) not in BUSY


def _ready_for(campaign_id: str, language: str) -> Select[Agent]:
    ready = _speaking(campaign_id, language).where(Agent.status == AgentStatus.READY)
    return ready.order_by(Agent.ready_since, Agent.id)


def _speaking(campaign_id: str, language: str) -> Select[Agent]:
    return (
        select(Agent)
        .join(AgentLanguage, AgentLanguage.agent_id == Agent.id)
        .where(AgentLanguage.language == language, or_(Agent.campaign_id == "", Agent.campaign_id == campaign_id))
    )


def _go_where_wanted(session: Session, agent: Agent, now: datetime) -> None:
    """Carry out the wish that was kept for after the call; ready where there is none."""
    if agent.wants == AgentStatus.PAUSED:
        _move(session, agent, AgentMove.PAUSE, now, why=agent.wants_reason)
        agent.pause_reason = agent.wants_reason
    elif agent.wants == AgentStatus.OFFLINE:
        _move(session, agent, AgentMove.SIGN_OFF, now)
    elif not agent.leg_call_id:
        # No phone: offline until the leg, which is called again, is parked.
        _move(session, agent, AgentMove.SIGN_OFF, now)
    elif agent.status != AgentStatus.READY:
        _enter_ready(session, agent, now)
    if agent.status != AgentStatus.READY:
        agent.ready_since = None


def _enter_ready(session: Session, agent: Agent, now: datetime) -> None:
    _move(session, agent, AgentMove.GO_READY, now)
    agent.ready_since = now
    agent.pause_reason = ""
    agent.wrap_up_until = None


def _move(  # noqa: PLR0913 - each argument is one column of the history row
    session: Session, agent: Agent, what: AgentMove, now: datetime, *, call_id: str = "", why: str = ""
) -> None:
    before = AgentStatus(agent.status)
    after = next_agent_status(before, what)
    if after is None:
        return
    agent.status = after
    agent.status_since = now
    agent.signal, agent.signal_at = "", None
    session.add(
        AgentEvent(
            agent_id=agent.id, at=now, from_status=before, to_status=after, why=why or what.value, call_id=call_id
        )
    )
    session.flush()
