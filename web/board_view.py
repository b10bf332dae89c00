"""What happens now, for the board and the API: agents with their states, calls in the air, the day so far."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, CampaignStatus
from dialer.agent_states import AgentStatus
from dialer.call_states import IN_FLIGHT, CallStatus
from dialer.modes import PacingSeen, look_at_pacing
from dialer.steering import DIALS_AHEAD
from dialer.tables import Agent, AgentLanguage, Call
from web.language import OFFICE_TIME_ZONE

# In this order on the board: who talks, who is free, who is not there.
STATUS_ORDER = (
    AgentStatus.ON_CALL,
    AgentStatus.RESERVED,
    AgentStatus.READY,
    AgentStatus.WRAPPING_UP,
    AgentStatus.PAUSED,
    AgentStatus.OFFLINE,
)
_ANSWERED = frozenset(
    {CallStatus.COMPLETED, CallStatus.BRIDGED, CallStatus.ABANDONED, CallStatus.HUNG_UP_BEFORE_BRIDGE}
)


@dataclass(frozen=True)
class AgentNow:
    """One agent with languages and the campaign of the call on the line."""

    agent: Agent
    languages: tuple[str, ...]
    campaign_name: str


@dataclass(frozen=True)
class Today:
    """The day so far, by the office's clock. `abandoned` are people who answered and heard no agent."""

    placed: int
    answered: int
    bridged: int
    abandoned: int
    qualified: int


@dataclass(frozen=True)
class Board:
    """What happens now."""

    agents: list[AgentNow]
    agents_by_status: dict[str, int]
    calls_by_status: dict[str, int]
    running: list[Campaign]
    pacing: dict[str, PacingSeen]  # of the running campaigns that dial ahead of agents, by id
    today: Today


def look_at_board(session: Session, now: datetime) -> Board:
    """The board as of now."""
    agents = _agents(session)
    by_status = {status.value: 0 for status in STATUS_ORDER}
    for one in agents:
        by_status[one.agent.status] += 1
    calls = session.execute(
        select(Call.status, func.count().label("calls"))
        .where(Call.status.in_(IN_FLIGHT), Call.kind == "contact")
        .group_by(Call.status)
    )
    running = session.scalars(select(Campaign).where(Campaign.status == CampaignStatus.RUNNING).order_by(Campaign.id))
    campaigns = list(running)
    ahead = [campaign for campaign in campaigns if campaign.pacing_mode in DIALS_AHEAD]
    return Board(
        agents,
        by_status,
        {row.status: row.calls for row in calls},
        campaigns,
        {campaign.id: look_at_pacing(session, campaign, now) for campaign in ahead},
        _today(session, now),
    )


def _agents(session: Session) -> list[AgentNow]:
    languages: dict[str, list[str]] = {}
    for agent_id, language in session.execute(select(AgentLanguage.agent_id, AgentLanguage.language)):
        languages.setdefault(agent_id, []).append(language)
    rows = session.execute(
        select(Agent, Campaign.name)
        .outerjoin(Call, Call.id == Agent.current_call_id)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
    )
    now = [AgentNow(agent, tuple(sorted(languages.get(agent.id, []))), name or "") for agent, name in rows]
    now.sort(key=lambda one: (STATUS_ORDER.index(AgentStatus(one.agent.status)), one.agent.status_since, one.agent.id))
    return now


def _today(session: Session, now: datetime) -> Today:
    midnight = datetime.combine(now.astimezone(OFFICE_TIME_ZONE).date(), time(), OFFICE_TIME_ZONE)
    rows = session.execute(
        select(Call.status, Call.disposition, func.count())
        .where(Call.kind == "contact", Call.placed_at >= midnight)
        .group_by(Call.status, Call.disposition)
    )
    counted = [(CallStatus(status), disposition, count) for status, disposition, count in rows]
    return Today(
        placed=sum(count for _, _, count in counted),
        answered=sum(count for status, _, count in counted if status in _ANSWERED),
        bridged=sum(count for status, _, count in counted if status in {CallStatus.COMPLETED, CallStatus.BRIDGED}),
        abandoned=sum(count for status, _, count in counted if status is CallStatus.ABANDONED),
        qualified=sum(count for _, disposition, count in counted if disposition == "qualified"),
    )
