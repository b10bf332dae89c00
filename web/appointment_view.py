"""A partner's appointments as a calendar shows them: the company and how to meet, and nothing of the person."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from leads import appointment_tables, delivery
from leads.appointments import list_appointments
from leads.tables import Delivery, Lead
from web.calendar_file import Appointment, calendar
from web.words import word_in


def own_calendar(session: Session, partner_id: str, language: str, now: datetime) -> str:
    """All own appointments as a calendar file."""
    rows = list_appointments(session, partner_id)
    return calendar([_shown(found, lead, language) for found, lead in rows], now)


def appointment_file(session: Session, notice: Delivery, language: str, now: datetime) -> str:
    """What goes with a notice of an appointment, in the letter's language; empty for others and once it is gone."""
    if notice.notice != delivery.APPOINTMENT_SET or notice.lead_id is None:
        return ""
    found = session.get(appointment_tables.Appointment, notice.lead_id)
    lead = session.get(Lead, notice.lead_id)
    if found is None or lead is None or found.partner_id != notice.partner_id or lead.partner_id != notice.partner_id:
        return ""
    return calendar([_shown(found, lead, language)], now)


def _shown(found: appointment_tables.Appointment, lead: Lead, language: str) -> Appointment:
    return Appointment(
        uid=found.lead_id,
        at=found.starts_at,
        title=lead.company or lead.id,
        description=word_in(language, f"meet:{found.way}"),
        lasts=timedelta(minutes=found.minutes),
        sequence=found.sequence,
        is_called_off=found.canceled_at is not None,
    )
