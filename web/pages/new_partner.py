"""A partner added by hand, on the page of all partners. Files are `partners`' affair, changes `partner`'s."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from foundation.errors import InvalidFields
from leads.partner_entry import add_partner
from web.partner_form import FLAWED, NewPartnerForm, shown_fields
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.post("/partners/new")
def add(visit: Staff, form: Annotated[NewPartnerForm, Form()]) -> Response:
    """Add the partner and go to its page, or say at each field what is wrong with it."""
    written = form.written()
    try:
        with visit.parts.database.transaction() as session:
            partner = add_partner(session, written, visit.now)
            audit.record(session, visit.act("partner_added", partner.id), visit.now)
    except InvalidFields as error:
        shown = shown_fields(visit.say, written, error.flaws)
        return visit.part("parts/new_partner.html", status_code=422, message=visit.say(FLAWED), **shown)
    return visit.go_to(f"/partners/{partner.id}")
