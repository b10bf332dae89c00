"""Reads what became of lines and of agents' work since the last look, and lets the pacing learn from it.

What was learned is kept in the campaign's own row together with how far it got, in one transaction: whichever ticker
looks next goes on from there, and nothing is learned twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, Contact
from dialer.agent_states import AgentStatus
from dialer.agents import SIGNAL
from dialer.call_states import CallStatus
from dialer.pacing import nerve
from dialer.pacing.habits import AWAY, READY, Habits, LineOutcome, StepOutcome
from dialer.pacing.lessons import learn
from dialer.pacing.policy import Account, Limit
from dialer.tables import AgentEvent, Call, PacingState

# Transactions that wrote something may still be open: what is younger is left for the next look.
_COUNTED_BY = ZoneInfo("Europe/Zurich")
SETTLES_AFTER = timedelta(seconds=3)
# Often enough: one more minute changes little, and each new record costs the tables that are made from it.
LEARNS_EVERY = timedelta(seconds=60)
MOST_AT_ONCE = 2000
# What lies further back than this when a campaign is first paced is not worth reading.
FIRST_LOOK_BACK = timedelta(days=7)

_STEPS = {
    AgentStatus.RESERVED: "reserved",
    AgentStatus.ON_CALL: "talking",
    AgentStatus.WRAPPING_UP: "wrapping_up",
}


def step_name(status: str, signal: str = "") -> str:
    """The pacing's name of a step of work, with the signal that the desk has given in it; empty for no work."""
    step = _STEPS.get(AgentStatus(status), "")
    return f"{step}+{signal}" if step and signal else step


def state_of(session: Session, campaign_id: str, now: datetime) -> PacingState:
    """The campaign's row, made when it is first paced. Whoever writes it holds the campaign's lease."""
    state = session.get(PacingState, campaign_id)
    if state is None:
        earlier = session.scalar(select(func.max(AgentEvent.id)).where(AgentEvent.at < now - FIRST_LOOK_BACK))
        state = PacingState(
            campaign_id=campaign_id,
            habits={},
            nerve=0.0,
            lines_until=now - FIRST_LOOK_BACK,
            steps_until=earlier or 0,
            brake="off",
            brake_reasons=[],
            is_trusted=False,
        )
        session.add(state)
        session.flush()
    return state


def learn_from_rows(
    session: Session, campaign: Campaign, state: PacingState, terms: tuple[Limit, Account], now: datetime
) -> Habits:
    """What is known now. `terms`: the limit and the account that the nerve is steered by."""
    before = known_habits(state)
    until = now - SETTLES_AFTER
    if until - state.lines_until < LEARNS_EVERY:
        return before
    calls = _calls_over(session, campaign.id, state.lines_until, until)
    steps, last_step = _steps_over(session, state.steps_until, until)
    minutes = (until - state.lines_until).total_seconds() / 60
    if len(calls) == MOST_AT_ONCE:
        until = max(_over_at(call) for call, _ in calls)
    state.lines_until, state.steps_until = until, last_step
    if not calls and not steps:
        return _remember(state, before)  # a quiet night costs no knowledge
    known = learn(before, [_line_outcome(call, kind, _COUNTED_BY) for call, kind in calls], steps, min(minutes, 60.0))
    limit, account = terms
    for call, _ in calls:
        if call.answered_at is not None:
            abandoned = call.status == CallStatus.ABANDONED
            state.nerve = nerve.steer(state.nerve, limit, account, was_abandoned=abandoned)
    state.habits, state.is_trusted = known.to_record(), known.is_trusted
    _remember(state, known)
    return known


def known_habits(state: PacingState) -> Habits:
    """The row's record as a value; the same value for the same record, so that tables made from it are kept."""
    kept = _known.get(state.campaign_id)
    if kept is None or kept[0] != (state.lines_until, state.steps_until):
        return _remember(state, Habits.from_record(state.habits))
    return kept[1]


# Not state: what is not here is read from the row.
_known: dict[str, tuple[tuple[datetime, int], Habits]] = {}
_MOST_KNOWN = 64


def _remember(state: PacingState, habits: Habits) -> Habits:
    while len(_known) >= _MOST_KNOWN:
        _known.pop(next(iter(_known)))
    _known[state.campaign_id] = ((state.lines_until, state.steps_until), habits)
    return habits


def segments_of(moment: datetime, language: str, number_kind: str, zone: ZoneInfo) -> tuple[str, ...]:
    """What a line's chance of an answer depends on."""
    return (f"hour:{moment.astimezone(zone).hour}", f"language:{language}", f"type:{number_kind}")


def _calls_over(session: Session, campaign_id: str, after: datetime, until: datetime) -> list[tuple[Call, str]]:
    """Calls that were answered, or ended unanswered, in that time, with their number's kind; the earliest first."""
    over_at = func.coalesce(Call.answered_at, Call.ended_at)
    rows = session.execute(
        select(Call, Contact.number_kind)
        .join(Contact, Contact.id == Call.contact_id)
        .where(
            Call.campaign_id == campaign_id,
            Call.placing_at.is_not(None),
            or_(
                Call.answered_at.between(after, until),
                Call.answered_at.is_(None) & Call.ended_at.between(after, until),
            ),
            over_at > after,
            Call.status.not_in((CallStatus.NOT_PLACED, CallStatus.REFUSED, CallStatus.WITHDRAWN)),
        )
        .order_by(over_at)
        .limit(MOST_AT_ONCE)
    )
    return [(call, kind) for call, kind in rows]


def _over_at(call: Call) -> datetime:
    moment = call.answered_at or call.ended_at
    assert moment is not None
    return moment


def _line_outcome(call: Call, number_kind: str, zone: ZoneInfo) -> LineOutcome:
    assert call.placing_at is not None
    rang = call.ringing_at
    return LineOutcome(
        seconds=max(0.0, (_over_at(call) - call.placing_at).total_seconds()),
        is_answered=call.answered_at is not None,
        was_given_up=call.answered_at is None and call.given_up_at is not None,
        setup_seconds=max(0.0, (rang - call.placing_at).total_seconds()) if rang is not None else None,
        segments=segments_of(call.placing_at, call.language, number_kind, zone),
    )


def _steps_over(session: Session, after_id: int, until: datetime) -> tuple[list[StepOutcome], int]:
    """Steps of agents' work that ended, and the id of the last event that was read."""
    events = session.scalars(
        select(AgentEvent)
        .where(AgentEvent.id > after_id, AgentEvent.at <= until)
        .order_by(AgentEvent.id)
        .limit(MOST_AT_ONCE)
    ).all()
    if not events:
        return [], after_id
    begun = _last_before(session, {event.agent_id for event in events}, after_id)
    outcomes = []
    for agent_id in sorted({event.agent_id for event in events}):
        own = [event for event in events if event.agent_id == agent_id]
        first = [begun[agent_id]] if agent_id in begun else []
        outcomes += [one for pair in pairwise([*first, *own]) if (one := _step_outcome(*pair)) is not None]
    return outcomes, events[-1].id


def _last_before(session: Session, agent_ids: Iterable[str], event_id: int) -> dict[str, AgentEvent]:
    newest = (
        select(func.max(AgentEvent.id))
        .where(AgentEvent.agent_id.in_(list(agent_ids)), AgentEvent.id <= event_id)
        .group_by(AgentEvent.agent_id)
    )
    return {event.agent_id: event for event in session.scalars(select(AgentEvent).where(AgentEvent.id.in_(newest)))}


def _step_outcome(begin: AgentEvent, end: AgentEvent) -> StepOutcome | None:
    step = step_name(begin.to_status, _signal_in(begin))
    if not step:
        return None
    match AgentStatus(end.to_status):
        case AgentStatus.READY:
            after = READY
        case AgentStatus.PAUSED | AgentStatus.OFFLINE:
            after = AWAY
        case status:
            after = step_name(status, _signal_in(end))
    return StepOutcome(step, max(0.0, (end.at - begin.at).total_seconds()), after)


def _signal_in(event: AgentEvent) -> str:
    return event.why.removeprefix(SIGNAL) if event.why.startswith(SIGNAL) else ""
