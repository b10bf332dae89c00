"""How to dial, over HTTP: what a country refuses is shown and refused, settings stay, the brake is seen with why."""

from accounts.tables import Role
from campaigns.tables import Campaign
from dialer.tables import PacingEvent, PacingState
from tests.web_bench import Bench

HTMX = {"hx-request": "true"}
FORM = {
    "name": "Autumn",
    "caller_number": "+41 44 668 18 00",
    "max_attempts": "4",
    "retry_minutes": "60",
    "ring_timeout_seconds": "25",
    "wrap_up_seconds": "60",
}


def test_a_manager_chooses_how_to_dial_and_a_country_that_wants_humans_refuses_messages(small_bench: Bench) -> None:
    bench = small_bench
    browser, program = bench.browser(Role.MANAGER), bench.program(Role.MANAGER)
    path = f"/campaigns/{bench.ids['campaign']}"
    modes = {mode["name"]: mode["refusal"] for mode in program.get(f"{path}/pacing").json()["modes"]}
    assert modes == {"preview": "", "progressive": "", "power": "", "predictive": "", "agentless": "needs_human"}
    page = browser.get(path).text
    assert "Not here: the law wants a human on the line." in page

    chosen = FORM | {"pacing_mode": "power", "dial_level": "1.5", "preview_seconds": "90"}
    assert browser.post(f"{path}/settings", data=chosen, headers=HTMX).status_code == 200
    assert browser.post(f"{path}/settings", data=FORM, headers=HTMX).status_code == 200
    campaign = program.get(path).json()
    assert (campaign["pacing_mode"], campaign["dial_level"], campaign["preview_seconds"]) == ("power", 1.5, 90)

    refused = browser.post(f"{path}/settings", data=chosen | {"pacing_mode": "agentless"}, headers=HTMX)
    assert (refused.status_code, "must hear a human" in refused.text) == (422, True)
    assert browser.post(f"{path}/settings", data=chosen | {"pacing_mode": "x"}, headers=HTMX).status_code == 422
    body = {"name": "New", "caller_number": "+41 44 668 18 00", "pacing_mode": "agentless"}
    assert program.post("/campaigns", json=body).status_code == 422
    assert program.get(path).json()["pacing_mode"] == "power"


def test_the_brake_is_seen_with_its_reason_and_history_on_page_board_and_api(small_bench: Bench) -> None:
    bench = small_bench
    campaign_id, now = bench.ids["campaign"], bench.now()
    why = "3.1% of 100 answered calls found nobody"
    with bench.parts.database.transaction() as session:
        session.get_one(Campaign, campaign_id).pacing_mode = "predictive"
        session.add(
            PacingState(campaign_id=campaign_id, lines_until=now, brake="one_to_one", brake_why=why, brake_since=now)
        )
        session.add(PacingEvent(campaign_id=campaign_id, at=now, from_brake="off", to_brake="one_to_one", why=why))
    browser = bench.browser(Role.MANAGER)
    part = browser.get(f"/campaigns/{campaign_id}/pacing").text
    assert why in part
    assert "one line per agent" in part
    board = browser.get("/board").text
    assert "one line per agent" in board
    assert "at most 3 %" in board
    seen = bench.program(Role.MANAGER).get(f"/campaigns/{campaign_id}/pacing").json()
    assert (seen["brake"], seen["brake_why"], len(seen["events"])) == ("one_to_one", why, 1)
