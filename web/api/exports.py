"""Contacts, leads and partners as CSV files, for programs of those who may see all of them."""

from typing import Any

from fastapi import APIRouter

from accounts import audit
from dialer.exports import Wanted, contacts_csv, leads_csv, partners_csv
from web.api.campaigns import find_campaign
from web.caller import Caller, StaffCaller
from web.csv_answers import CsvFile, download

router = APIRouter(tags=["exports"])

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}


@router.get("/campaigns/{campaign_id}/contacts.csv", response_class=CsvFile, responses=_CSV)
def export_contacts(
    caller: StaffCaller, campaign_id: str, list_id: str = "", status: str = "", outcome: str = ""
) -> CsvFile:
    """The campaign's contacts, or those of one list, status or outcome."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
    _note(caller, "contacts_exported", campaign_id)
    return download(contacts_csv(caller.parts.database, Wanted(campaign_id, list_id, status, outcome)), "contacts")


@router.get("/leads.csv", response_class=CsvFile, responses=_CSV)
def export_leads(caller: StaffCaller, campaign_id: str = "", status: str = "", outcome: str = "") -> CsvFile:
    """All leads, or those of one campaign, status or outcome."""
    _note(caller, "leads_exported", "leads")
    wanted = Wanted(campaign_id, status=status, outcome=outcome)
    return download(leads_csv(caller.parts.database, wanted, caller.person.language or "en"), "leads")


@router.get("/partners.csv", response_class=CsvFile, responses=_CSV)
def export_partners(caller: StaffCaller) -> CsvFile:
    """All partners."""
    _note(caller, "partners_exported", "partners")
    return download(partners_csv(caller.parts.database), "partners")


def _note(caller: Caller, action: str, subject: str) -> None:
    with caller.parts.database.transaction() as session:
        audit.record(session, caller.act(action, subject), caller.now)
