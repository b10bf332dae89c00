"""A partner's accepted leads as a file for its own customer system."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from accounts import audit
from accounts.tables import Role
from dialer.hand_over import own_leads_csv
from leads.disclosures import Reader, Way
from leads.hand_over import PLAIN, layout_of
from web.csv_answers import download
from web.visit import PageGate, Visit

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]


@router.get("/connections/own-leads.csv")
def hand_over(visit: Own, layout: str = PLAIN) -> Response:
    """All own leads in the layout of a system."""
    chosen = layout_of(layout)
    with visit.parts.database.transaction() as session:
        audit.record(session, visit.act("own_leads_exported", visit.person.partner_id, {"layout": layout}), visit.now)
    reader = Reader(visit.person.partner_id, visit.person.user_id, Way.FILE)
    return download(own_leads_csv(visit.parts.database, reader, chosen, visit.now), f"leads-{chosen.code}")
