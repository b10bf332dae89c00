"""Reads what a forecast of a campaign rests on: its agents, who waits, and what its own past calls were like.

Where the past says too little, the figures of the pacing simulations stand in, and the answer says so.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import mean, pstdev

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, Contact, ContactStatus
from dialer import limits
from dialer.agent_states import BUSY, AgentStatus
from dialer.call_states import CallStatus
from dialer.forecast.world import Crew, World
from dialer.pacing.habits import Habits
from dialer.pacing.rates import scale_of
from dialer.pacing_facts import all_languages_of
from dialer.tables import Agent, AgentEvent, Call, PacingState

LOOK_BACK = timedelta(days=30)
ENOUGH_TALKS = 50
MOST_TALKS = 2000
MOST_LINES = 5000
# What ends sooner has not rung out: it was busy, or the number does not exist.
FAILS_WITHIN_SECONDS = 9.0
FIRST_HOUR = 9
NOBODY_WAITS = {"de": 1.0}


@dataclass(frozen=True)
class Known:
    """A world as far as the rows tell it. `learned` names what comes from past calls, `assumed` what does not."""

    world: World
    list_size: int
    learned: tuple[str, ...]
    assumed: tuple[str, ...]


def known_world(session: Session, campaign: Campaign, now: datetime, *, enough: int = ENOUGH_TALKS) -> Known:
    """The floor of a campaign as it is today. `enough` talks, and twice as many lines, are believed."""
    crews = _crews(session, campaign)
    waiting = _waiting(session, campaign)
    total = sum(waiting.values())
    world = World(
        crews=crews,
        shares={language: count / total for language, count in sorted(waiting.items())} if total else NOBODY_WAITS,
        ring_timeout=float(campaign.ring_timeout_seconds),
        grace=max(0.0, limits.standing_of(session, campaign, now).limit.answer_grace_seconds),
    )
    learned, assumed = [], []
    habits = _habits(session, campaign)
    lines = _lines(session, campaign, now)
    if len(lines) >= 2 * enough:
        world = replace(_as_lines_went(world, lines), swing=_swing(habits, world))
        learned += ["answer_rate"]
    else:
        assumed += ["answer_rate"]
    talks, wraps = _talks(session, campaign, now)
    if len(talks) >= enough:
        world = replace(world, talk_mean=mean(talks), talk_cv=max(0.1, pstdev(talks) / mean(talks)))
        world = replace(world, wrap_mean=max(1.0, mean(wraps)))
        learned += ["talk", "wrap_up"]
    else:
        assumed += ["talk", "wrap_up"]
    return Known(world, total, tuple(learned), tuple(assumed))


@dataclass(frozen=True)
class Fact:
    """What really came of a span of time: the same figures as a forecast's. None where nothing can be said yet."""

    agent_hours: float
    occupancy: float | None
    calls_per_agent_hour: float | None
    abandoned: float | None
    answered: int


def fact_since(session: Session, campaign: Campaign, since: datetime, now: datetime) -> Fact:
    """What the agents of a campaign did since then, and what became of its calls."""
    agent_ids = [agent.id for agent in _agents(session, campaign)]
    there, busy = _seconds_of(session, agent_ids, since, now)
    counted = session.execute(
        select(
            func.count(),
            func.count(Call.answered_at),
            func.count().filter(Call.status == CallStatus.ABANDONED),
        ).where(Call.campaign_id == campaign.id, Call.placing_at >= since, Call.placing_at <= now)
    ).one()
    placed, answered, abandoned = (int(number) for number in counted)
    hours = there / 3600
    return Fact(
        agent_hours=hours,
        occupancy=busy / there if there else None,
        calls_per_agent_hour=placed / hours if hours else None,
        abandoned=abandoned / answered if answered else None,
        answered=answered,
    )


def _seconds_of(session: Session, agent_ids: Sequence[str], since: datetime, now: datetime) -> tuple[float, float]:
    """Seconds that these agents were there for calls, and of those the ones at work, from their own history."""
    if not agent_ids:
        return 0.0, 0.0
    before = (
        select(func.max(AgentEvent.id))
        .where(AgentEvent.agent_id.in_(agent_ids), AgentEvent.at < since)
        .group_by(AgentEvent.agent_id)
    )
    rows = session.execute(
        select(AgentEvent.agent_id, AgentEvent.at, AgentEvent.to_status)
        .where(
            AgentEvent.agent_id.in_(agent_ids),
            AgentEvent.id.in_(before) | (AgentEvent.at >= since) & (AgentEvent.at <= now),
        )
        .order_by(AgentEvent.agent_id, AgentEvent.id)
    ).all()
    there = busy = 0.0
    for place, (agent_id, at, status) in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) and rows[place + 1][0] == agent_id else None
        end = following[1] if following is not None else now
        seconds = max(0.0, (end - max(at, since)).total_seconds())
        if status in BUSY:
            busy += seconds
        if status in BUSY or status == AgentStatus.READY:
            there += seconds
    return there, busy


def _agents(session: Session, campaign: Campaign) -> Sequence[Agent]:
    return session.scalars(select(Agent).where(Agent.campaign_id.in_(("", campaign.id))).order_by(Agent.id)).all()


def _crews(session: Session, campaign: Campaign) -> tuple[Crew, ...]:
    spoken = all_languages_of(session)
    crews = Counter(tuple(sorted(spoken.get(agent.id, ()))) for agent in _agents(session, campaign))
    return tuple(Crew(count, languages) for languages, count in sorted(crews.items()) if languages)


def _waiting(session: Session, campaign: Campaign) -> dict[str, int]:
    rows = session.execute(
        select(Contact.language, func.count())
        .where(Contact.campaign_id == campaign.id, Contact.status == ContactStatus.WAITING)
        .group_by(Contact.language)
    )
    return {language: count for language, count in rows}  # noqa: C416 - rows are no pairs to mypy


@dataclass(frozen=True)
class _Line:
    """One past call: seconds from asking the carrier to its answer or its end, and in which language."""

    seconds: float
    is_answered: bool
    was_given_up: bool
    language: str


def _lines(session: Session, campaign: Campaign, now: datetime) -> list[_Line]:
    """The latest calls, answered or not."""
    rows = session.execute(
        select(
            Call.placing_at,
            func.coalesce(Call.answered_at, Call.ended_at),
            Call.answered_at,
            Call.given_up_at,
            Call.language,
        )
        .where(
            Call.campaign_id == campaign.id,
            Call.ended_at > now - LOOK_BACK,
            Call.placing_at.is_not(None),
        )
        .order_by(Call.ended_at.desc())
        .limit(MOST_LINES)
    )
    return [
        _Line(
            max(0.1, (over_at - placing_at).total_seconds()),
            answered_at is not None,
            answered_at is None and given_up_at is not None,
            language,
        )
        for placing_at, over_at, answered_at, given_up_at, language in rows
        if placing_at is not None
    ]


def _as_lines_went(world: World, lines: Sequence[_Line]) -> World:
    """The laws of answering as these lines show them. Where nobody waits any more, their languages are the list's."""
    answered = [line.seconds for line in lines if line.is_answered]
    others = [line.seconds for line in lines if not line.is_answered and not line.was_given_up]
    quick = [seconds for seconds in others if seconds < FAILS_WITHIN_SECONDS]
    slow = [seconds for seconds in others if seconds >= FAILS_WITHIN_SECONDS]
    return replace(
        world,
        answer_rate=max(
            0.01, answered_in_the_end([(each.seconds, each.is_answered, each.was_given_up) for each in lines])
        ),
        ring_mean=mean(answered) if answered else world.ring_mean,
        ring_timeout=max([mean(slow)] if slow else [world.ring_timeout]),
        fails=len(quick) / len(others) if others else 0.0,
        fail_mean=max(0.5, mean(quick) - 0.5) if quick else world.fail_mean,
        shares=_shares_of(lines) if world.shares == NOBODY_WAITS else world.shares,
    )


def answered_in_the_end(lines: Sequence[tuple[float, bool, bool]]) -> float:
    """The share of lines that somebody answers if none is given up, from (seconds, is answered, was given up).

    A line that was given up says only that nobody had answered by then (Aalen and Johansen's estimate).
    """
    left, silent, answered = len(lines), 1.0, 0.0
    for _, is_answered, was_given_up in sorted(lines):
        if not was_given_up:
            answered += is_answered * silent / left
            silent -= silent / left
        left -= 1
    return answered


def _shares_of(lines: Sequence[_Line]) -> dict[str, float]:
    counts = Counter(line.language for line in lines)
    return {language: count / len(lines) for language, count in sorted(counts.items())}


def _habits(session: Session, campaign: Campaign) -> Habits:
    state = session.get(PacingState, campaign.id)
    return Habits.from_record(state.habits if state is not None else {})


def _swing(habits: Habits, world: World) -> tuple[float, ...]:
    hours = range(FIRST_HOUR, FIRST_HOUR + max(1, round(world.hours)))
    return tuple(scale_of(habits.segments.get(f"hour:{hour}", (0.0, 0.0))) for hour in hours)


def _talks(session: Session, campaign: Campaign, now: datetime) -> tuple[list[float], list[float]]:
    """Seconds of the latest talks, from the answer, since when an agent is at work, and of the wrap-ups after them."""
    rows = session.execute(
        select(Call.answered_at, Call.ended_at, Call.disposition_at)
        .where(
            Call.campaign_id == campaign.id,
            Call.answered_at > now - LOOK_BACK,
            Call.status == CallStatus.COMPLETED,
            Call.bridged_at.is_not(None),
            Call.ended_at.is_not(None),
        )
        .order_by(Call.answered_at.desc())
        .limit(MOST_TALKS)
    ).all()
    talks = [max(1.0, (ended - answered).total_seconds()) for answered, ended, _ in rows if answered and ended]
    wraps = [max(0.0, (said - ended).total_seconds()) for _, ended, said in rows if ended and said]
    return talks, wraps or [0.0]
