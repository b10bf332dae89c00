"""What was sent to one partner, for staff: whether it was taken, and sending it again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts.tables import Role
from leads.endpoints import find_partner
from web.delivery_view import DeliveryPage
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/partners/{partner_id}/deliveries")
def show_deliveries(visit: Staff, partner_id: str) -> Response:
    """The whole page."""
    with visit.parts.database.reading() as session:
        partner = find_partner(session, partner_id)
        values = _page(partner_id).values(session, visit)
        return visit.page("deliveries.html", partner=partner, secret="", **values)


@router.get("/partners/{partner_id}/deliveries/log")
def show_log(visit: Staff, partner_id: str) -> Response:
    """The log alone, as it changes."""
    with visit.parts.database.reading() as session:
        find_partner(session, partner_id)
        return visit.part("parts/delivery_log.html", **_page(partner_id).values(session, visit))


@router.post("/partners/{partner_id}/deliveries/webhooks/{endpoint_id}/replay")
def replay_since(visit: Staff, partner_id: str, endpoint_id: str, day: Annotated[str, Form(max_length=20)]) -> Response:
    """Send everything again since a day."""
    page = _page(partner_id)
    with visit.parts.database.transaction() as session:
        said = page.replay_since(session, visit, endpoint_id, day)
        return visit.part("parts/delivery.html", message=said, secret="", **page.values(session, visit))


@router.post("/partners/{partner_id}/deliveries/messages/{message_id}/replay")
def replay_message(visit: Staff, partner_id: str, message_id: str) -> Response:
    """Send one message again."""
    page = _page(partner_id)
    with visit.parts.database.transaction() as session:
        said = page.replay_one(session, visit, message_id)
        return visit.part("parts/delivery.html", message=said, secret="", **page.values(session, visit))


def _page(partner_id: str) -> DeliveryPage:
    return DeliveryPage(partner_id, f"/partners/{partner_id}/deliveries", is_own=False)
