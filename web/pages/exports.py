"""Contacts, leads and partners as files, for those who may see all of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from accounts import audit
from accounts.tables import Role
from dialer.exports import Wanted, contacts_csv, leads_csv, partners_csv
from web.csv_answers import download
from web.pages.campaigns import find_campaign
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/campaigns/{campaign_id}/contacts.csv")
def export_contacts(visit: Staff, campaign_id: str, list_id: str = "", status: str = "", outcome: str = "") -> Response:
    """The campaign's contacts, or those of one list, status or outcome."""
    with visit.parts.database.reading() as session:
        find_campaign(session, campaign_id)
    _note(visit, "contacts_exported", campaign_id)
    pieces = contacts_csv(visit.parts.database, Wanted(campaign_id, list_id, status, outcome))
    return download(pieces, f"contacts-{list_id if list_id.isidentifier() else campaign_id}")


@router.get("/leads.csv")
def export_leads(visit: Staff, campaign_id: str = "", status: str = "", outcome: str = "") -> Response:
    """All leads, or those of one campaign, status or outcome."""
    _note(visit, "leads_exported", "leads")
    wanted = Wanted(campaign_id, status=status, outcome=outcome)
    return download(leads_csv(visit.parts.database, wanted, visit.language), "leads")


@router.get("/partners.csv")
def export_partners(visit: Staff) -> Response:
    """All partners."""
    _note(visit, "partners_exported", "partners")
    return download(partners_csv(visit.parts.database), "partners")


def _note(visit: Visit, action: str, subject: str) -> None:
    with visit.parts.database.transaction() as session:
        audit.record(session, visit.act(action, subject), visit.now)
