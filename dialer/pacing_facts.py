"""Reads the rows that a pacing decision needs. No live counters: whatever is counted is counted here, now."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Campaign, CampaignStatus
from dialer.agent_states import AgentStatus
from dialer.call_states import DIALING
from dialer.pace import calls_in_flight
from dialer.pacing.policy import Line, PacingFacts, ReadyAgent
from dialer.tables import Agent, AgentLanguage, Call


def gather_facts(session: Session, campaign: Campaign, most_in_flight: int, now: datetime) -> PacingFacts:
    """The facts for one campaign at one moment."""
    ready = ready_agents(session)
    running = campaign.status == CampaignStatus.RUNNING
    return PacingFacts(
        campaign_id=campaign.id,
        is_running=running,
        ready=ready,
        dialing=lines_being_dialed(session) if ready else (),
        due=contact_queue.count_due(session, campaign.id, now, len(ready)) if running and ready else {},
        room=most_in_flight - calls_in_flight(session),
        dial_level=campaign.dial_level,
    )


def ready_agents(session: Session) -> tuple[ReadyAgent, ...]:
    """All agents who wait for a call, with their languages."""
    rows = session.execute(
        select(Agent.id, Agent.campaign_id, AgentLanguage.language)
        .join(AgentLanguage, AgentLanguage.agent_id == Agent.id)
        .where(Agent.status == AgentStatus.READY)
        .order_by(Agent.id)
    )
    languages: dict[tuple[str, str], set[str]] = defaultdict(set)
    for agent_id, campaign_id, language in rows:
        languages[agent_id, campaign_id].add(language)
    return tuple(
        ReadyAgent(agent_id, frozenset(spoken), campaign_id) for (agent_id, campaign_id), spoken in languages.items()
    )


def lines_being_dialed(session: Session) -> tuple[Line, ...]:
    """All calls to contacts that nobody has picked up yet."""
    rows = session.execute(
        select(Call.campaign_id, Call.language).where(Call.status.in_(sorted(DIALING)), Call.kind == "contact")
    )
    return tuple(Line(campaign_id or "", language) for campaign_id, language in rows)
