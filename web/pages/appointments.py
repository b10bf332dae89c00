"""A partner's appointments with its leads' customers: agree on one, move it, call it off, take all to a calendar."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from foundation.errors import Invalid
from leads import appointments, partner_view
from leads.appointments import Agreed, AppointmentWay, By
from leads.news import ring_to_send
from web.appointment_view import own_calendar
from web.language import OFFICE_TIME_ZONE
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
LENGTHS = (30, 60, 90, 120)
AGREED = N_("The appointment is set. It comes to you by mail for your calendar, where a mail server is set.")


@router.get("/appointments")
def show_appointments(visit: Own) -> Response:
    """Own leads at work, each with its appointment."""
    with visit.parts.database.reading() as session:
        return visit.page("appointments.html", **_values(session, visit))


@router.get("/appointments.ics")
def give_calendar(visit: Own) -> Response:
    """All own appointments for a calendar."""
    with visit.parts.database.reading() as session:
        text = own_calendar(session, visit.person.partner_id, visit.language, visit.now)
    headers = {"Content-Disposition": 'attachment; filename="appointments.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/appointments/{lead_id}")
def agree(
    visit: Own,
    lead_id: str,
    begins: Annotated[str, Form(max_length=20)],
    way: Annotated[str, Form(max_length=10)],
    minutes: Annotated[int, Form()] = 60,
) -> Response:
    """Set or move an appointment."""
    agreed = Agreed(read_moment(begins), minutes, read_way(way))
    with visit.parts.database.transaction() as session:
        appointments.agree(session, lead_id, agreed, _by(visit))
        return _changed(session, visit, "appointment_agreed", lead_id, AGREED)


@router.post("/appointments/{lead_id}/off")
def call_off(visit: Own, lead_id: str) -> Response:
    """Call an appointment off."""
    with visit.parts.database.transaction() as session:
        appointments.call_off(session, lead_id, _by(visit))
        return _changed(session, visit, "appointment_called_off", lead_id, N_("The appointment is called off."))


def read_moment(text: str) -> datetime:
    """A moment as a browser's field has it, Swiss time. Raises Invalid for what is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=OFFICE_TIME_ZONE)
    except ValueError as error:
        raise Invalid("Write the moment as 2026-03-02T09:00.") from error


def read_way(text: str) -> AppointmentWay:
    """How they meet. Raises Invalid for anything else."""
    try:
        return AppointmentWay(text)
    except ValueError as error:
        raise Invalid("Choose how you meet.") from error


def _by(visit: Visit) -> By:
    return By(visit.person.partner_id, visit.person.user_id, visit.now)


def _changed(session: Session, visit: Visit, action: str, lead_id: str, message: str) -> Response:
    audit.record(session, visit.act(action, lead_id), visit.now)
    ring_to_send(visit.parts.runtime, session)
    return visit.part("parts/appointments.html", message=visit.say(message), **_values(session, visit))


def _values(session: Session, visit: Visit) -> dict[str, Any]:
    partner_id = visit.person.partner_id
    at_work = [lead for lead in partner_view.list_accepted(session, partner_id, limit=200) if lead.status == "accepted"]
    set_for = {found.lead_id: found for found, _ in appointments.list_appointments(session, partner_id)}
    return {
        "leads": at_work,
        "set_for": set_for,
        "ways": list(AppointmentWay),
        "lengths": LENGTHS,
        "office_zone": OFFICE_TIME_ZONE,
    }
