"""A campaign's pacing in the API: the ways it may dial, its brake, and today's abandoned calls."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from dialer.modes import BrakeChange, look_at_pacing, modes_for
from web.api.campaigns import find_campaign
from web.caller import StaffCaller
from web.reason_view import ReasonOut, reasons_out

router = APIRouter(prefix="/campaigns/{campaign_id}/pacing", tags=["campaigns"])


class ModeOut(BaseModel):
    """A way of dialing. `refusal` says why it is not allowed there: `no_limit`, `needs_human`, or empty."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    refusal: str


class CountsOut(BaseModel):
    """Today's answered calls of one language, and those of people who found nobody."""

    model_config = ConfigDict(from_attributes=True)

    answered: int
    people: int
    connected: int
    abandoned: int


class BrakeEventOut(BaseModel):
    """One change of the brake. `why` says in English what `reasons` say in codes."""

    at: datetime
    from_brake: str
    to_brake: str
    why: str
    reasons: list[ReasonOut]


class PacingOut(BaseModel):
    """How the pacing stands. `brake` is off, one_to_one or stop; `limit_share` is the share that may find
    nobody: the rule's `lawful_share`, or the campaign's own limit below it.
    """

    mode: str
    modes: list[ModeOut]
    brake: str
    brake_why: str
    brake_reasons: list[ReasonOut]
    brake_since: datetime | None
    is_trusted: bool
    limit_share: float
    lawful_share: float
    rule_id: str
    today: dict[str, CountsOut]
    events: list[BrakeEventOut]


@router.get("")
def get_pacing(caller: StaffCaller, campaign_id: str) -> PacingOut:
    """How the campaign's pacing stands now, and how it may dial where it calls."""
    with caller.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        seen, modes = look_at_pacing(session, campaign, caller.now), modes_for(campaign, caller.now)
    why = reasons_out(seen.brake_why)
    return PacingOut(
        mode=seen.mode,
        modes=[ModeOut.model_validate(mode) for mode in modes],
        brake=seen.brake,
        brake_why=why.text,
        brake_reasons=why.reasons,
        brake_since=seen.brake_since,
        is_trusted=seen.is_trusted,
        limit_share=seen.limit_share,
        lawful_share=seen.lawful_share,
        rule_id=seen.rule_id,
        today={language: CountsOut.model_validate(counts) for language, counts in seen.today.items()},
        events=[_event_out(event) for event in seen.events],
    )


def _event_out(event: BrakeChange) -> BrakeEventOut:
    why = reasons_out(event.why)
    return BrakeEventOut(
        at=event.at, from_brake=event.from_brake, to_brake=event.to_brake, why=why.text, reasons=why.reasons
    )
