"""Why: a partner's page of each lead that it was a candidate for, and the operator's page with everybody's reasons."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from accounts.tables import Role
from foundation.errors import NotFound
from leads import figures, why
from leads.dispute_desk import file_until
from leads.dispute_states import DisputeKind
from leads.dispute_view import find_own
from leads.replay import explain_round
from web.visit import PageGate, Visit
from web.wishes import RoundWanted

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
PAGE_SIZE = 25
_OTHERS_SHOWN = 40


@router.get("/decisions")
def show_decisions(visit: Own, cursor: str = "") -> Response:
    """The leads that went elsewhere."""
    with visit.parts.database.reading() as session:
        rows = why.list_elsewhere(session, visit.person.partner_id, cursor, PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    next_cursor = shown[-1].lead_id if len(rows) > PAGE_SIZE else ""
    return visit.page("decisions.html", rows=shown, next_cursor=next_cursor)


@router.get("/decisions/{routed_id}")
def show_decision(visit: Own, routed_id: str, number: RoundWanted = 0) -> Response:
    """Why a lead did or did not come here."""
    with visit.parts.database.reading() as session:
        found = why.why_for(session, visit.parts.settings, visit.person.partner_id, routed_id, number)
        disputed = find_own(session, visit.person.partner_id, routed_id, found.number)
    until = file_until(visit.parts.settings, found.at)
    return visit.page(
        "decision.html",
        why=found,
        others_shown=_OTHERS_SHOWN,
        disputed=disputed,
        # Only the latest decision can be disputed.
        may_dispute=found.number == found.rounds[-1] and visit.now <= until,
        dispute_until=until,
        kinds=list(DisputeKind),
    )


@router.get("/leads/{routed_id}/why")
def show_reasons(visit: Staff, routed_id: str, number: RoundWanted = 0, partner_id: str = "") -> Response:
    """Everybody's reasons in one decision, and one partner's in full."""
    with visit.parts.database.reading() as session:
        rounds = why.count_rounds(session, routed_id)
        number = number or rounds
        explained = explain_round(session, routed_id, number)
        names = {partner.id: partner.name for partner in figures.list_partners(session)}
        values: dict[str, Any] = {"own": None, "rules": (), "changes": ()}
        if partner_id:
            own = explained.of(partner_id)
            if own is None:
                raise NotFound("this partner was no candidate")
            changes, policy = why.changes_for(session, routed_id, number, partner_id)
            values = {"own": own, "rules": why.rule_rows(own, policy), "changes": changes}
    return visit.page(
        "reasons.html", lead_id=routed_id, number=number, rounds=rounds, explained=explained, names=names, **values
    )
