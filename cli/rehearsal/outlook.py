"""Compares what a rehearsal came to with a forecast: the same policy in real processes and in virtual time.

The forecast is told what the rehearsal's own calls were like, what pacing knew when it began, and how fast the machine
went. Nothing else is allowed for.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from cli.rehearsal.cast import Cast
from cli.rehearsal.intervals import Comparison, compare_measure, compare_share
from cli.rehearsal.plan import Plan
from dialer import forecast_facts, gate_check, learning, limits
from dialer.forecast.forecast import Ask, play_days, taught_by_a_day
from dialer.forecast.world import World
from dialer.pacing.habits import NOTHING_KNOWN, Habits
from dialer.pacing.policy import DECIDES_EVERY_SECONDS
from dialer.tables import Call
from foundation.runtime import Runtime

# Days as short as the rehearsal scatter; so many of them show how far, fewer where they are long.
DAYS, LEAST_DAYS = 24, 8
MOST_HOURS = 8.0
ENOUGH_TALKS = 8
# Of the ticker, on the wall: a brief look and the pause after it. A fast clock cannot make them shorter.
LOOK_WALL_SECONDS = 0.03
# The sandbox's people, as far as they have a place in a forecast's world.
_PEOPLE = {
    "human": "answer_rate",
    "ring_mean_seconds": "ring_mean",
    "fail_mean_seconds": "fail_mean",
    "talk_mean_seconds": "talk_mean",
    "talk_cv": "talk_cv",
}


def teach(runtime: Runtime, plan: Plan, cast: Cast) -> Habits:
    """Let pacing know what so many hours with such people would have taught it; what it knows then."""
    if not plan.experience_hours:
        return NOTHING_KNOWN
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        campaign = session.get_one(Campaign, cast.campaign_id)
        floor = forecast_facts.known_world(session, campaign, now).world
        world = replace(with_people(floor, plan.people), hours=plan.experience_hours)
        limit = limits.standing_of(session, campaign, now).limit.abandoned_share
        # But for how people answer at which hour: it is another day.
        known = replace(taught_by_a_day(world, limit, plan.seed), segments={})
        state = learning.state_of(session, campaign.id, now)
        state.habits, state.is_trusted, state.lines_until = known.to_record(), known.is_trusted, now
    return known


def with_people(world: World, text: str) -> World:
    """The world with such changes to the sandbox's people as it has: `human=0.4,talk_mean_seconds=60`."""
    told = [part.partition("=") for part in text.split(",")]
    changes: dict[str, Any] = {
        _PEOPLE[name.strip()]: float(value) for name, _, value in told if name.strip() in _PEOPLE
    }
    return replace(world, **changes)


def compare(runtime: Runtime, plan: Plan, cast: Cast, known: Habits) -> dict[str, Comparison]:
    """Occupancy, calls per agent hour and abandoned share, from the first dial until some language is used up."""
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, cast.campaign_id)
        spans = session.execute(
            select(func.min(Call.queued_at), func.max(Call.queued_at))
            .where(Call.campaign_id == campaign.id, Call.attempt_number == 1)
            .group_by(Call.language)
        ).all()
        if not spans:
            return {}
        first, last = min(began for began, _ in spans), min(ended for _, ended in spans)
        if last <= first:
            return {}
        fact = forecast_facts.fact_since(session, campaign, first, last)
        ask = _ask(session, campaign, plan, (first, last), known)
    if fact.occupancy is None or fact.calls_per_agent_hour is None or not fact.answered:
        return {}
    days = play_days(ask, plan.mode)
    hours = [day.signed_in / 3600 for day in days]
    lost = [(day.abandoned.total(), day.answered.total()) for day in days]
    dials = [day.dials / spent for day, spent in zip(days, hours, strict=True)]
    return {
        "occupancy": compare_measure(fact.occupancy, [day.busy / day.signed_in for day in days]),
        "calls_per_agent_hour": compare_measure(fact.calls_per_agent_hour, dials),
        "abandoned": compare_share((round((fact.abandoned or 0.0) * fact.answered), fact.answered), lost),
    }


def _ask(session: Session, campaign: Campaign, plan: Plan, span: tuple[datetime, datetime], known: Habits) -> Ask:
    first, last = span
    hours = (last - first) / timedelta(hours=1)
    found = forecast_facts.known_world(session, campaign, last, enough=ENOUGH_TALKS)
    world = _as_calls_left(found.world, session, campaign)
    world = replace(world, hours=hours, swing=(), calls_per_second=plan.calls_per_second)
    return Ask(
        world,
        (plan.mode,),
        plan.dial_level,
        limits.standing_of(session, campaign, last).limit.abandoned_share,
        days=max(LEAST_DAYS, min(DAYS, int(MOST_HOURS / hours))),
        seed=plan.seed,
        starts_with=known,
        hours_after=gate_check.hours_left_today(campaign, last),
        decides_every_seconds=max(DECIDES_EVERY_SECONDS, LOOK_WALL_SECONDS * plan.speed),
        learns_every_seconds=learning.LEARNS_EVERY.total_seconds(),
    )


def departures(calls: Sequence[tuple[datetime, datetime]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Seconds from a decision until the carrier was asked, of calls that found none before them waiting; and seconds
    from one call to the next, of the others. `calls` by when each was queued and when the carrier was asked.
    """
    delays, gaps = [], []
    left: datetime | None = None
    for queued, placing in sorted(calls, key=lambda call: call[1]):
        if left is None or left <= queued:
            delays.append((placing - queued).total_seconds())
        else:
            gaps.append((placing - left).total_seconds())
        left = placing
    return tuple(delays), tuple(gaps)


def _as_calls_left(world: World, session: Session, campaign: Campaign) -> World:
    rows = session.execute(select(Call.queued_at, Call.placing_at).where(Call.campaign_id == campaign.id))
    delays, gaps = departures([(queued, placing) for queued, placing in rows if placing is not None])
    return replace(world, dial_delays=delays, dial_gaps=gaps)
