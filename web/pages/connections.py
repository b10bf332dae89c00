"""A partner's connections: addresses that are told of events, their secrets, and the log of what was sent."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from leads import endpoints
from leads.endpoints import NewEndpoint, SecretBox
from web.delivery_view import DeliveryPage
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
ADDED = N_("The address is registered. Copy its secret now: it is not shown again.")
CHANGED = N_("Here is the new secret. Copy it now: it is not shown again. The one before signs for 24 hours more.")


@router.get("/connections")
def show_connections(visit: Own) -> Response:
    """The whole page."""
    with visit.parts.database.reading() as session:
        return visit.page("connections.html", secret="", **_page(visit).values(session, visit))


@router.get("/connections/log")
def show_log(visit: Own) -> Response:
    """The log alone, as it changes."""
    with visit.parts.database.reading() as session:
        return visit.part("parts/delivery_log.html", **_page(visit).values(session, visit))


@router.post("/connections/webhooks")
def add_webhook(visit: Own, url: Annotated[str, Form(max_length=500)]) -> Response:
    """Register an address."""
    settings = visit.parts.settings
    wanted = NewEndpoint(visit.person.partner_id, url, visit.person.user_id, settings.webhooks_anywhere)
    with visit.parts.database.transaction() as session:
        endpoint, secret = endpoints.register(session, SecretBox(settings), wanted, visit.now)
        audit.record(session, visit.act("webhook_added", endpoint.id), visit.now)
        return _changed(session, visit, visit.say(ADDED), secret)


@router.post("/connections/webhooks/{endpoint_id}/secret")
def change_secret(visit: Own, endpoint_id: str) -> Response:
    """A new secret."""
    box, partner_id = SecretBox(visit.parts.settings), visit.person.partner_id
    with visit.parts.database.transaction() as session:
        secret = endpoints.new_secret(session, box, partner_id, endpoint_id, visit.now)
        audit.record(session, visit.act("webhook_secret_changed", endpoint_id), visit.now)
        return _changed(session, visit, visit.say(CHANGED), secret)


@router.post("/connections/webhooks/{endpoint_id}/off")
def switch_off(visit: Own, endpoint_id: str) -> Response:
    """Send nothing more there."""
    with visit.parts.database.transaction() as session:
        endpoints.switch_off(session, visit.person.partner_id, endpoint_id, visit.now)
        audit.record(session, visit.act("webhook_switched_off", endpoint_id), visit.now)
        return _changed(session, visit, visit.say("Saved."))


@router.post("/connections/webhooks/{endpoint_id}/on")
def switch_on(visit: Own, endpoint_id: str) -> Response:
    """Send there again."""
    with visit.parts.database.transaction() as session:
        endpoints.switch_on(session, visit.person.partner_id, endpoint_id)
        audit.record(session, visit.act("webhook_switched_on", endpoint_id), visit.now)
        return _changed(session, visit, visit.say("Saved."))


@router.post("/connections/webhooks/{endpoint_id}/replay")
def replay_since(visit: Own, endpoint_id: str, day: Annotated[str, Form(max_length=20)]) -> Response:
    """Send everything again since a day."""
    with visit.parts.database.transaction() as session:
        said = _page(visit).replay_since(session, visit, endpoint_id, day)
        return _changed(session, visit, said)


@router.post("/connections/messages/{message_id}/replay")
def replay_message(visit: Own, message_id: str) -> Response:
    """Send one message again."""
    with visit.parts.database.transaction() as session:
        said = _page(visit).replay_one(session, visit, message_id)
        return _changed(session, visit, said)


def _page(visit: Visit) -> DeliveryPage:
    return DeliveryPage(visit.person.partner_id, "/connections", is_own=True)


def _changed(session: Session, visit: Visit, message: str, secret: str = "") -> Response:
    values = _page(visit).values(session, visit)
    return visit.part("parts/delivery.html", message=message, secret=secret, **values)
