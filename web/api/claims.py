"""Claims in the API: partners claim relations and register deals; staff decides, checks and revokes."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from accounts import audit
from leads import claims
from leads.claim_view import ClaimShown, list_own, list_to_check, list_to_decide, view_for_staff, view_own
from leads.protection import Decision
from web.caller import Caller, Paged, PageWanted, PartnerCaller, StaffCaller, paged

router = APIRouter(tags=["claims"])


class ClaimOut(BaseModel):
    """A claim as its partner sees it. `refusal` is `already_protected`, or empty where `reason` says it in words."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    company: str
    person: str
    uid: str
    phone_number: str
    solution: str
    evidence: str
    since: date
    until: date | None
    status: str
    asked_at: datetime
    due_at: datetime
    decided_at: datetime | None
    refusal: str
    reason: str
    is_over: bool


class StaffClaimOut(ClaimOut):
    """A claim for staff: whose it is, whether it is late, and who else claims or serves this customer."""

    partner_id: str
    partner_name: str
    spot_check: str
    is_late: bool
    rivals: list[str]


class ClaimIn(BaseModel):
    """What a partner claims. A deal needs person and solution; a contract and a project their last day."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["registered", "running", "past"]
    company: str = Field(min_length=1, max_length=300)
    evidence: str = Field(min_length=1, max_length=1000)
    since: date
    until: date | None = None
    person: str = Field("", max_length=300)
    uid: str = Field("", max_length=20)
    phone_number: str = Field("", max_length=40)
    solution: str = Field("", max_length=40)


class DecisionIn(BaseModel):
    """Yes, or no with a reason that the partner reads."""

    model_config = ConfigDict(extra="forbid")

    is_granted: bool
    reason: str = Field("", max_length=1000)


class RevocationIn(BaseModel):
    """Why a claim is taken back; the partner reads it."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=1000)


@router.get("/own-claims")
def list_own_claims(caller: PartnerCaller, paging: PageWanted) -> Paged[ClaimOut]:
    """Own claims, the newest first."""
    with caller.parts.database.reading() as session:
        rows = list_own(session, caller.person.partner_id, caller.now, paging.cursor, paging.limit + 1)
    return paged(rows, paging, ClaimOut.model_validate, lambda row: row.id)


@router.post("/own-claims", status_code=201)
def claim_customer(caller: PartnerCaller, body: ClaimIn) -> ClaimOut:
    """Claim a relation or register a deal."""
    draft = claims.ClaimDraft(**body.model_dump())
    with caller.parts.database.transaction() as session:
        claim = claims.ask(session, caller.person.partner_id, draft, caller.person.user_id, caller.now)
        audit.record(session, caller.act("customer_claimed", claim.id, kind=claim.kind), caller.now)
        claim_id = claim.id
    caller.parts.live.publish("leads", claim=claim_id)
    return get_own_claim(caller, claim_id)


@router.get("/own-claims/{claim_id}")
def get_own_claim(caller: PartnerCaller, claim_id: str) -> ClaimOut:
    """One own claim."""
    with caller.parts.database.reading() as session:
        return ClaimOut.model_validate(view_own(session, caller.person.partner_id, claim_id, caller.now))


@router.get("/claims")
def list_waiting(caller: StaffCaller) -> list[StaffClaimOut]:
    """Claims that wait for a decision, the overdue on top."""
    with caller.parts.database.reading() as session:
        return [_staffs(one) for one in list_to_decide(session, caller.now)]


@router.get("/claims/to-check")
def list_checks(caller: StaffCaller) -> list[StaffClaimOut]:
    """Confirmed claims that an agent is to check with the customer."""
    with caller.parts.database.reading() as session:
        return [_staffs(one) for one in list_to_check(session, caller.now)]


@router.post("/claims/{claim_id}/decision")
def decide_claim(caller: StaffCaller, claim_id: str, body: DecisionIn) -> StaffClaimOut:
    """Confirm or refuse a claim."""
    with caller.parts.database.transaction() as session:
        claims.decide(session, claim_id, _decision(caller, body))
        audit.record(session, caller.act("claim_decided", claim_id, granted=body.is_granted), caller.now)
    return _one(caller, claim_id)


@router.post("/claims/{claim_id}/spot-check")
def record_check(caller: StaffCaller, claim_id: str, body: DecisionIn) -> StaffClaimOut:
    """Say whether the claim held when the customer was asked."""
    with caller.parts.database.transaction() as session:
        claims.record_spot_check(session, claim_id, _decision(caller, body))
        audit.record(session, caller.act("claim_checked", claim_id, held=body.is_granted), caller.now)
    return _one(caller, claim_id)


@router.post("/claims/{claim_id}/revoke")
def revoke_claim(caller: StaffCaller, claim_id: str, body: RevocationIn) -> StaffClaimOut:
    """Take back a confirmed claim."""
    with caller.parts.database.transaction() as session:
        claims.revoke(session, claim_id, Decision(False, body.reason, caller.person.user_id, caller.now))
        audit.record(session, caller.act("claim_revoked", claim_id), caller.now)
    return _one(caller, claim_id)


def _decision(caller: Caller, body: DecisionIn) -> Decision:
    return Decision(body.is_granted, body.reason, caller.person.user_id, caller.now)


def _one(caller: Caller, claim_id: str) -> StaffClaimOut:
    with caller.parts.database.reading() as session:
        return _staffs(view_for_staff(session, claim_id, caller.now))


def _staffs(claim: ClaimShown) -> StaffClaimOut:
    return StaffClaimOut.model_validate(claim)
