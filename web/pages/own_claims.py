"""A partner's relations and registered deals: claim one, and see what became of each."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from pydantic import BaseModel, Field

from accounts import audit
from accounts.tables import Role
from foundation.errors import Invalid
from leads import claims
from leads.claim_view import list_own
from leads.claims import ASKED_A_MONTH, ClaimDraft
from leads.facts import SOLUTIONS
from leads.promise_view import list_protections
from leads.protection import local_day
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter(prefix="/registrations")

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
ASKED = N_("Sent. You hear within three working days.")
REFUSED = N_("This customer is already protected for this solution.")


class CustomerForm(BaseModel):
    """Which customer, and what proves the claim."""

    company: str = Field(max_length=300)
    evidence: str = Field(max_length=1000)
    uid: str = Field("", max_length=20)
    phone: str = Field("", max_length=40)


class DealForm(CustomerForm):
    """A deal: with whom, and for what."""

    person: str = Field(max_length=300)
    solution: str = Field(max_length=40)


class RelationForm(CustomerForm):
    """A contract or a project, from when to when."""

    kind: str = Field(max_length=12)
    since: date
    until: date


@router.get("")
def show_claims(visit: Own) -> Response:
    """The page."""
    return visit.page("registrations.html", **_values(visit))


@router.post("/deal")
def register_deal(visit: Own, form: Annotated[DealForm, Form()]) -> Response:
    """Register a deal."""
    draft = ClaimDraft(
        claims.REGISTERED,
        form.company,
        form.evidence,
        local_day(visit.now),
        person=form.person,
        uid=form.uid,
        phone_number=form.phone,
        solution=form.solution,
    )
    return _ask(visit, draft)


@router.post("/relation")
def claim_relation(visit: Own, form: Annotated[RelationForm, Form()]) -> Response:
    """Claim a running contract or a past project."""
    if form.kind == claims.REGISTERED:
        raise Invalid("a deal has its own form: it names the contact and the solution")
    draft = ClaimDraft(
        form.kind, form.company, form.evidence, form.since, form.until, uid=form.uid, phone_number=form.phone
    )
    return _ask(visit, draft)


def _ask(visit: Visit, draft: ClaimDraft) -> Response:
    with visit.parts.database.transaction() as session:
        claim = claims.ask(session, visit.person.partner_id, draft, visit.person.user_id, visit.now)
        audit.record(session, visit.act("customer_claimed", claim.id, {"kind": claim.kind}), visit.now)
        visit.parts.live.publish_after_commit(session, "leads", claim=claim.id)
        message = REFUSED if claim.refusal else ASKED
    return visit.part("parts/registrations.html", message=visit.say(message), **_values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    partner_id = visit.person.partner_id
    with visit.parts.database.reading() as session:
        return {
            "claims": list_own(session, partner_id, visit.now),
            "protections": list_protections(session, visit.now, partner_id),
            "solutions": SOLUTIONS,
            "today": local_day(visit.now),
            "most": ASKED_A_MONTH,
        }
