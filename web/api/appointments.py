"""A partner's appointments in the API: agree on one, move it, call it off, and all of them as a calendar file."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from accounts import audit
from leads import appointment_tables, appointments
from leads.appointments import Agreed, AppointmentWay, By
from leads.news import ring_to_send
from web.appointment_view import own_calendar
from web.caller import Caller, PartnerCaller

router = APIRouter(tags=["appointments"])

_ICS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/calendar": {}}}}


class AppointmentOut(BaseModel):
    """An appointment. `sequence` counts its changes, as calendars do; it is also the UID's in the file."""

    model_config = ConfigDict(from_attributes=True)

    lead_id: str
    starts_at: datetime
    minutes: int
    way: str
    sequence: int
    canceled_at: datetime | None


class AppointmentIn(BaseModel):
    """What was agreed."""

    model_config = ConfigDict(extra="forbid")

    starts_at: AwareDatetime
    minutes: int = Field(60, ge=1, le=480)
    way: AppointmentWay = AppointmentWay.ON_SITE


@router.get("/appointments")
def list_appointments(caller: PartnerCaller) -> list[AppointmentOut]:
    """Own appointments that are not called off, the furthest ahead first."""
    with caller.parts.database.reading() as session:
        rows = appointments.list_appointments(session, caller.person.partner_id)
    return [AppointmentOut.model_validate(found) for found, _ in rows]


@router.get("/appointments.ics", response_class=Response, responses=_ICS)
def give_calendar(caller: PartnerCaller) -> Response:
    """All own appointments for a calendar."""
    with caller.parts.database.reading() as session:
        text = own_calendar(session, caller.person.partner_id, caller.person.language or "en", caller.now)
    return Response(text, media_type="text/calendar; charset=utf-8")


@router.post("/own-leads/{lead_id}/appointment")
def agree(caller: PartnerCaller, lead_id: str, body: AppointmentIn) -> AppointmentOut:
    """Set or move the appointment of an accepted lead."""
    with caller.parts.database.transaction() as session:
        found = appointments.agree(session, lead_id, Agreed(body.starts_at, body.minutes, body.way), _by(caller))
        return _changed(session, caller, "appointment_agreed", found)


@router.post("/own-leads/{lead_id}/appointment/off")
def call_off(caller: PartnerCaller, lead_id: str) -> AppointmentOut:
    """Call it off."""
    with caller.parts.database.transaction() as session:
        found = appointments.call_off(session, lead_id, _by(caller))
        return _changed(session, caller, "appointment_called_off", found)


def _by(caller: Caller) -> By:
    return By(caller.person.partner_id, caller.person.user_id, caller.now)


def _changed(session: Session, caller: Caller, action: str, found: appointment_tables.Appointment) -> AppointmentOut:
    audit.record(session, caller.act(action, found.lead_id), caller.now)
    ring_to_send(caller.parts.runtime, session)
    return AppointmentOut.model_validate(found)
