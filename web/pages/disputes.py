"""Disputes: a partner's own, the reviewers' inbox with what they decide on, and the precedents for everybody."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from leads import dispute_view
from leads.dispute_desk import DisputeDesk, Ruling
from leads.dispute_states import UNDECIDED, DisputeKind, DisputeOutcome
from leads.rules import RULES
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Reader = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER, Role.PARTNER))]
Words = Annotated[str, Form(max_length=2000)]
PAGE_SIZE = 50
TAKEN = N_("The dispute is yours to review.")
DECIDED = N_("Decided. The partner sees it at once.")
TAKEN_BACK = N_("The dispute is withdrawn.")


@router.get("/disputes")
def show_disputes(visit: Reader) -> Response:
    """A partner's disputes. Staff have all of them elsewhere."""
    if visit.person.is_staff:
        return visit.go_to("/reviews")
    with visit.parts.database.reading() as session:
        rows = dispute_view.list_own(session, visit.person.partner_id, limit=200)
    return visit.page("disputes.html", rows=rows)


@router.post("/disputes")
def file_dispute(
    visit: Own, lead_id: Annotated[str, Form()], kind: Annotated[DisputeKind, Form()], text: Words
) -> Response:
    """File one, from the page that says why a lead went elsewhere."""
    with visit.parts.database.transaction() as session:
        dispute = _desk(visit, session).file(lead_id, visit.person.partner_id, kind, text)
        audit.record(session, visit.act("dispute_filed", dispute.id, {"kind": kind.value}), visit.now)
    return visit.go_to(f"/disputes/{dispute.id}")


@router.get("/disputes/{dispute_id}")
def show_dispute(visit: Reader, dispute_id: str) -> Response:
    """One of them, to follow; for staff, to review."""
    if visit.person.is_staff:
        return visit.go_to(f"/reviews/{dispute_id}")
    return visit.page("dispute.html", **_own_values(visit, dispute_id))


@router.get("/disputes/{dispute_id}/now")
def show_dispute_changes(visit: Own, dispute_id: str) -> Response:
    """The same without the frame."""
    return visit.part("parts/dispute.html", **_own_values(visit, dispute_id))


@router.post("/disputes/{dispute_id}/withdraw")
def withdraw_dispute(visit: Own, dispute_id: str) -> Response:
    """Take it back."""
    with visit.parts.database.transaction() as session:
        _desk(visit, session).withdraw(dispute_id, visit.person.partner_id)
        audit.record(session, visit.act("dispute_withdrawn", dispute_id), visit.now)
    return visit.part("parts/dispute.html", message=visit.say(TAKEN_BACK), **_own_values(visit, dispute_id))


@router.get("/precedents")
def show_precedents(visit: Reader) -> Response:
    """What disputes have settled."""
    with visit.parts.database.reading() as session:
        rows = dispute_view.precedents(session)
    return visit.page("precedents.html", rows=rows)


@router.get("/reviews")
def show_reviews(visit: Staff) -> Response:
    """The reviewers' inbox, what is overdue on top."""
    return visit.page("reviews.html", **_inbox_values(visit))


@router.get("/reviews/now")
def show_reviews_changes(visit: Staff) -> Response:
    """The same without the frame."""
    return visit.part("parts/reviews.html", **_inbox_values(visit))


@router.get("/reviews/{review_id}")
def show_review(visit: Staff, review_id: str) -> Response:
    """One dispute with all that it turns on."""
    return visit.page("review.html", **_review_values(visit, review_id))


@router.post("/reviews/{review_id}/take-up")
def take_up_dispute(visit: Staff, review_id: str) -> Response:
    """Become its reviewer."""
    with visit.parts.database.transaction() as session:
        _desk(visit, session).take_up(review_id)
        audit.record(session, visit.act("dispute_taken_up", review_id), visit.now)
    return visit.part("parts/review.html", message=visit.say(TAKEN), **_review_values(visit, review_id))


@router.post("/reviews/{review_id}/decide")
def decide_dispute(  # noqa: PLR0913, PLR0917 - a form's fields are its parameters
    visit: Staff,
    review_id: str,
    outcome: Annotated[DisputeOutcome, Form()],
    reasoning: Words,
    precedent: Words = "",
    rule: Annotated[str, Form(max_length=40)] = "",
    credit_percent: Annotated[int, Form(ge=0, le=200)] = 0,
    task: Words = "",
) -> Response:
    """Decide it and carry the decision out."""
    ruling = Ruling(outcome, reasoning, precedent, rule, 10 * credit_percent, task)
    with visit.parts.database.transaction() as session:
        _desk(visit, session).decide(review_id, ruling)
        audit.record(session, visit.act("dispute_decided", review_id, {"outcome": outcome.value}), visit.now)
    return visit.part("parts/review.html", message=visit.say(DECIDED), **_review_values(visit, review_id))


def _desk(visit: Visit, session: Session) -> DisputeDesk:
    return DisputeDesk(visit.parts.runtime, session, visit.person.user_id, visit.now)


def _own_values(visit: Visit, dispute_id: str) -> dict[str, Any]:
    partner_id = visit.person.partner_id
    with visit.parts.database.reading() as session:
        view = dispute_view.view_own(session, partner_id, dispute_id)
    undecided = view.dispute.status in UNDECIDED
    return {"dispute": view.dispute, "events": view.events, "undecided": undecided, "partner_id": partner_id}


def _inbox_values(visit: Visit) -> dict[str, Any]:
    with visit.parts.database.reading() as session:
        return {
            "inbox": dispute_view.inbox(session, visit.now),
            "settled": dispute_view.list_settled(session, limit=PAGE_SIZE),
        }


def _review_values(visit: Visit, dispute_id: str) -> dict[str, Any]:
    with visit.parts.database.reading() as session:
        view = dispute_view.view_review(session, dispute_id)
    return {
        "view": view,
        "dispute": view.dispute,
        "undecided": view.dispute.status in UNDECIDED,
        "may_review": visit.person.user_id not in view.took_part,
        "is_overdue": view.is_overdue(visit.now),
        "outcomes": list(DisputeOutcome),
        "rules": sorted(RULES),
    }
