"""Brings a campaign's pacing up to date before it decides: what was learned, what the law leaves, and the brake.

For campaigns that may break the limit of abandoned calls. All of it is kept in the campaign's own row, so any ticker
can go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Campaign
from dialer import abandonment, brakes, learning, limits, reasons
from dialer.limits import Standing
from dialer.pacing import POLICIES
from dialer.pacing.habits import NOTHING_KNOWN, Habits
from dialer.pacing.policy import Brake, PacingFacts
from dialer.reasons import Reasons
from dialer.tables import PacingEvent, PacingState

# These dial ahead of agents; for a line of the others an agent is kept.
DIALS_AHEAD = frozenset({"power", "predictive"})
# Of these, which keep to the limit by themselves. They go by ages, and so are asked between two ticks as well.
STEERS = frozenset({"predictive"})
# Counting all who wait walks an index of the whole line; in which languages they are changes slowly.
COUNTS_EVERY = timedelta(minutes=10)


def is_watched(campaign: Campaign) -> bool:
    """Whether the limit of abandoned calls is counted and the brake is set: where lines are dialed ahead of agents, and
    where a detector hangs up on people whom it takes for machines, however few lines are dialed.
    """
    return campaign.pacing_mode in DIALS_AHEAD or (
        campaign.detect_machines and POLICIES[campaign.pacing_mode].needs_agents
    )


@dataclass(frozen=True)
class Steering:
    """What a campaign's decision rests on beside the moment's rows."""

    standing: Standing
    habits: Habits
    nerve: float
    brake: Brake
    brake_why: Reasons = ()
    waiting: Mapping[str, int] = field(default_factory=dict)  # contacts by language
    at: datetime | None = None  # when it was brought up to date
    due: Mapping[str, int] | None = None  # as the last tick left it; None: to be counted


def look(session: Session, campaign: Campaign, now: datetime) -> Steering:
    """How things stand, without learning or braking: for whoever only asks why."""
    standing = limits.standing_of(session, campaign, now)
    state = session.get(PacingState, campaign.id)
    if state is None:
        return Steering(standing, NOTHING_KNOWN, 0.0, Brake.OFF)
    return _steering(state, standing, learning.known_habits(state))


def bring_up_to_date(session: Session, campaign: Campaign, now: datetime) -> Steering:
    """Learn what is new and set the brake, with an event when it changes. The caller holds the campaign's lease."""
    state = learning.state_of(session, campaign.id, now)
    abandonment.sum_up_days(session, campaign, limits.zone_of(campaign), now)
    standing = limits.standing_of(session, campaign, now)
    habits = learning.learn_from_rows(session, campaign, state, (standing.limit, standing.account), now)
    _set_brake(session, campaign, state, standing, now)
    _count_waiting(session, state, now)
    return replace(_steering(state, standing, habits), at=now)


def _steering(state: PacingState, standing: Standing, habits: Habits) -> Steering:
    why = reasons.from_record(state.brake_reasons, state.brake_why)
    return Steering(standing, habits, state.nerve, Brake(state.brake), why, state.waiting)


def keep_found(campaign_id: str, steered: Steering | None, facts: PacingFacts, dialed: Mapping[str, int]) -> None:
    """Keep what a tick found, and who is due after it, for the brief look that comes before the next tick. Nothing is
    kept while nobody is at work and no line is out: a brief look would find no more.
    """
    _found.pop(campaign_id, None)
    if steered is None or not (facts.busy or facts.dialing):
        return
    while len(_found) >= _MOST_FOUND:
        _found.pop(next(iter(_found)))
    due = {language: count - dialed.get(language, 0) for language, count in facts.due.items()}
    _found[campaign_id] = replace(steered, due=due)


def found_lately(campaign_id: str, oldest: datetime) -> Steering | None:
    """What this process' last tick of the campaign found; None where it keeps nothing, or nothing so young."""
    steered = _found.get(campaign_id)
    return steered if steered is not None and steered.at is not None and steered.at >= oldest else None


# Not state: what is not here, the next tick reads from rows.
_found: dict[str, Steering] = {}
_MOST_FOUND = 64


def _count_waiting(session: Session, state: PacingState, now: datetime) -> None:
    if state.waiting_counted_at is None or now - state.waiting_counted_at >= COUNTS_EVERY:
        state.waiting = contact_queue.count_waiting(session, state.campaign_id)
        state.waiting_counted_at = now
        session.flush()


def _set_brake(session: Session, campaign: Campaign, state: PacingState, standing: Standing, now: datetime) -> None:
    before = Brake(state.brake)
    steers = campaign.pacing_mode in STEERS
    braking = brakes.braking(before, standing.limit, standing.account, steers=steers)
    if braking.brake is before:
        return
    event = PacingEvent(
        campaign_id=campaign.id,
        at=now,
        from_brake=before,
        to_brake=braking.brake,
        reasons=reasons.to_record(braking.why),
    )
    session.add(event)
    state.brake, state.brake_since = braking.brake, now
    state.brake_reasons, state.brake_why = reasons.to_record(braking.why), ""
    session.flush()
