"""How a campaign's pacing stands, on its page: the way it dials, its brake and why, and who answered to find nobody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from accounts.tables import Role
from dialer.abandonment import Counts
from dialer.modes import look_at_pacing
from web.pages.campaigns import find_campaign
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/campaigns/{campaign_id}/pacing")
def show_pacing(visit: Staff, campaign_id: str) -> Response:
    """The brake with its history, and today's abandoned calls by language against what is allowed."""
    with visit.parts.database.reading() as session:
        seen = look_at_pacing(session, find_campaign(session, campaign_id), visit.now)
    return visit.part("parts/pacing.html", pacing=seen, total=sum(seen.today.values(), Counts()))
