"""A partner's offers: to accept or decline, with the time left. What was accepted is on `own_leads`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from leads import partner_view
from leads.desk import LeadDesk
from leads.lead_states import DeclineReason
from leads.offers import Decline
from web.desk_view import seconds_until
from web.receipt_view import receipts_of
from web.visit import PageGate, Visit
from web.wishes import read_decline_reason
from web.words import N_

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
# Over nights and weekends seconds say nothing: then the page says until when.
COUNTS_DOWN_FROM_SECONDS = 4 * 3600
DECLINED = N_("Declined. Thank you for saying so quickly.")


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
    """Take the lead, and go where its contact is."""
    with visit.parts.database.transaction() as session:
        desk = LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)
        lead_id = desk.accept_offer(offer_id, visit.person.partner_id).id
        audit.record(session, visit.act("offer_accepted", offer_id), visit.now)
    return visit.go_to(f"/own-leads#{lead_id}")


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


def _values(visit: Visit) -> dict[str, Any]:
    partner_id = visit.person.partner_id
    with visit.parts.database.reading() as session:
        live = partner_view.list_live_offers(session, partner_id)
        earlier = [one for one in partner_view.list_offers(session, partner_id) if one.status != "live"]
        passed_over = partner_view.list_passed_over(session, partner_id, 20)
        receipts = receipts_of(session, visit.parts.settings, [offer.lead_id for offer in live])
    return {
        "live": live,
        "left": {offer.offer_id: seconds_until(offer.expires_at, visit.now) for offer in live},
        "counts_down_from": COUNTS_DOWN_FROM_SECONDS,
        "speed": visit.parts.settings.clock_speed,
        "receipts": receipts,
        "earlier": earlier,
        "passed_over": passed_over,
        "decline_reasons": list(DeclineReason),
        "partner_id": partner_id,
    }
