"""A campaign's forecast in the API: ask for one, and read the last one with what really came of today."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from dialer import forecast_facts, forecasts, limits
from dialer.tables import CampaignForecast
from web.api.campaigns import find_campaign
from web.caller import StaffCaller
from web.pages.forecast import ForecastWish

router = APIRouter(prefix="/campaigns", tags=["campaigns"])


class FactOut(BaseModel):
    """Today so far. Shares between 0 and 1; null where nothing can be said yet."""

    agent_hours: float
    occupancy: float | None
    calls_per_agent_hour: float | None
    abandoned: float | None
    answered: int


class ForecastOut(BaseModel):
    """The last forecast: what was asked, and one entry per mode. `is_being_made`: ask again in some seconds."""

    is_being_made: bool
    made_at: datetime | None
    asked: dict[str, Any]
    modes: list[dict[str, Any]]
    today: FactOut


@router.get("/{campaign_id}/forecast")
def read_forecast(caller: StaffCaller, campaign_id: str) -> ForecastOut:
    """The last forecast beside today's facts."""
    with caller.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        row = session.get(CampaignForecast, campaign_id)
        since = limits.day_began_at(campaign, caller.now)
        fact = forecast_facts.fact_since(session, campaign, since, caller.now)
    return ForecastOut(
        is_being_made=row is not None and forecasts.is_being_made(caller.parts, row, caller.now),
        made_at=row.made_at if row is not None else None,
        asked=row.asked if row is not None else {},
        modes=row.outlooks if row is not None and row.made_at is not None else [],
        today=FactOut(**vars(fact)),
    )


@router.post("/{campaign_id}/forecast", status_code=202)
def ask_for_forecast(caller: StaffCaller, campaign_id: str, wish: ForecastWish, request: Request) -> ForecastOut:
    """Begin a new one. What is left out is taken from the campaign's own rows."""
    with caller.parts.database.transaction() as session:
        ask = forecasts.ask_for(caller.parts, session, find_campaign(session, campaign_id), wish.as_wish(), caller.now)
    request.app.state.forecaster.start(campaign_id, ask)
    return read_forecast(caller, campaign_id)
