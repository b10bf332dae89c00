"""Reads the rows that a pacing decision needs. No live counters: whatever is counted is counted here, now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Campaign, CampaignStatus
from dialer import owners
from dialer.agent_states import AgentStatus
from dialer.call_states import DIALING, CallStatus
from dialer.pace import calls_in_flight
from dialer.pacing.matching import order_candidates
from dialer.pacing.policy import DialedLine, Line, PacingFacts, ReadyAgent
from dialer.tables import Agent, AgentLanguage, Call

UNKNOWN_MAY_RING = timedelta(seconds=90)

# Put together once: an answered person waits while they run.
_READY = (
    select(Agent.id, Agent.campaign_id, func.aggregate_strings(AgentLanguage.language, " "))
    .join(AgentLanguage, AgentLanguage.agent_id == Agent.id)
    .where(Agent.status == AgentStatus.READY)
    .group_by(Agent.id, Agent.campaign_id, Agent.ready_since)
    .order_by(Agent.ready_since, Agent.id)
)
_DIALED = (
    select(Call.campaign_id, Call.language, Call.id, Call.status, Call.placing_at, Call.ringing_at, Call.for_agent_id)
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


def gather_facts(session: Session, campaign: Campaign, most_in_flight: int, now: datetime) -> PacingFacts:
    """The facts for one campaign at one moment."""
    ready = ready_agents(session)
    running = campaign.status == CampaignStatus.RUNNING
    return PacingFacts(
        campaign_id=campaign.id,
        is_running=running,
        ready=ready,
        dialing=lines_being_dialed(session, now) if ready else (),
        due=_count_due(session, campaign, ready, now) if running and ready else {},
        room=most_in_flight - calls_in_flight(session),
        dial_level=campaign.dial_level,
    )


def _count_due(session: Session, campaign: Campaign, ready: tuple[ReadyAgent, ...], now: datetime) -> dict[str, int]:
    return contact_queue.count_due(session, campaign.id, now, len(ready), owners.terms_of(campaign, ready))


def candidates_for(session: Session, call: Call, now: datetime) -> list[str]:
    """The ids of the agents who could take an answered call, best first. A callback goes to its owner, if ready."""
    line = Line(call.campaign_id or "", call.language)
    others = _rows_being_dialed(session, now, call.id)
    candidates = order_candidates(
        ready_agents(session), line, (Line(row.campaign_id or "", row.language) for row in others)
    )
    return owners.owner_first(candidates, call.for_agent_id, {row.for_agent_id for row in others})


def ready_agents(session: Session) -> tuple[ReadyAgent, ...]:
    """All agents who wait for a call, with their languages, longest waiting first."""
    return tuple(
        ReadyAgent(agent_id, _spoken(languages), campaign_id)
        for agent_id, campaign_id, languages in session.execute(_READY)
    )


def lines_being_dialed(session: Session, now: datetime, *, but_not: str = "") -> tuple[DialedLine, ...]:
    """All calls to contacts that nobody has picked up yet. One of unknown outcome counts as long as it may ring."""
    return tuple(
        DialedLine(
            Line(campaign or "", language),
            call_id,
            age_seconds=_seconds(placing_at, now) or 0.0,
            ring_seconds=_seconds(ringing_at, now),
            is_queued=status == CallStatus.QUEUED,
        )
        for campaign, language, call_id, status, placing_at, ringing_at, _ in _rows_being_dialed(session, now, but_not)
    )


def _rows_being_dialed(session: Session, now: datetime, but_not: str) -> Sequence[Any]:
    return session.execute(_DIALED, {"may_ring_since": now - UNKNOWN_MAY_RING, "but_not": but_not}).all()


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, (now - since).total_seconds())


@lru_cache
def _spoken(languages: str) -> frozenset[str]:
    return frozenset(languages.split())
