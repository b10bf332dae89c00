"""Compares what a rehearsal came to with a forecast: the same policy in real processes and in virtual time.

The forecast is told what the rehearsal's own calls were like, as it would be told on the next morning.
"""

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from campaigns.tables import Campaign
from cli.rehearsal.cast import Cast
from cli.rehearsal.plan import Plan
from dialer import forecast_facts, limits
from dialer.forecast.forecast import Ask, Expected, forecast
from dialer.tables import Call
from foundation.runtime import Runtime

# Days as short as the rehearsal scatter; so many of them show how far.
DAYS = 24
ENOUGH_TALKS = 8
# A rehearsal's clock runs fast, so that milliseconds of the machine are seconds of its calls.
OVERHEAD_SHARE = 0.08


@dataclass(frozen=True)
class Comparison:
    """One figure: what came of it, what was expected, and whether the fact lies within."""

    fact: float
    expected: Expected
    is_within: bool

    def to_record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


def compare(runtime: Runtime, plan: Plan, cast: Cast) -> dict[str, Comparison]:
    """Occupancy, calls per agent hour and abandoned share, from the first dial to the last one."""
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, cast.campaign_id)
        first, last = session.execute(
            select(func.min(Call.placing_at), func.max(Call.placing_at)).where(Call.campaign_id == campaign.id)
        ).one()
        if first is None or last is None or last <= first:
            return {}
        fact = forecast_facts.fact_since(session, campaign, first, last)
        known = forecast_facts.known_world(session, campaign, last, enough=ENOUGH_TALKS)
        limit = limits.standing_of(session, campaign, last).limit.abandoned_share
    hours = max(0.1, (last - first) / timedelta(hours=1))
    world = replace(known.world, hours=hours, swing=())
    ask = Ask(world, (plan.mode,), plan.dial_level, limit, days=DAYS, seed=plan.seed)
    (outlook,) = forecast(ask)
    pairs = (
        ("occupancy", fact.occupancy, outlook.occupancy),
        ("calls_per_agent_hour", fact.calls_per_agent_hour, outlook.calls_per_agent_hour),
        ("abandoned", fact.abandoned, outlook.abandoned),
    )
    return {
        name: Comparison(value, expected, expected.holds(value, OVERHEAD_SHARE * max(1.0, expected.mean)))
        for name, value, expected in pairs
        if value is not None
    }
