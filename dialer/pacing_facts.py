"""Reads the rows that a pacing decision needs. No live counters: whatever is counted is counted here, now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Campaign, CampaignStatus, Contact
from dialer import learning, limits, owners
from dialer.agent_states import BUSY, AgentStatus
from dialer.call_states import DIALING, CallStatus
from dialer.pace import calls_in_flight
from dialer.pacing import POLICIES
from dialer.pacing.matching import order_candidates
from dialer.pacing.policy import BusyAgent, DialedLine, Line, PacingFacts, PacingPolicy, ReadyAgent
from dialer.steering import DIALS_AHEAD, Steering
from dialer.tables import Agent, AgentLanguage, Call, ContactPreview

UNKNOWN_MAY_RING = timedelta(seconds=90)
MOST_LINES_PER_AGENT = 8
MOST_LINES_WITHOUT_AGENTS = 200
# Hours of the day are told apart where most centres are; they only name what is alike.
_COUNTED_BY = ZoneInfo("Europe/Zurich")

# Put together once: an answered person waits while they run.
_READY = (
    select(Agent.id, Agent.campaign_id, func.aggregate_strings(AgentLanguage.language, " "))
    .join(AgentLanguage, AgentLanguage.agent_id == Agent.id)
    .where(Agent.status == AgentStatus.READY)
    .group_by(Agent.id, Agent.campaign_id, Agent.ready_since)
    .order_by(Agent.ready_since, Agent.id)
)
_BUSY = (
    select(
        Agent.id,
        Agent.campaign_id,
        func.aggregate_strings(AgentLanguage.language, " "),
        Agent.status,
        Agent.signal,
        func.coalesce(Agent.signal_at, Agent.status_since),
    )
    .join(AgentLanguage, AgentLanguage.agent_id == Agent.id)
    .where(Agent.status.in_(sorted(BUSY)), Agent.wants == AgentStatus.READY)
    .group_by(
        Agent.id, Agent.campaign_id, Agent.status, Agent.signal, func.coalesce(Agent.signal_at, Agent.status_since)
    )
    .order_by(Agent.id)
)
_DIALED = (
    select(
        Call.campaign_id,
        Call.language,
        Call.id,
        Call.status,
        Call.queued_at,
        Call.placing_at,
        Call.ringing_at,
        Call.given_up_at,
        Call.for_agent_id,
        Call.keeps_agent,
        Contact.number_kind,
        Campaign.pacing_mode,
    )
    .join(Contact, Contact.id == Call.contact_id)
    .join(Campaign, Campaign.id == Call.campaign_id)
    .where(
        or_(
            Call.status.in_(sorted(DIALING)),
            (Call.status == CallStatus.UNKNOWN) & (Call.status_since > bindparam("may_ring_since")),
        ),
        Call.kind == "contact",
        Call.id != bindparam("but_not"),
    )
    .order_by(Call.queued_at, Call.id)
)


_LOOKED_AT = (
    select(ContactPreview.campaign_id, ContactPreview.language, ContactPreview.agent_id)
    .where(ContactPreview.ended_at.is_(None))
    .order_by(ContactPreview.agent_id)
)


@dataclass(frozen=True)
class CarrierState:
    """What the carrier takes: lines at once, calls a second, and the moment of its next free slot."""

    most_in_flight: int
    calls_per_second: float
    next_slot_at: datetime


def gather_facts(
    session: Session, campaign: Campaign, carrier: CarrierState, now: datetime, steering: Steering | None = None
) -> PacingFacts:
    """The facts for one campaign at one moment. `steering` goes with policies that dial ahead of agents."""
    policy = POLICIES[campaign.pacing_mode]
    ready = ready_agents(session)
    busy = busy_agents(session, now) if policy.name in DIALS_AHEAD else ()
    running = campaign.status == CampaignStatus.RUNNING
    wanted = bool(ready or busy) or not policy.needs_agents
    most = _most_due(policy, ready, busy)
    facts = PacingFacts(
        campaign_id=campaign.id,
        is_running=running,
        ready=ready,
        dialing=lines_being_dialed(session, now) if wanted and steering is None else (),
        due=_due(session, campaign, (ready, most), steering, now) if running and wanted else {},
        room=carrier.most_in_flight - calls_in_flight(session),
        dial_level=campaign.dial_level,
        busy=busy,
        calls_per_second=carrier.calls_per_second,
        carrier_delay_seconds=max(0.0, (carrier.next_slot_at - now).total_seconds()),
    )
    if steering is None and not policy.needs_agents:
        return replace(facts, limit=limits.standing_of(session, campaign, now).limit)
    if steering is None:
        return facts
    rows = _rows_being_dialed(session, now) if wanted else []
    return replace(
        facts,
        # Whoever has answered and has no agent yet is no line any more.
        dialing=(
            *(_line_of(row, now) for row in rows if row.status != CallStatus.ANSWERED),
            *(_lines_looked_at(session) if wanted else ()),
        ),
        waiting=tuple(Line(row.campaign_id or "", row.language) for row in rows if row.status == CallStatus.ANSWERED),
        segments=learning.segments_of(now, "", "", _COUNTED_BY)[:1],
        limit=steering.standing.limit,
        account=steering.standing.account,
        brake=steering.brake,
        brake_why=steering.brake_why,
        habits=steering.habits,
        nerve=steering.nerve,
        waiting_by_language=steering.waiting,
        talks_today={language: counts.connected for language, counts in steering.standing.today.items()},
    )


def _most_due(policy: PacingPolicy, ready: Sequence[ReadyAgent], busy: Sequence[BusyAgent]) -> int:
    """How far counting what is due is of use."""
    if not policy.needs_agents:
        return MOST_LINES_WITHOUT_AGENTS
    return len(ready) if policy.name not in DIALS_AHEAD else MOST_LINES_PER_AGENT * (len(ready) + len(busy))


def _due(
    session: Session,
    campaign: Campaign,
    terms: tuple[tuple[ReadyAgent, ...], int],
    steering: Steering | None,
    now: datetime,
) -> Mapping[str, int]:
    if steering is not None and steering.due is not None:
        return steering.due
    ready, most = terms
    return contact_queue.count_due(session, campaign.id, now, most, owners.terms_of(campaign, ready))


def candidates_for(session: Session, call: Call, now: datetime) -> list[str]:
    """The ids of the agents who could take an answered call, best first. A callback goes to its owner, if ready.

    Who is kept for another call does not take this one; who only looks at a contact takes it before nobody does.
    """
    line = Line(call.campaign_id or "", call.language)
    others = _rows_being_dialed(session, now, call.id)
    kept = {row.for_agent_id for row in others if row.keeps_agent} - {call.for_agent_id}
    ready = [agent for agent in ready_agents(session) if agent.agent_id not in kept]
    unkept = (Line(row.campaign_id or "", row.language) for row in others if not row.keeps_agent)
    candidates = order_candidates(ready, line, unkept)
    looking = {row.agent_id for row in session.execute(_LOOKED_AT)}
    return owners.owner_first(candidates, call.for_agent_id, {row.for_agent_id for row in others} | looking)


def free_agents(session: Session, ready: Sequence[ReadyAgent], now: datetime) -> frozenset[str]:
    """Those of the ready agents who neither look at a contact nor are kept for a call that is being dialed."""
    taken = {row.agent_id for row in session.execute(_LOOKED_AT)}
    taken |= {row.for_agent_id for row in _rows_being_dialed(session, now) if row.keeps_agent}
    return frozenset(agent.agent_id for agent in ready) - taken


def ready_agents(session: Session) -> tuple[ReadyAgent, ...]:
    """All agents who wait for a call, with their languages, longest waiting first."""
    return tuple(
        ReadyAgent(agent_id, _spoken(languages), campaign_id)
        for agent_id, campaign_id, languages in session.execute(_READY)
    )


def all_languages_of(session: Session) -> dict[str, tuple[str, ...]]:
    """The languages of every agent, by the agent's id."""
    spoken: dict[str, tuple[str, ...]] = {}
    for agent_id, language in session.execute(
        select(AgentLanguage.agent_id, AgentLanguage.language).order_by(AgentLanguage.agent_id, AgentLanguage.language)
    ):
        spoken[agent_id] = (*spoken.get(agent_id, ()), language)
    return spoken


def busy_agents(session: Session, now: datetime) -> tuple[BusyAgent, ...]:
    """Agents at work who will be ready after it, with the step of it and how long that lasts."""
    return tuple(
        BusyAgent(
            agent_id, _spoken(languages), learning.step_name(status, signal), _seconds(since, now) or 0.0, campaign_id
        )
        for agent_id, campaign_id, languages, status, signal, since in session.execute(_BUSY)
    )


def lines_being_dialed(session: Session, now: datetime, *, but_not: str = "") -> tuple[DialedLine, ...]:
    """All calls to contacts that nobody has picked up yet, and the contacts that agents look at before dialing.

    One of unknown outcome counts as long as it may ring.
    """
    called = tuple(_line_of(row, now) for row in _rows_being_dialed(session, now, but_not))
    return called + _lines_looked_at(session)


def _lines_looked_at(session: Session) -> tuple[DialedLine, ...]:
    rows = session.execute(_LOOKED_AT)
    return tuple(DialedLine(Line(row.campaign_id, row.language), is_promised=True) for row in rows)


def _rows_being_dialed(session: Session, now: datetime, but_not: str = "") -> Sequence[Any]:
    return session.execute(_DIALED, {"may_ring_since": now - UNKNOWN_MAY_RING, "but_not": but_not}).all()


def _line_of(row: Any, now: datetime) -> DialedLine:
    return DialedLine(
        Line(row.campaign_id or "", row.language),
        row.id,
        age_seconds=_seconds(row.placing_at, now) or 0.0,
        # What was given up may still be answered, and is not to be given up again.
        ring_seconds=None if row.given_up_at is not None else _seconds(row.ringing_at, now),
        segments=learning.segments_of(row.placing_at or row.queued_at, row.language, row.number_kind, _COUNTED_BY),
        is_promised=row.keeps_agent or row.pacing_mode not in DIALS_AHEAD,
        is_queued=row.status == CallStatus.QUEUED,
    )


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, (now - since).total_seconds())


@lru_cache
def _spoken(languages: str) -> frozenset[str]:
    return frozenset(languages.split())
