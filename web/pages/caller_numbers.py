"""A campaign's caller numbers on its page: how they do, one more, and one less. Choosing among them is the dialer's."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from campaigns.languages import LANGUAGES as SPOKEN
from campaigns.tables import Campaign
from dialer.caller_number_rows import NewNumber, add_number, has_pool, retire_number
from dialer.caller_number_view import look_at_numbers
from web.pages.campaigns import find_campaign
from web.visit import PageGate, Visit

router = APIRouter(prefix="/campaigns/{campaign_id}/caller-numbers")

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("")
def show_numbers(visit: Staff, campaign_id: str) -> Response:
    """The numbers that the campaign shows, with their use today and their answers."""
    with visit.parts.database.reading() as session:
        return _numbers(visit, session, find_campaign(session, campaign_id))


@router.post("")
def add_one(
    visit: Staff,
    campaign_id: str,
    number: Annotated[str, Form(max_length=40)],
    language: Annotated[str, Form(max_length=2)] = "",
    daily_cap: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """One more number, or one that was retired back again."""
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        row = add_number(session, campaign, NewNumber(number, language, daily_cap), visit.now)
        facts: dict[str, str | int | bool | None] = {"number": row.number, "daily_cap": row.daily_cap}
        audit.record(session, visit.act("caller_number_added", campaign_id, facts), visit.now)
        _tell(visit, session, campaign_id)
        return _numbers(visit, session, campaign, message=visit.say("The number is in the pool."))


@router.post("/retire")
def retire_one(visit: Staff, campaign_id: str, number: Annotated[str, Form(max_length=40)]) -> Response:
    """Show this number on no further call."""
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        row = retire_number(session, campaign_id, number, visit.now)
        audit.record(session, visit.act("caller_number_retired", campaign_id, {"number": row.number}), visit.now)
        _tell(visit, session, campaign_id)
        return _numbers(visit, session, campaign, message=visit.say("The number is shown no more."))


def _numbers(visit: Visit, session: Session, campaign: Campaign, *, message: str = "") -> Response:
    return visit.part(
        "parts/caller_numbers.html",
        campaign=campaign,
        numbers=look_at_numbers(session, campaign, visit.now),
        has_pool=has_pool(session, campaign.id),
        spoken=SPOKEN,
        message=message,
    )


def _tell(visit: Visit, session: Session, campaign_id: str) -> None:
    visit.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
    visit.parts.live.ring_after_commit(session, "tick")
