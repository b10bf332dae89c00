"""Leads: the inbox of those that wait for a person, all leads, and one lead with the reasons of its routing."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from leads import figures
from leads.desk import AFTER_ACCEPTANCE, BEFORE_ACCEPTANCE, LeadDesk
from leads.figures import LeadFilter
from leads.lead_states import LeadStatus
from leads.promise_view import promises_of
from web.answers_view import wording
from web.receipt_view import receipts_of
from web.visit import PageGate, Visit
from web.wishes import read_outcome, read_statuses
from web.words import N_

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
PAGE_SIZE = 50
OFFERED = N_("The lead is offered to this partner.")
IN_LINE = N_("The lead is back in line.")
CLOSED = N_("The lead is closed.")
WITHDRAWN = N_("The offer is withdrawn.")


@router.get("/leads")
def show_leads(visit: Staff, status: str = "", before: str = "") -> Response:
    """The inbox and, below, all leads or those of one status."""
    return visit.page("leads.html", **_list_values(visit, status, before))


@router.get("/leads/now")
def show_changes(visit: Staff, status: str = "", before: str = "") -> Response:
    """The same without the frame."""
    return visit.part("parts/leads.html", **_list_values(visit, status, before))


@router.get("/leads/{lead_id}")
def show_lead(visit: Staff, lead_id: str) -> Response:
    """One lead."""
    return visit.page("lead.html", **_lead_values(visit, lead_id))


@router.get("/leads/{lead_id}/now")
def show_lead_changes(visit: Staff, lead_id: str) -> Response:
    """The same without the frame and the forms."""
    return visit.part("parts/lead.html", **_lead_values(visit, lead_id))


@router.post("/leads/{lead_id}/assign")
def assign_lead(visit: Staff, lead_id: str, partner_id: Annotated[str, Form()]) -> Response:
    """Offer the lead to a partner by hand."""
    with visit.parts.database.transaction() as session:
        _desk(visit, session).assign_by_hand(lead_id, partner_id)
        _record(visit, session, "lead_assigned", lead_id, partner=partner_id)
    return _answer(visit, lead_id, OFFERED)


@router.post("/leads/{lead_id}/route-again")
def route_again(visit: Staff, lead_id: str) -> Response:
    """Let the router look for a partner once more."""
    with visit.parts.database.transaction() as session:
        _desk(visit, session).route_again(lead_id)
        _record(visit, session, "lead_put_back_in_line", lead_id)
    return _answer(visit, lead_id, IN_LINE)


@router.post("/leads/{lead_id}/withdraw")
def withdraw_offer(visit: Staff, lead_id: str) -> Response:
    """Take the lead back from the partner that has it before them."""
    with visit.parts.database.transaction() as session:
        _desk(visit, session).withdraw_offer(lead_id)
        _record(visit, session, "offer_withdrawn", lead_id)
    return _answer(visit, lead_id, WITHDRAWN)


@router.post("/leads/{lead_id}/close")
def close_lead(
    visit: Staff, lead_id: str, outcome: Annotated[str, Form()], reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Close the lead for good, with a reason."""
    with visit.parts.database.transaction() as session:
        _desk(visit, session).close(lead_id, read_outcome(outcome), reason)
        _record(visit, session, "lead_closed", lead_id, outcome=outcome)
    return _answer(visit, lead_id, CLOSED)


def _desk(visit: Visit, session: Session) -> LeadDesk:
    return LeadDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)


def _record(visit: Visit, session: Session, action: str, lead_id: str, **facts: str) -> None:
    audit.record(session, visit.act(action, lead_id, facts), visit.now)


def _answer(visit: Visit, lead_id: str, message: str) -> Response:
    return visit.part("parts/lead.html", message=visit.say(message), **_lead_values(visit, lead_id))


def _list_values(visit: Visit, status: str, before: str) -> dict[str, Any]:
    with visit.parts.database.reading() as session:
        chosen = LeadFilter(read_statuses(status), before_id=before, limit=PAGE_SIZE + 1)
        leads = figures.list_leads(session, chosen)
        queue = figures.human_queue(session) if not status and not before else []
        counts = figures.count_leads(session)
    return {
        "queue": queue,
        "leads": leads[:PAGE_SIZE],
        "next_before": leads[PAGE_SIZE - 1].id if len(leads) > PAGE_SIZE else "",
        "counts": counts,
        "status": status,
        "before": before,
    }


def _lead_values(visit: Visit, lead_id: str) -> dict[str, Any]:
    with visit.parts.database.reading() as session:
        view = figures.view_lead(session, lead_id)
        partners = [partner for partner in figures.list_partners(session) if partner.is_active]
        receipt = receipts_of(session, visit.parts.settings, [lead_id]).get(lead_id)
        words = wording(session, [view.lead], visit.language)
        promise = promises_of(session, view.lead.partner_id or "", [lead_id]).get(lead_id)
    outcomes = AFTER_ACCEPTANCE if view.lead.status == LeadStatus.ACCEPTED else BEFORE_ACCEPTANCE
    shown = {"view": view, "lead": view.lead, "partners": partners, "receipt": receipt, "outcomes": sorted(outcomes)}
    return shown | words | {"promise": promise}
