"""A partner's own offers and leads in the API. Another partner's are not to be found."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from accounts import audit
from leads import partner_view
from leads.disclosures import Way
from leads.lead_states import DeclineReason, LeadOutcome
from leads.offers import Decline
from leads.promise_view import Promises, promises_of
from web.answers_view import wording
from web.caller import Paged, PageWanted, PartnerCaller, paged
from web.disclosing import note_shown
from web.shown_forms import AnswerOut

router = APIRouter(tags=["offers"])


class OfferOut(BaseModel):
    """An offer as its partner sees it before accepting: nothing personal."""

    model_config = ConfigDict(from_attributes=True)

    offer_id: str
    lead_id: str
    status: str
    basis: str
    offered_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    teaser: dict[str, Any]


class PromisesOut(BaseModel):
    """The clock of the first contact and the protection of the customer. `first_contact_due_at` is empty once made."""

    model_config = ConfigDict(from_attributes=True)

    first_contact_due_at: datetime | None
    first_contact_made_at: datetime | None
    protection_id: str
    protected_until: date | None


class OwnLeadOut(BaseModel):
    """A lead that this partner accepted, with its contact."""

    model_config = ConfigDict(from_attributes=True)

    lead_id: str
    status: str
    accepted_at: datetime | None
    company: str
    person: str
    phone_number: str
    email: str
    language: str
    postcode: str
    canton: str
    employees: int | None
    answers: dict[str, Any]
    evidence: dict[str, str]
    answers_in_words: list[AnswerOut] = []
    wish: str
    complexity: int | None
    grade: str
    urgency: str
    assessment: dict[str, Any]
    notes: str
    outcome: str
    outcome_reason: str
    promises: PromisesOut | None = None


class DeclineIn(BaseModel):
    """Why the partner declines; `text` is needed with OTHER."""

    model_config = ConfigDict(extra="forbid")

    reason: DeclineReason
    text: str = Field("", max_length=1000)


class OutcomeIn(BaseModel):
    """What became of an accepted lead."""

    model_config = ConfigDict(extra="forbid")

    outcome: LeadOutcome
    reason: str = Field("", max_length=1000)


@router.get("/offers")
def list_offers(caller: PartnerCaller, paging: PageWanted) -> Paged[OfferOut]:
    """All own offers, the newest first."""
    with caller.parts.database.reading() as session:
        rows = partner_view.list_offers(session, caller.person.partner_id, paging.cursor, paging.limit + 1)
    return paged(rows, paging, OfferOut.model_validate, lambda row: row.offer_id)


@router.get("/offers/live")
def list_live_offers(caller: PartnerCaller) -> list[OfferOut]:
    """Own offers that wait for an answer, the most urgent first."""
    with caller.parts.database.reading() as session:
        live = partner_view.list_live_offers(session, caller.person.partner_id)
    return [OfferOut.model_validate(offer) for offer in live]


@router.get("/offers/{offer_id}")
def get_offer(caller: PartnerCaller, offer_id: str) -> OfferOut:
    """One own offer."""
    with caller.parts.database.reading() as session:
        return OfferOut.model_validate(partner_view.view_offer(session, caller.person.partner_id, offer_id))


@router.post("/offers/{offer_id}/accept")
def accept_offer(caller: PartnerCaller, offer_id: str) -> OwnLeadOut:
    """Take the lead; the answer has the contact."""
    with caller.parts.database.transaction() as session:
        lead = caller.lead_desk(session).accept_offer(offer_id, caller.person.partner_id)
        audit.record(session, caller.act("offer_accepted", offer_id), caller.now)
    return _own_lead(caller, lead.id)


@router.post("/offers/{offer_id}/decline")
def decline_offer(caller: PartnerCaller, offer_id: str, body: DeclineIn) -> OfferOut:
    """Pass, with a reason."""
    with caller.parts.database.transaction() as session:
        desk = caller.lead_desk(session)
        desk.decline_offer(offer_id, caller.person.partner_id, Decline(body.reason, body.text))
        audit.record(session, caller.act("offer_declined", offer_id, reason=body.reason.value), caller.now)
    return get_offer(caller, offer_id)


@router.get("/own-leads")
def list_own_leads(caller: PartnerCaller, paging: PageWanted) -> Paged[OwnLeadOut]:
    """Accepted leads, the newest first."""
    with caller.parts.database.reading() as session:
        rows = partner_view.list_accepted(session, caller.person.partner_id, paging.cursor, paging.limit + 1)
        promises = promises_of(session, caller.person.partner_id, [row.lead_id for row in rows])
    shown = [row.lead_id for row in rows[: paging.limit]]
    note_shown(caller.parts, caller.person, shown, Way.API, caller.now)
    return paged(rows, paging, lambda row: _with_promises(row, promises), lambda row: row.lead_id)


@router.get("/own-leads/{lead_id}")
def get_own_lead(caller: PartnerCaller, lead_id: str) -> OwnLeadOut:
    """One accepted lead."""
    return _own_lead(caller, lead_id)


@router.post("/own-leads/{lead_id}/first-contact")
def confirm_first_contact(caller: PartnerCaller, lead_id: str) -> OwnLeadOut:
    """Say that the first contact with the customer is made; the lead stays with this partner."""
    with caller.parts.database.transaction() as session:
        caller.lead_desk(session).confirm_first_contact(lead_id, caller.person.partner_id)
        audit.record(session, caller.act("first_contact_made", lead_id), caller.now)
    return _own_lead(caller, lead_id)


@router.post("/own-leads/{lead_id}/outcome")
def report_outcome(caller: PartnerCaller, lead_id: str, body: OutcomeIn) -> OwnLeadOut:
    """Say what became of an accepted lead."""
    with caller.parts.database.transaction() as session:
        desk = caller.lead_desk(session)
        desk.report_outcome(lead_id, caller.person.partner_id, body.outcome, body.reason)
        audit.record(session, caller.act("lead_outcome_reported", lead_id, outcome=body.outcome.value), caller.now)
    return _own_lead(caller, lead_id)


def _own_lead(caller: PartnerCaller, lead_id: str) -> OwnLeadOut:
    with caller.parts.database.reading() as session:
        lead = partner_view.view_accepted(session, caller.person.partner_id, lead_id)
        words = wording(session, [lead], caller.person.language or "en")["words_of"](lead)
        promises = promises_of(session, caller.person.partner_id, [lead_id])
    note_shown(caller.parts, caller.person, [lead_id], Way.API, caller.now)
    said = [AnswerOut.model_validate(one) for one in words]
    return _with_promises(lead, promises).model_copy(update={"answers_in_words": said})


def _with_promises(row: partner_view.DisclosedLead, promises: Mapping[str, Promises]) -> OwnLeadOut:
    shown = OwnLeadOut.model_validate(row)
    if row.lead_id in promises:
        shown.promises = PromisesOut.model_validate(promises[row.lead_id])
    return shown
