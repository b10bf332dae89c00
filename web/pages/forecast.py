"""A campaign's forecast: what each mode of dialing would come to, side by side, and what really comes of it today."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from accounts.tables import Role
from campaigns.tables import Campaign
from dialer import forecast_facts, forecasts, limits
from dialer.forecast.forecast import HELD_UP_FROM
from dialer.forecasts import Wish
from dialer.tables import CampaignForecast
from web.pages.campaigns import find_campaign
from web.rendering import render
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


class ForecastWish(BaseModel):
    """What the form says. Empty fields are taken from the campaign's own rows."""

    answer_percent: Annotated[float | None, Field(ge=1, le=100)] = None
    list_size: Annotated[int | None, Field(ge=0, le=10_000_000)] = None
    dial_level: Annotated[float | None, Field(ge=1, le=5)] = None
    hours: Annotated[float | None, Field(ge=0.5, le=8)] = None  # of each day that is played

    def as_wish(self) -> Wish:
        """The same for the dialer."""
        rate = None if self.answer_percent is None else self.answer_percent / 100
        return Wish(rate, self.list_size, self.dial_level, self.hours)


@router.get("/campaigns/{campaign_id}/forecast")
def show_forecast(visit: Staff, campaign_id: str) -> Response:
    """The last forecast, and a form for the next one."""
    with visit.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        values = _values(visit, session, campaign)
    return visit.page("forecast.html", campaign=campaign, forecast_html=_part(visit, values), asked=values["asked"])


@router.get("/campaigns/{campaign_id}/forecast/now")
def show_now(visit: Staff, campaign_id: str) -> Response:
    """What changes on it."""
    with visit.parts.database.reading() as session:
        return HTMLResponse(_part(visit, _values(visit, session, find_campaign(session, campaign_id))))


@router.post("/campaigns/{campaign_id}/forecast")
def make_forecast(visit: Staff, campaign_id: str, form: Annotated[ForecastWish, Form()]) -> Response:
    """Begin a new one; the page shows it when it is made."""
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        ask = forecasts.ask_for(visit.parts, session, campaign, form.as_wish(), visit.now)
        values = _values(visit, session, campaign)
    visit.request.app.state.forecaster.start(campaign_id, ask)
    return HTMLResponse(_part(visit, values))


def _values(visit: Visit, session: Session, campaign: Campaign) -> dict[str, Any]:
    row = session.get(CampaignForecast, campaign.id)
    outlooks = row.outlooks if row is not None and row.made_at is not None else []
    since = limits.day_began_at(campaign, visit.now)
    return {
        "campaign": campaign,
        "asked": row.asked if row is not None else {},
        "outlooks": outlooks,
        # One that was made before this was asked does not say.
        "held_up": [one["mode"] for one in outlooks if one.get("carrier_used", 0.0) >= HELD_UP_FROM],
        "made_at": row.made_at if row is not None else None,
        "is_being_made": row is not None and forecasts.is_being_made(visit.parts, row, visit.now),
        "fact": forecast_facts.fact_since(session, campaign, since, visit.now),
    }


def _part(visit: Visit, values: dict[str, Any]) -> str:
    return render("parts/forecast.html", visit.language, values)
