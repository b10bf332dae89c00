"""Appointments of accepted leads: agreed, moved, called off. The calendar file is `web.calendar_file`'s."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, Invalid, NotFound
from leads.appointment_tables import Appointment
from leads.delivery import APPOINTMENT_SET, Notice, notify
from leads.lead_book import Note, lock_lead, write_event
from leads.lead_states import LeadStatus
from leads.tables import Lead

_LONGEST_MINUTES = 8 * 60
_FURTHEST = timedelta(days=366)
_LISTED = 500


class AppointmentWay(StrEnum):
    """How partner and customer meet."""

    ON_SITE = "on_site"
    VIDEO = "video"
    PHONE = "phone"


@dataclass(frozen=True)
class Agreed:
    """What was agreed: the beginning, how many minutes, and how they meet."""

    starts_at: datetime
    minutes: int = 60
    way: AppointmentWay = AppointmentWay.ON_SITE


@dataclass(frozen=True)
class By:
    """Who says so, for which partner, and when."""

    partner_id: str
    actor: str
    at: datetime


def agree(session: Session, lead_id: str, agreed: Agreed, by: By) -> Appointment:
    """Set the appointment of an accepted lead, or move it.

    Raises:
        NotFound: there is no such lead, or it is another partner's.
        Conflict: the lead is closed.
        Invalid: the moment or the length makes no sense.
    """
    _check(agreed, by.at)
    _lock_own(session, lead_id, by)
    found = session.get(Appointment, lead_id, populate_existing=True)
    if found is None:
        found = Appointment(lead_id=lead_id, partner_id=by.partner_id, sequence=0)
        session.add(found)
    elif found.canceled_at is None and (found.starts_at, found.minutes, found.way) == (
        agreed.starts_at,
        agreed.minutes,
        agreed.way,
    ):
        return found
    else:
        found.sequence += 1
    found.partner_id, found.starts_at, found.minutes, found.way = (
        by.partner_id,
        agreed.starts_at,
        agreed.minutes,
        agreed.way,
    )
    found.canceled_at, found.changed_at, found.changed_by = None, by.at, by.actor
    _tell(session, found, by, "appointment_agreed")
    return found


def call_off(session: Session, lead_id: str, by: By) -> Appointment:
    """Call the appointment off. Calendars that have it take it out.

    Raises:
        NotFound: there is no such lead or appointment, or it is another partner's.
        Conflict: the lead is closed.
    """
    _lock_own(session, lead_id, by)
    found = view_appointment(session, lead_id, by.partner_id)
    if found.canceled_at is None:
        found.sequence += 1
        found.canceled_at, found.changed_at, found.changed_by = by.at, by.at, by.actor
        _tell(session, found, by, "appointment_called_off")
    return found


def view_appointment(session: Session, lead_id: str, partner_id: str) -> Appointment:
    """The appointment of a partner's lead, also one that was called off.

    Raises:
        NotFound: there is none, or it is another partner's.
    """
    found = session.get(Appointment, lead_id, populate_existing=True)
    if found is None or not partner_id or found.partner_id != partner_id:
        raise NotFound("there is no such appointment")
    return found


def list_appointments(session: Session, partner_id: str) -> list[tuple[Appointment, Lead]]:
    """A partner's appointments that are not called off, with their leads, the furthest ahead first."""
    mine = (
        select(Appointment, Lead)
        .join(Lead, Lead.id == Appointment.lead_id)
        .where(Appointment.partner_id == partner_id, Appointment.canceled_at.is_(None))
        .order_by(Appointment.starts_at.desc(), Appointment.lead_id)
        .limit(_LISTED)
    )
    return [(found, lead) for found, lead in session.execute(mine) if lead.partner_id == partner_id]


def _check(agreed: Agreed, now: datetime) -> None:
    if not now < agreed.starts_at <= now + _FURTHEST:
        raise Invalid("An appointment lies in the future, and within a year.")
    if not 0 < agreed.minutes <= _LONGEST_MINUTES:
        raise Invalid("An appointment lasts from a minute to eight hours.")


def _lock_own(session: Session, lead_id: str, by: By) -> None:
    lead = lock_lead(session, lead_id)
    if not by.partner_id or lead.partner_id != by.partner_id:
        raise NotFound("there is no such lead")
    if lead.status != LeadStatus.ACCEPTED:
        raise Conflict("This lead is closed.")


def _tell(session: Session, found: Appointment, by: By, what: str) -> None:
    session.flush()
    write_event(session, found.lead_id, Note(what, by.at, by.actor, partner_id=by.partner_id))
    facts = {
        "starts_at": found.starts_at.isoformat(),
        "minutes": found.minutes,
        "way": str(found.way),
        "sequence": found.sequence,
        "is_called_off": found.canceled_at is not None,
    }
    subject = f"{found.lead_id}:{found.sequence}"
    notify(session, Notice(APPOINTMENT_SET, subject, found.partner_id, found.lead_id, facts=facts), by.at)
