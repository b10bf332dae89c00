"""Partners: import from a file, see what each offers, take one out of routing or in again."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Response, UploadFile

from accounts import audit
from accounts.tables import Role
from leads.figures import list_partners
from leads.import_partners import import_partners
from leads.partners import set_active
from web.partner_form import NEW_PARTNER, shown_fields
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/partners")
def show_partners(visit: Staff) -> Response:
    """All partners."""
    return visit.page("partners.html", **shown_fields(visit.say, NEW_PARTNER), **_values(visit))


@router.post("/partners")
def import_file(visit: Staff, file: Annotated[UploadFile, File()]) -> Response:
    """Add the file's partners or change those it names; all rows or none."""
    report = import_partners(visit.parts.database, file.file.read(), visit.now)
    with visit.parts.database.transaction() as session:
        facts = {"added": report.added, "changed": report.changed}
        audit.record(session, visit.act("partners_imported", "partners", facts), visit.now)
    message = visit.say(
        "Partners added: %(added)s, changed: %(changed)s, as before: %(unchanged)s.",
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
    )
    return visit.part("parts/partners.html", message=message, **_values(visit))


@router.post("/partners/{partner_id}/rest")
def rest_partner(visit: Staff, partner_id: str) -> Response:
    """No new offers for this partner."""
    return _set_active(visit, partner_id, active=False)


@router.post("/partners/{partner_id}/wake")
def wake_partner(visit: Staff, partner_id: str) -> Response:
    """New offers for this partner again."""
    return _set_active(visit, partner_id, active=True)


def _set_active(visit: Visit, partner_id: str, *, active: bool) -> Response:
    with visit.parts.database.transaction() as session:
        set_active(session, partner_id, visit.now, active=active)
        audit.record(session, visit.act("partner_woken" if active else "partner_rested", partner_id), visit.now)
    return visit.part("parts/partners.html", message=visit.say("Saved."), **_values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    with visit.parts.database.reading() as session:
        return {"partners": list_partners(session)}
