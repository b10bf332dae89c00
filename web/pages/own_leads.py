"""A partner's accepted leads with their contacts: first contact, protection, outcome."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from leads import partner_view, protection
from leads.desk import AFTER_ACCEPTANCE, LeadDesk
from leads.disclosures import Way
from leads.promise_view import list_protections, promises_of
from leads.protection import Activity, local_day
from web.answers_view import wording
from web.disclosing import note_shown
from web.receipt_view import receipts_of
from web.visit import PageGate, Visit
from web.wishes import read_outcome
from web.words import N_

router = APIRouter(prefix="/own-leads")

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
CONTACTED = N_("Thank you. The lead stays with you.")
REPORTED = N_("Thank you. The outcome is recorded.")
ASKED = N_("Asked for. You hear within three working days.")
# From then on the page says the time of the first contact with emphasis.
SOON = timedelta(hours=1)


@router.get("")
def show_leads(visit: Own) -> Response:
    """The whole page."""
    return visit.page("own_leads.html", **_values(visit))


@router.get("/now")
def show_changes(visit: Own) -> Response:
    """What changes on it."""
    return visit.part("parts/own_leads.html", **_values(visit))


@router.post("/{lead_id}/first-contact")
def confirm_first_contact(visit: Own, lead_id: str) -> Response:
    """Say that the first contact with the customer is made."""
    with visit.parts.database.transaction() as session:
        desk = LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)
        desk.confirm_first_contact(lead_id, visit.person.partner_id)
        audit.record(session, visit.act("first_contact_made", lead_id), visit.now)
    return visit.part("parts/own_leads.html", message=visit.say(CONTACTED), **_values(visit))


@router.post("/{lead_id}/outcome")
def report_outcome(
    visit: Own, lead_id: str, outcome: Annotated[str, Form()], reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Say what became of an accepted lead."""
    with visit.parts.database.transaction() as session:
        desk = LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)
        desk.report_outcome(lead_id, visit.person.partner_id, read_outcome(outcome), reason)
        audit.record(session, visit.act("lead_outcome_reported", lead_id, {"outcome": outcome}), visit.now)
    return visit.part("parts/own_leads.html", message=visit.say(REPORTED), **_values(visit))


@router.post("/protections/{protection_id}/extend")
def ask_for_extension(
    visit: Own, protection_id: str, text: Annotated[str, Form(max_length=1000)], day: Annotated[date, Form()]
) -> Response:
    """Ask for another term of protection, with what was done and when."""
    with visit.parts.database.transaction() as session:
        activity = Activity(text, day)
        protection.ask_extension(session, protection_id, visit.person.partner_id, activity, visit.now)
        audit.record(session, visit.act("extension_asked", protection_id), visit.now)
    return visit.part("parts/own_leads.html", message=visit.say(ASKED), **_values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    partner_id = visit.person.partner_id
    with visit.parts.database.reading() as session:
        leads = partner_view.list_accepted(session, partner_id)
        shown = [lead.lead_id for lead in leads]
        promises = promises_of(session, partner_id, shown)
        windows = {one.lead_id: one for one in list_protections(session, visit.now, partner_id) if one.lead_id}
        receipts = receipts_of(session, visit.parts.settings, shown)
        words = wording(session, leads, visit.language)
    note_shown(visit.parts, visit.person, shown, Way.PAGE, visit.now)
    return {
        "leads": leads,
        "receipts": receipts,
        "promises": promises,
        "windows": windows,
        "outcomes": sorted(AFTER_ACCEPTANCE),
        "partner_id": partner_id,
        "soon": SOON * visit.parts.settings.clock_speed,
        "today": local_day(visit.now),
        **words,
    }
