"""Leads in the API: all of them, one with the reasons of its routing, and what managers do to them."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from accounts import audit
from leads import figures
from leads.figures import LeadFilter
from leads.lead_states import LeadOutcome
from leads.replay import explain_latest
from leads.tables import Lead
from web.answers_view import wording
from web.caller import Caller, Paged, PageWanted, StaffCaller, paged
from web.shown_forms import AnswerOut, AssessmentOut
from web.wishes import read_statuses

router = APIRouter(prefix="/leads", tags=["leads"])


class LeadOut(BaseModel):
    """A lead. `human_reason` says why a person has to decide, where one has to."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    call_id: str
    contact_id: str
    campaign_id: str
    company: str
    person: str
    phone_number: str
    email: str
    language: str
    postcode: str
    canton: str
    employees: int | None
    existing_partner: str
    form_mark: str
    answers: dict[str, Any]
    evidence: dict[str, str]
    wish: str
    complexity: int | None
    grade: str
    urgency: str
    notes: str
    status: str
    status_since: datetime
    opened_at: datetime
    human_reason: str
    partner_id: str | None
    accepted_at: datetime | None
    outcome: str
    outcome_reason: str


class OfferOfLead(BaseModel):
    """One partner's chance at the lead. `by_call`: on the phone, while the customer was on the line."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    number: int
    partner_id: str
    basis: str
    by_call: bool
    status: str
    offered_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    decline_reason: str
    decline_text: str


class LeadWithReasons(LeadOut):
    """A lead with its answers in words, its offers and the router's latest decision, partner by partner."""

    answers_in_words: list[AnswerOut]
    assessment: AssessmentOut | None
    offers: list[OfferOfLead]
    decision: dict[str, Any]


class AssignIn(BaseModel):
    """The partner to whom a manager offers the lead."""

    model_config = ConfigDict(extra="forbid")

    partner_id: str = Field(max_length=40)


class CloseIn(BaseModel):
    """How and why a lead is closed."""

    model_config = ConfigDict(extra="forbid")

    outcome: LeadOutcome
    reason: str = Field("", max_length=1000)


@router.get("")
def list_leads(caller: StaffCaller, paging: PageWanted, status: str = "", campaign_id: str = "") -> Paged[LeadOut]:
    """Leads, the newest first; `status` may name several, separated by commas."""
    chosen = LeadFilter(read_statuses(status), campaign_id, paging.cursor, paging.limit + 1)
    with caller.parts.database.reading() as session:
        rows = figures.list_leads(session, chosen)
    return paged(rows, paging, LeadOut.model_validate, lambda row: row.id)


@router.get("/figures")
def count_leads(caller: StaffCaller, campaign_id: str = "") -> dict[str, int]:
    """How many leads there are by status; `live_offers` is how many partners have one before them."""
    with caller.parts.database.reading() as session:
        counts = figures.count_leads(session, campaign_id)
    return counts.by_status | {"total": counts.total, "live_offers": counts.live_offers}


@router.get("/{lead_id}")
def get_lead(caller: StaffCaller, lead_id: str) -> LeadWithReasons:
    """One lead with its offers and reasons."""
    return _view(caller, lead_id)


@router.post("/{lead_id}/assign")
def assign_lead(caller: StaffCaller, lead_id: str, body: AssignIn) -> LeadWithReasons:
    """Offer a lead that waits for a person to a partner by hand."""
    with caller.parts.database.transaction() as session:
        caller.lead_desk(session).assign_by_hand(lead_id, body.partner_id)
        audit.record(session, caller.act("lead_assigned", lead_id, partner=body.partner_id), caller.now)
    return _view(caller, lead_id)


@router.post("/{lead_id}/route-again")
def route_again(caller: StaffCaller, lead_id: str) -> LeadWithReasons:
    """Put a lead that waits for a person back in line."""
    with caller.parts.database.transaction() as session:
        caller.lead_desk(session).route_again(lead_id)
        audit.record(session, caller.act("lead_put_back_in_line", lead_id), caller.now)
    return _view(caller, lead_id)


@router.post("/{lead_id}/withdraw")
def withdraw_offer(caller: StaffCaller, lead_id: str) -> LeadWithReasons:
    """Take a lead back from the partner that has it before them."""
    with caller.parts.database.transaction() as session:
        caller.lead_desk(session).withdraw_offer(lead_id)
        audit.record(session, caller.act("offer_withdrawn", lead_id), caller.now)
    return _view(caller, lead_id)


@router.post("/{lead_id}/close")
def close_lead(caller: StaffCaller, lead_id: str, body: CloseIn) -> LeadWithReasons:
    """Close a lead for good."""
    with caller.parts.database.transaction() as session:
        caller.lead_desk(session).close(lead_id, body.outcome, body.reason)
        audit.record(session, caller.act("lead_closed", lead_id, outcome=body.outcome.value), caller.now)
    return _view(caller, lead_id)


def _view(caller: Caller, lead_id: str) -> LeadWithReasons:
    with caller.parts.database.reading() as session:
        view = figures.view_lead(session, lead_id)
        explained = explain_latest(session, lead_id)
        words = wording(session, [view.lead], caller.person.language or "en")["words_of"](view.lead)
    lead: Lead = view.lead
    offers = [OfferOfLead.model_validate(row.offer) for row in view.offers]
    decision = explained.to_json() if explained is not None else {}
    return LeadWithReasons(
        **LeadOut.model_validate(lead).model_dump(),
        answers_in_words=[AnswerOut.model_validate(one) for one in words],
        assessment=AssessmentOut.model_validate(lead.assessment) if lead.assessment else None,
        offers=offers,
        decision=decision,
    )
