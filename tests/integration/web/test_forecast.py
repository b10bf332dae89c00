"""Forecasts over HTTP: asked for, made beside the program, shown next to today's facts."""

import time

from accounts.tables import Role
from campaigns.campaigns import CampaignDraft, create_campaign
from dialer import forecasts
from dialer.forecast.forecast import Ask, forecast
from dialer.forecast.world import Crew, World
from dialer.tables import CampaignForecast
from tests.web_bench import Bench


def a_campaign(bench: Bench, name: str) -> str:
    with bench.parts.database.transaction() as session:
        return create_campaign(session, CampaignDraft(name, "+41446681800"), bench.now()).id


def test_forecast_is_made_beside_the_program_and_shown_with_its_picture(bench: Bench) -> None:
    campaign_id = a_campaign(bench, "Forecast of one agent")
    bench.add_agent("de")
    browser = bench.browser(Role.MANAGER)
    path = f"/campaigns/{campaign_id}/forecast"
    assert "There is no forecast yet" in browser.get(path).text
    asked = browser.post(path, data={"answer_percent": "30", "list_size": "100", "hours": "0.5"})
    assert "Being made" in asked.text
    again = browser.post(path, data={})
    assert again.status_code == 409
    shown = ""
    for _ in range(600):
        shown = browser.get(f"{path}/now").text
        if "<svg" in shown:
            break
        time.sleep(0.1)
    assert "answered: 30 per cent" in shown
    assert shown.count("<tr>") == 1 + 3
    program = bench.program(Role.MANAGER)
    found = program.get(f"/campaigns/{campaign_id}/forecast").json()
    assert [mode["mode"] for mode in found["modes"]] == ["progressive", "power", "predictive"]
    assert found["asked"]["list_size"] == 100
    assert found["today"]["occupancy"] is None


def test_page_says_where_the_carrier_takes_too_few_calls_a_second(bench: Bench) -> None:
    campaign_id = a_campaign(bench, "Forecast of many agents")
    world = World(crews=(Crew(30),), hours=0.25, calls_per_second=0.25)
    with bench.parts.database.transaction() as session:
        asked = {"agents": 30, "answer_rate": 0.25, "assumed": [], "calls_per_second": 0.25}
        session.add(CampaignForecast(campaign_id=campaign_id, asked=asked, asked_at=bench.now()))
    outlooks = [one.to_record() for one in forecast(Ask(world, ("progressive", "power"), days=2))]
    forecasts.keep(bench.parts, campaign_id, outlooks, bench.now())
    page = " ".join(bench.browser(Role.MANAGER).get(f"/campaigns/{campaign_id}/forecast").text.split())
    assert "The carrier takes 0.25 calls a second. That is too few for this team with: Progressive, Power." in page


def test_bad_wishes_are_refused_and_agents_see_no_forecast(bench: Bench) -> None:
    campaign_id = a_campaign(bench, "Forecast of nothing")
    path = f"/campaigns/{campaign_id}/forecast"
    program = bench.program(Role.MANAGER)
    assert program.post(path, json={"answer_percent": 0}).status_code == 422
    assert program.post(path, json={"hours": 24}).status_code == 422
    assert bench.program(Role.AGENT).get(path).status_code == 403
    assert program.get("/campaigns/campaign_none/forecast").status_code == 404
