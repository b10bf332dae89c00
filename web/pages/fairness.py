"""Figures of routing: the vendor's page with bars per week, and a partner's own beside the anonymous median."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from accounts.tables import Role
from dialer import transfer_figures
from leads import fairness_view, settlement_view
from web.visit import PageGate, Visit

router = APIRouter()
# Of a week made good, those whose credit moved the most.
_SHARES_SHOWN = 40

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]


@router.get("/fairness")
def show_fairness(visit: Staff) -> Response:
    """How well and how fairly leads are routed."""
    with visit.parts.database.reading() as session:
        found = fairness_view.view_fairness(session, visit.now)
        transfers = transfer_figures.view_transfers(session, visit.now)
        made_good = settlement_view.list_weeks(session)
    return visit.page(
        "fairness.html",
        found=found,
        last=found.last,
        total=found.total,
        transfers=transfers,
        made_good=made_good,
        shares_shown=_SHARES_SHOWN,
    )


@router.get("/own-figures")
def show_own_figures(visit: Own) -> Response:
    """A partner's own."""
    with visit.parts.database.reading() as session:
        figures = fairness_view.view_own(session, visit.person.partner_id, visit.now)
        figures += transfer_figures.own_figures(session, visit.person.partner_id, visit.now)
        made_good = settlement_view.list_own_weeks(session, visit.person.partner_id)
    return visit.page("own_figures.html", figures=figures, weeks=fairness_view.WEEKS, made_good=made_good)
