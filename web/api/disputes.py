"""Disputes in the API: partners file and follow theirs, reviewers decide, everybody reads the precedents."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from leads import dispute_view
from leads.dispute_desk import MOST_COMPENSATION_MILLI, DisputeDesk, Ruling
from leads.dispute_states import DisputeKind, DisputeOutcome
from leads.dispute_view import InboxRow
from web.caller import ApiGate, Caller, Paged, PageWanted, PartnerCaller, StaffCaller, paged

router = APIRouter(tags=["disputes"])

Reader = Annotated[Caller, Depends(ApiGate(Role.ADMIN, Role.MANAGER, Role.PARTNER))]


class DisputeOut(BaseModel):
    """A dispute as the partner that filed it sees it. Credit in thousandths of a lead."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    lead_id: str
    round_number: int
    kind: str
    text: str
    status: str
    filed_at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: str
    reasoning: str
    compensation_milli: int


class ReviewOut(DisputeOut):
    """A dispute as reviewers see it."""

    partner_id: str
    partner_name: str
    reviewer: str
    precedent: str
    rule: str
    is_overdue: bool


class FileIn(BaseModel):
    """What is disputed and why, in the partner's words."""

    model_config = ConfigDict(extra="forbid")

    lead_id: str = Field(max_length=40)
    kind: DisputeKind
    text: str = Field(max_length=2000)


class RulingIn(BaseModel):
    """How a dispute is decided. `precedent` and `task` are read by all partners: name nobody."""

    model_config = ConfigDict(extra="forbid")

    outcome: DisputeOutcome
    reasoning: str = Field(max_length=2000)
    precedent: str = Field("", max_length=2000)
    rule: str = Field("", max_length=40)
    compensation_milli: int = Field(0, ge=0, le=MOST_COMPENSATION_MILLI)
    task: str = Field("", max_length=2000)


class PrecedentOut(BaseModel):
    """What a dispute has settled, without anybody's name."""

    model_config = ConfigDict(from_attributes=True)

    month: str
    kind: str
    outcome: str
    rule: str
    reasoning: str


@router.get("/disputes")
def list_disputes(caller: PartnerCaller, paging: PageWanted) -> Paged[DisputeOut]:
    """Your disputes, the newest first."""
    with caller.parts.database.reading() as session:
        rows = dispute_view.list_own(session, caller.person.partner_id, paging.cursor, paging.limit + 1)
    return paged(rows, paging, DisputeOut.model_validate, lambda row: row.id)


@router.post("/disputes", status_code=201)
def file_dispute(caller: PartnerCaller, body: FileIn) -> DisputeOut:
    """Dispute the latest decision about a lead that you were a candidate for."""
    with caller.parts.database.transaction() as session:
        dispute = _desk(caller, session).file(body.lead_id, caller.person.partner_id, body.kind, body.text)
        audit.record(session, caller.act("dispute_filed", dispute.id, kind=body.kind.value), caller.now)
    return DisputeOut.model_validate(dispute)


@router.get("/disputes/{dispute_id}")
def get_dispute(caller: PartnerCaller, dispute_id: str) -> DisputeOut:
    """One of your disputes."""
    with caller.parts.database.reading() as session:
        view = dispute_view.view_own(session, caller.person.partner_id, dispute_id)
    return DisputeOut.model_validate(view.dispute)


@router.post("/disputes/{dispute_id}/withdraw")
def withdraw_dispute(caller: PartnerCaller, dispute_id: str) -> DisputeOut:
    """Take one of your disputes back."""
    with caller.parts.database.transaction() as session:
        dispute = _desk(caller, session).withdraw(dispute_id, caller.person.partner_id)
        audit.record(session, caller.act("dispute_withdrawn", dispute_id), caller.now)
    return DisputeOut.model_validate(dispute)


@router.get("/precedents")
def list_precedents(caller: Reader) -> list[PrecedentOut]:
    """What disputes have settled so far, the newest first."""
    with caller.parts.database.reading() as session:
        return [PrecedentOut.model_validate(one) for one in dispute_view.precedents(session)]


@router.get("/reviews")
def list_reviews(caller: StaffCaller) -> list[ReviewOut]:
    """Undecided disputes, the most urgent first."""
    with caller.parts.database.reading() as session:
        return [_review(row) for row in dispute_view.inbox(session, caller.now)]


@router.get("/reviews/{review_id}")
def get_review(caller: StaffCaller, review_id: str) -> ReviewOut:
    """One dispute."""
    with caller.parts.database.reading() as session:
        view = dispute_view.view_review(session, review_id)
    return _review(InboxRow(view.dispute, view.partner_name, view.is_overdue(caller.now)))


@router.post("/reviews/{review_id}/take-up")
def take_up_dispute(caller: StaffCaller, review_id: str) -> ReviewOut:
    """Become its reviewer. Whoever took part in what is disputed may not."""
    with caller.parts.database.transaction() as session:
        _desk(caller, session).take_up(review_id)
        audit.record(session, caller.act("dispute_taken_up", review_id), caller.now)
    return get_review(caller, review_id)


@router.post("/reviews/{review_id}/decide")
def decide_dispute(caller: StaffCaller, review_id: str, body: RulingIn) -> ReviewOut:
    """Decide it; what is decided is carried out at once."""
    with caller.parts.database.transaction() as session:
        _desk(caller, session).decide(review_id, Ruling(**body.model_dump()))
        audit.record(session, caller.act("dispute_decided", review_id, outcome=body.outcome.value), caller.now)
    return get_review(caller, review_id)


def _desk(caller: Caller, session: Session) -> DisputeDesk:
    return DisputeDesk(caller.parts.runtime, session, caller.person.user_id, caller.now)


def _review(row: InboxRow) -> ReviewOut:
    dispute = row.dispute
    shown: dict[str, Any] = DisputeOut.model_validate(dispute).model_dump()
    return ReviewOut(
        **shown,
        partner_id=dispute.partner_id,
        partner_name=row.partner_name,
        reviewer=dispute.reviewer,
        precedent=dispute.precedent,
        rule=dispute.rule,
        is_overdue=row.is_overdue,
    )
