"""A partner's own profile in the API: what it offers, and what it may change of it."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from accounts import audit
from leads import presence
from leads.live_lines import LiveLine
from leads.presence import Sayer
from leads.profile_tables import PlannedCapacity
from leads.tables import Partner
from web.api.partner_profiles import AbsenceIn, BackIn, ClosedDaysIn, PlanOut
from web.caller import Caller, PartnerCaller

router = APIRouter(prefix="/own-profile", tags=["own profile"])


class ProfileOut(BaseModel):
    """What this partner offers, as routing knows it. Grade and weight are the contract's."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    is_active: bool
    languages: list[str]
    cantons: list[str]
    postcodes: list[str]
    solutions: list[str]
    levels: list[int]
    min_employees: int | None
    max_employees: int | None
    min_complexity: int | None
    max_complexity: int | None
    home_postcode: str
    reach_km: int | None
    weekly_capacity: int
    agreed_capacity: int
    grade: str
    absent: list[tuple[str, str]]
    closed_days: list[str]
    takes_live_calls: bool
    live_number: str
    live_hours: str
    planned_capacity: PlanOut | None = None


class CapacityIn(BaseModel):
    """Leads a week, from tomorrow on; at most what was agreed."""

    model_config = ConfigDict(extra="forbid")

    weekly_capacity: int = Field(ge=1, le=9999)


class LiveLineIn(BaseModel):
    """Whether customers on the line may be put through, to which number, and when; no hours: the business hours."""

    model_config = ConfigDict(extra="forbid")

    takes_live_calls: bool
    live_number: str = Field("", max_length=30)
    live_hours: str = Field("", max_length=60)


@router.get("")
def get_profile(caller: PartnerCaller) -> ProfileOut:
    """The own profile."""
    with caller.parts.database.reading() as session:
        shown = ProfileOut.model_validate(session.get_one(Partner, caller.person.partner_id))
        plan = session.get(PlannedCapacity, caller.person.partner_id)
        shown.planned_capacity = PlanOut.model_validate(plan) if plan else None
    return shown


@router.put("/capacity")
def plan_capacity(caller: PartnerCaller, body: CapacityIn) -> ProfileOut:
    """Take more or fewer leads a week, from tomorrow on."""
    with caller.parts.database.transaction() as session:
        presence.plan_capacity(session, caller.person.partner_id, body.weekly_capacity, _sayer(caller))
        _record(caller, session, "own_capacity_planned", weekly_capacity=body.weekly_capacity)
    return get_profile(caller)


@router.post("/absences")
def add_absence(caller: PartnerCaller, body: AbsenceIn) -> ProfileOut:
    """No new offers on these days."""
    with caller.parts.database.transaction() as session:
        presence.go_away(session, caller.person.partner_id, body.first, body.last, _sayer(caller))
        _record(caller, session, "own_absence", first=body.first.isoformat(), last=body.last.isoformat())
    return get_profile(caller)


@router.post("/absences/end")
def end_absence(caller: PartnerCaller, body: BackIn) -> ProfileOut:
    """End an absence: a coming one is dropped, a running one ends with today."""
    with caller.parts.database.transaction() as session:
        presence.come_back(session, caller.person.partner_id, body.first, _sayer(caller))
        _record(caller, session, "own_absence_ended", first=body.first.isoformat())
    return get_profile(caller)


@router.put("/closed-days")
def set_closed_days(caller: PartnerCaller, body: ClosedDaysIn) -> ProfileOut:
    """Set the days on which the house is closed, with two days' notice."""
    with caller.parts.database.transaction() as session:
        presence.close_on(session, caller.person.partner_id, body.days, _sayer(caller))
        _record(caller, session, "own_closed_days", days=len(body.days))
    return get_profile(caller)


@router.put("/live-line")
def set_live_line(caller: PartnerCaller, body: LiveLineIn) -> ProfileOut:
    """Set where and when customers on the line may be put through, at once."""
    with caller.parts.database.transaction() as session:
        wanted = LiveLine(body.takes_live_calls, body.live_number, body.live_hours)
        presence.set_live_line(session, caller.person.partner_id, wanted, caller.now)
        _record(caller, session, "own_live_line", takes_live_calls=body.takes_live_calls)
    return get_profile(caller)


def _sayer(caller: Caller) -> Sayer:
    return Sayer(caller.person.user_id, False, caller.now)


def _record(caller: Caller, session: Session, action: str, **facts: str | int) -> None:
    audit.record(session, caller.act(action, caller.person.partner_id, **facts), caller.now)
