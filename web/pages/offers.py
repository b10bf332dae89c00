"""A partner's own page: offers to accept or decline, and the accepted leads with their contacts."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from leads import partner_view
from leads.desk import AFTER_ACCEPTANCE, LeadDesk
from leads.lead_states import DeclineReason
from leads.offers import Decline
from leads.promise_view import promises_of
from web.answers_view import wording
from web.desk_view import seconds_until
from web.receipt_view import receipts_of
from web.visit import PageGate, Visit
from web.wishes import read_decline_reason, read_outcome
from web.words import N_

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
ACCEPTED = N_("The lead is yours. The contact is below.")
DECLINED = N_("Declined. Thank you for saying so quickly.")
CONTACTED = N_("Thank you. The lead stays with you.")
REPORTED = N_("Thank you. The outcome is recorded.")


@router.get("/offers")
def show_offers(visit: Own) -> Response:
    """The whole page."""
    return visit.page("offers.html", **_values(visit))


@router.get("/offers/now")
def show_changes(visit: Own) -> Response:
    """What changes on it."""
    return visit.part("parts/offers.html", **_values(visit))


@router.post("/offers/{offer_id}/accept")
def accept_offer(visit: Own, offer_id: str) -> Response:
    """Take the lead."""
    with visit.parts.database.transaction() as session:
        desk = LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)
        desk.accept_offer(offer_id, visit.person.partner_id)
        audit.record(session, visit.act("offer_accepted", offer_id), visit.now)
    return visit.part("parts/offers.html", message=visit.say(ACCEPTED), **_values(visit))


@router.post("/offers/{offer_id}/decline")
def decline_offer(
    visit: Own, offer_id: str, reason: Annotated[str, Form()], words: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Pass, with a reason."""
    with visit.parts.database.transaction() as session:
        desk = LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)
        desk.decline_offer(offer_id, visit.person.partner_id, Decline(read_decline_reason(reason), words))
        audit.record(session, visit.act("offer_declined", offer_id, {"reason": reason}), visit.now)
    return visit.part("parts/offers.html", message=visit.say(DECLINED), **_values(visit))


@router.post("/offers/leads/{lead_id}/first-contact")
def confirm_first_contact(visit: Own, lead_id: str) -> Response:
    """Say that the first contact with the customer is made."""
    with visit.parts.database.transaction() as session:
        desk = LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)
        desk.confirm_first_contact(lead_id, visit.person.partner_id)
        audit.record(session, visit.act("first_contact_made", lead_id), visit.now)
    return visit.part("parts/offers.html", message=visit.say(CONTACTED), **_values(visit))


@router.post("/offers/leads/{lead_id}/outcome")
def report_outcome(
    visit: Own, lead_id: str, outcome: Annotated[str, Form()], reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Say what became of an accepted lead."""
    with visit.parts.database.transaction() as session:
        desk = LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)
        desk.report_outcome(lead_id, visit.person.partner_id, read_outcome(outcome), reason)
        audit.record(session, visit.act("lead_outcome_reported", lead_id, {"outcome": outcome}), visit.now)
    return visit.part("parts/offers.html", message=visit.say(REPORTED), **_values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    partner_id = visit.person.partner_id
    with visit.parts.database.reading() as session:
        live = partner_view.list_live_offers(session, partner_id)
        leads = partner_view.list_accepted(session, partner_id)
        earlier = [one for one in partner_view.list_offers(session, partner_id) if one.status != "live"]
        passed_over = partner_view.list_passed_over(session, partner_id, 20)
        shown = [*(offer.lead_id for offer in live), *(lead.lead_id for lead in leads)]
        promises = promises_of(session, partner_id, [lead.lead_id for lead in leads])
        receipts = receipts_of(session, visit.parts.settings, shown)
        words = wording(session, leads, visit.language)
    return {
        "live": live,
        "left": {offer.offer_id: seconds_until(offer.expires_at, visit.now) for offer in live},
        "speed": visit.parts.settings.clock_speed,
        "leads": leads,
        "receipts": receipts,
        "promises": promises,
        "earlier": earlier,
        "passed_over": passed_over,
        "decline_reasons": list(DeclineReason),
        "outcomes": sorted(AFTER_ACCEPTANCE),
        "partner_id": partner_id,
        **words,
    }
