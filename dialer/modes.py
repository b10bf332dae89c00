"""Which ways of dialing a campaign may use where it calls, and how its pacing stands: its brake, and who was lost."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from dialer import abandonment, limits
from dialer.abandonment import Counts
from dialer.pacing import POLICIES
from dialer.pacing.policy import Brake
from dialer.reasons import Reasons, from_record
from dialer.steering import DIALS_AHEAD
from dialer.tables import PacingEvent, PacingState
from foundation.errors import Invalid

EVENTS_SHOWN = 10
# From the most careful to the least.
ORDER = ("preview", "progressive", "power", "predictive", "agentless")


@dataclass(frozen=True)
class Mode:
    """One way of dialing. `refusal`: why the campaign may not use it, in one word; empty: it may."""

    name: str
    refusal: str = ""


@dataclass(frozen=True)
class BrakeChange:
    """One change of a campaign's brake."""

    at: datetime
    from_brake: str
    to_brake: str
    why: Reasons


@dataclass(frozen=True)
class PacingSeen:
    """How a campaign's pacing stands. `limit_share` 0: nobody may find nobody. `today` is by language.

    `lawful_share` is what the rule `rule_id` bears; the campaign may ask less of itself.
    """

    mode: str
    brake: Brake
    brake_why: Reasons
    brake_since: datetime | None
    is_trusted: bool
    limit_share: float
    lawful_share: float
    rule_id: str
    today: dict[str, Counts]
    events: list[BrakeChange]


def modes_for(campaign: Campaign, now: datetime) -> list[Mode]:
    """All ways of dialing, each with why it is refused, where it is."""
    return [Mode(name, refusal_of(name, campaign, now)) for name in ORDER]


def check_mode(campaign: Campaign, now: datetime) -> None:
    """Raise Invalid when a campaign may not dial as it is set to, or bears more abandoned calls than its country."""
    match refusal_of(campaign.pacing_mode, campaign, now):
        case "needs_human":
            raise Invalid("Whoever answers in this country must hear a human: agentless dialing is refused.")
        case "no_limit":
            raise Invalid("Nobody in this country may pick up to silence: power and predictive dialing are refused.")
        case _:
            pass
    own = campaign.most_abandoned_percent
    if own is not None and 0 < limits.lawful_share(campaign, now) < own / 100:
        raise Invalid("The campaign's own limit of abandoned calls is above the one that its country's rules bear.")


def look_at_pacing(session: Session, campaign: Campaign, now: datetime) -> PacingSeen:
    """How a campaign's pacing stands now, with the last changes of its brake, the newest first."""
    standing = limits.standing_of(session, campaign, now)
    state = session.get(PacingState, campaign.id)
    history = select(PacingEvent).where(PacingEvent.campaign_id == campaign.id)
    events = session.scalars(history.order_by(PacingEvent.at.desc(), PacingEvent.id.desc()).limit(EVENTS_SHOWN))
    since = limits.day_began_at(campaign, now)
    return PacingSeen(
        mode=campaign.pacing_mode,
        brake=Brake(state.brake) if state else Brake.OFF,
        brake_why=from_record(state.brake_reasons, state.brake_why) if state else (),
        brake_since=state.brake_since if state else None,
        is_trusted=state.is_trusted if state else False,
        limit_share=standing.limit.abandoned_share,
        lawful_share=standing.lawful_share,
        rule_id=standing.rule_id,
        today=abandonment.count_since(session, campaign, since, limits.zone_of(campaign)),
        events=[_change(event) for event in events],
    )


def _change(event: PacingEvent) -> BrakeChange:
    return BrakeChange(event.at, event.from_brake, event.to_brake, from_record(event.reasons, event.why))


def refusal_of(mode: str, campaign: Campaign, now: datetime) -> str:
    """Why a campaign may not dial in this way where it calls, in one word; empty: it may."""
    if mode in DIALS_AHEAD and limits.lawful_share(campaign, now) <= 0.0:
        return "no_limit"
    if not POLICIES[mode].needs_agents and not limits.may_play_message(campaign, now):
        return "needs_human"
    return ""
