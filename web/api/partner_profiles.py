"""One partner for staff in the API: all that it offers, its people, absences and closed days."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from accounts import audit
from foundation.errors import NotFound
from leads import presence
from leads.partner_cells import CLOSED_DAYS_A_YEAR
from leads.partner_entry import add_partner
from leads.partners import agree_capacity, change_partner
from leads.presence import Sayer
from leads.profile_tables import PlannedCapacity
from leads.tables import Partner
from web.api.partners import PartnerOut
from web.caller import Caller, StaffCaller
from web.partner_form import people_of, read_form

router = APIRouter(prefix="/partners", tags=["partners"])


class PersonOut(BaseModel):
    """Someone who signs in for a partner."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    email: str
    is_active: bool


class PlanOut(BaseModel):
    """A weekly capacity that the partner asked for, and from which day it counts."""

    model_config = ConfigDict(from_attributes=True)

    weekly_capacity: int
    from_day: date


class PartnerWithPeople(PartnerOut):
    """A partner with its people, and what it has planned."""

    people: list[PersonOut]
    planned_capacity: PlanOut | None


class PartnerIn(BaseModel):
    """What changes; what is left out stays. Values are written as in a partner file, such as `erp:3 crm:1`."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=300)
    languages: str | None = Field(None, max_length=100)
    cantons: str | None = Field(None, max_length=200)
    postcodes: str | None = Field(None, max_length=10_000)
    solutions: str | None = Field(None, max_length=500)
    min_employees: str | None = Field(None, max_length=10)
    max_employees: str | None = Field(None, max_length=10)
    min_complexity: str | None = Field(None, max_length=2)
    max_complexity: str | None = Field(None, max_length=2)
    home_postcode: str | None = Field(None, max_length=10)
    reach_km: str | None = Field(None, max_length=6)
    weekly_capacity: str | None = Field(None, max_length=10)
    weight_percent: str | None = Field(None, max_length=4)
    grade: str | None = Field(None, max_length=1)
    staff: str | None = Field(None, max_length=10)
    owner: str | None = Field(None, max_length=200)
    excluded_customers: str | None = Field(None, max_length=10_000)
    takes_live_calls: str | None = Field(None, max_length=3)  # yes or no
    live_number: str | None = Field(None, max_length=30)
    live_hours: str | None = Field(None, max_length=60)


class NewPartnerIn(PartnerIn):
    """A new partner; values are written as in a partner file."""

    name: str = Field(max_length=200)
    languages: str = Field(max_length=100)
    solutions: str = Field(max_length=500)
    weekly_capacity: str = Field(max_length=10)
    known_customers: str | None = Field(None, max_length=10_000)


class AbsenceIn(BaseModel):
    """From the first to the last day, both included."""

    model_config = ConfigDict(extra="forbid")

    first: date
    last: date


class BackIn(BaseModel):
    """The first day of the absence that ends."""

    model_config = ConfigDict(extra="forbid")

    first: date


class ClosedDaysIn(BaseModel):
    """The coming days on which the house is closed; those that are left out are open again."""

    model_config = ConfigDict(extra="forbid")

    days: list[date] = Field(max_length=2 * CLOSED_DAYS_A_YEAR)


@router.post("", status_code=201)
def add_one(caller: StaffCaller, body: NewPartnerIn) -> PartnerWithPeople:
    """Add a partner; it takes part in routing at once."""
    written = {name: value for name, value in body.model_dump().items() if value is not None}
    with caller.parts.database.transaction() as session:
        partner = add_partner(session, written, caller.now)
        audit.record(session, caller.act("partner_added", partner.id), caller.now)
    return get_partner(caller, partner.id)


@router.get("/{partner_id}")
def get_partner(caller: StaffCaller, partner_id: str) -> PartnerWithPeople:
    """One partner with its people."""
    with caller.parts.database.reading() as session:
        partner = session.get(Partner, partner_id)
        if partner is None:
            raise NotFound("there is no such partner")
        shown: dict[str, Any] = PartnerOut.model_validate(partner).model_dump()
        plan = session.get(PlannedCapacity, partner_id)
        return PartnerWithPeople(
            **shown,
            people=[PersonOut.model_validate(one) for one in people_of(session, partner_id)],
            planned_capacity=PlanOut.model_validate(plan) if plan else None,
        )


@router.put("/{partner_id}")
def change_one(caller: StaffCaller, partner_id: str, body: PartnerIn) -> PartnerWithPeople:
    """Change what a partner offers, at once."""
    said = {name: value for name, value in body.model_dump().items() if value is not None}
    with caller.parts.database.transaction() as session:
        changes, email = read_form(session, partner_id, said)
        change_partner(session, partner_id, caller.now, email, **changes)
        if "weekly_capacity" in changes:
            agree_capacity(session, partner_id)
        audit.record(session, caller.act("partner_changed", partner_id, fields=" ".join(sorted(said))), caller.now)
    return get_partner(caller, partner_id)


@router.post("/{partner_id}/absences")
def add_absence(caller: StaffCaller, partner_id: str, body: AbsenceIn) -> PartnerWithPeople:
    """No new offers for the partner on these days."""
    with caller.parts.database.transaction() as session:
        presence.go_away(session, partner_id, body.first, body.last, _staff(caller))
        days = {"first": body.first.isoformat(), "last": body.last.isoformat()}
        audit.record(session, caller.act("partner_away", partner_id, **days), caller.now)
    return get_partner(caller, partner_id)


@router.post("/{partner_id}/absences/end")
def end_absence(caller: StaffCaller, partner_id: str, body: BackIn) -> PartnerWithPeople:
    """End an absence, at once."""
    with caller.parts.database.transaction() as session:
        presence.come_back(session, partner_id, body.first, _staff(caller))
        audit.record(session, caller.act("partner_back", partner_id, first=body.first.isoformat()), caller.now)
    return get_partner(caller, partner_id)


@router.put("/{partner_id}/closed-days")
def set_closed_days(caller: StaffCaller, partner_id: str, body: ClosedDaysIn) -> PartnerWithPeople:
    """Set the days on which the partner's clocks stand still."""
    with caller.parts.database.transaction() as session:
        presence.close_on(session, partner_id, body.days, _staff(caller))
        audit.record(session, caller.act("partner_closed_days", partner_id, days=len(body.days)), caller.now)
    return get_partner(caller, partner_id)


def _staff(caller: Caller) -> Sayer:
    return Sayer(caller.person.user_id, True, caller.now)
