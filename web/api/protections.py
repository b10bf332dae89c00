"""Protections in the API: a partner's own with their days, and for staff all and the extensions to decide."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from accounts import audit
from leads import protection
from leads.promise_view import extensions_to_decide, list_protections
from leads.protection import Activity, Decision
from web.api.claims import DecisionIn
from web.caller import PartnerCaller, StaffCaller

router = APIRouter(tags=["protections"])


class ProtectionOut(BaseModel):
    """A customer that belongs to a partner for a solution, and for how many days still."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    company: str
    lead_id: str
    claim_id: str
    solution: str
    since: date
    until: date
    days_left: int
    status: str
    end_reason: str
    extension: str
    extension_opens: date
    extension_due_at: datetime | None
    extension_reason: str


class StaffProtectionOut(ProtectionOut):
    """The same with its partner, and with what the partner says that it did."""

    partner_id: str
    partner_name: str
    activity: str
    activity_day: date | None


class ActivityIn(BaseModel):
    """What the partner did for the customer, and on which day."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=1000)
    day: date


@router.get("/own-protections")
def list_own_protections(caller: PartnerCaller) -> list[ProtectionOut]:
    """Own running protections, those that end first on top."""
    with caller.parts.database.reading() as session:
        found = list_protections(session, caller.now, caller.person.partner_id)
    return [ProtectionOut.model_validate(one) for one in found]


@router.post("/own-protections/{protection_id}/extension")
def ask_for_extension(caller: PartnerCaller, protection_id: str, body: ActivityIn) -> list[ProtectionOut]:
    """Ask for another term, once, with proof of activity."""
    activity = Activity(body.text, body.day)
    with caller.parts.database.transaction() as session:
        protection.ask_extension(session, protection_id, caller.person.partner_id, activity, caller.now)
        audit.record(session, caller.act("extension_asked", protection_id), caller.now)
    return list_own_protections(caller)


@router.get("/protections")
def list_all(caller: StaffCaller, partner_id: str = "") -> list[StaffProtectionOut]:
    """Running protections of all partners, or of one."""
    with caller.parts.database.reading() as session:
        return [StaffProtectionOut.model_validate(one) for one in list_protections(session, caller.now, partner_id)]


@router.get("/protections/to-decide")
def list_extensions(caller: StaffCaller) -> list[StaffProtectionOut]:
    """Extensions that wait for a decision."""
    with caller.parts.database.reading() as session:
        return [StaffProtectionOut.model_validate(one) for one in extensions_to_decide(session, caller.now)]


@router.post("/protections/{protection_id}/extension-decision")
def decide(caller: StaffCaller, protection_id: str, body: DecisionIn) -> list[StaffProtectionOut]:
    """Grant or refuse an extension; the answer has those that still wait."""
    decision = Decision(body.is_granted, body.reason, caller.person.user_id, caller.now)
    with caller.parts.database.transaction() as session:
        protection.decide_extension(session, protection_id, decision)
        audit.record(session, caller.act("extension_decided", protection_id, granted=body.is_granted), caller.now)
    return list_extensions(caller)
