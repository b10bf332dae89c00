"""Brings a campaign's pacing up to date before it decides: what was learned, what the law leaves, and the brake.

For campaigns that dial ahead of agents. All of it is kept in the campaign's own row, so any ticker can go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Campaign
from dialer import abandonment, brakes, learning, limits, reasons
from dialer.limits import Standing
from dialer.pacing.habits import NOTHING_KNOWN, Habits
from dialer.pacing.policy import Brake
from dialer.tables import PacingEvent, PacingState

# These dial ahead of agents; for a line of the others an agent is kept.
DIALS_AHEAD = frozenset({"power", "predictive"})
# Of these, which keep to the limit by themselves.
_STEER = frozenset({"predictive"})
# Counting all who wait walks an index of the whole line; in which languages they are changes slowly.
COUNTS_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Steering:
    """What a campaign's decision rests on beside the moment's rows."""

    standing: Standing
    habits: Habits
    nerve: float
    brake: Brake
    waiting: Mapping[str, int] = field(default_factory=dict)  # contacts by language


def look(session: Session, campaign: Campaign, now: datetime) -> Steering:
    """How things stand, without learning or braking: for whoever only asks why."""
    standing = limits.standing_of(session, campaign, now)
    state = session.get(PacingState, campaign.id)
    if state is None:
        return Steering(standing, NOTHING_KNOWN, 0.0, Brake.OFF)
    return Steering(standing, learning.known_habits(state), state.nerve, Brake(state.brake), state.waiting)


def bring_up_to_date(session: Session, campaign: Campaign, now: datetime) -> Steering:
    """Learn what is new and set the brake, with an event when it changes. The caller holds the campaign's lease."""
    state = learning.state_of(session, campaign.id, now)
    abandonment.sum_up_days(session, campaign, limits.zone_of(campaign), now)
    standing = limits.standing_of(session, campaign, now)
    habits = learning.learn_from_rows(session, campaign, state, (standing.limit, standing.account), now)
    _set_brake(session, campaign, state, standing, now)
    _count_waiting(session, state, now)
    return Steering(standing, habits, state.nerve, Brake(state.brake), state.waiting)


def _count_waiting(session: Session, state: PacingState, now: datetime) -> None:
    if state.waiting_counted_at is None or now - state.waiting_counted_at >= COUNTS_EVERY:
        state.waiting = contact_queue.count_waiting(session, state.campaign_id)
        state.waiting_counted_at = now
        session.flush()


def _set_brake(session: Session, campaign: Campaign, state: PacingState, standing: Standing, now: datetime) -> None:
    before = Brake(state.brake)
    steers = campaign.pacing_mode in _STEER
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
