"""What partners ask of staff: claims to decide and to check, extensions of protection to decide; the overdue on top."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from leads import claims, protection
from leads.claim_view import list_to_check, list_to_decide
from leads.promise_view import extensions_to_decide
from leads.protection import Decision
from web.visit import PageGate, Visit

router = APIRouter(prefix="/claims")

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Answer = Annotated[str, Form(pattern="^(yes|no)$")]
Reason = Annotated[str, Form(max_length=1000)]


@router.get("")
def show_claims(visit: Staff) -> Response:
    """The page."""
    return visit.page("claims.html", **_values(visit))


@router.get("/now")
def show_changes(visit: Staff) -> Response:
    """What changes on it."""
    return visit.part("parts/claims.html", **_values(visit))


@router.post("/{claim_id}/decide")
def decide_claim(visit: Staff, claim_id: str, answer: Answer, reason: Reason = "") -> Response:
    """Confirm or refuse a claim."""
    with visit.parts.database.transaction() as session:
        claim = claims.decide(session, claim_id, _decision(visit, answer, reason))
        audit.record(session, visit.act("claim_decided", claim_id, {"status": claim.status}), visit.now)
        _tell(visit, claim.partner_id)
    return _answer(visit)


@router.post("/{claim_id}/check")
def record_check(visit: Staff, claim_id: str, answer: Answer, reason: Reason = "") -> Response:
    """Say whether a claim held when the customer was asked."""
    with visit.parts.database.transaction() as session:
        claim = claims.record_spot_check(session, claim_id, _decision(visit, answer, reason))
        audit.record(session, visit.act("claim_checked", claim_id, {"held": claim.spot_check}), visit.now)
        _tell(visit, claim.partner_id)
    return _answer(visit)


@router.post("/extensions/{protection_id}/decide")
def decide_extension(visit: Staff, protection_id: str, answer: Answer, reason: Reason = "") -> Response:
    """Grant or refuse an extension of protection."""
    with visit.parts.database.transaction() as session:
        window = protection.decide_extension(session, protection_id, _decision(visit, answer, reason))
        audit.record(session, visit.act("extension_decided", protection_id, {"as": window.extension}), visit.now)
        _tell(visit, window.partner_id)
    return _answer(visit)


def _decision(visit: Visit, answer: str, reason: str) -> Decision:
    return Decision(answer == "yes", reason, visit.person.user_id, visit.now)


def _tell(visit: Visit, partner_id: str) -> None:
    visit.parts.live.publish(f"partner:{partner_id}")


def _answer(visit: Visit) -> Response:
    return visit.part("parts/claims.html", message=visit.say("Saved."), **_values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    with visit.parts.database.reading() as session:
        return {
            "waiting": list_to_decide(session, visit.now),
            "checks": list_to_check(session, visit.now),
            "extensions": extensions_to_decide(session, visit.now),
        }
