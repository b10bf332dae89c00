"""How to dial, over HTTP: what a country refuses is shown and refused, settings stay, the brake is seen with why."""

import re
from html import unescape

from accounts.tables import Role
from campaigns.tables import Campaign
from dialer.reasons import from_record
from dialer.tables import PacingEvent, PacingState
from tests.web_bench import Bench
from web.campaign_form import CampaignSettings
from web.reason_view import shown_reasons

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
    figures = {"abandoned_share": 0.031, "answered": 1300, "limit_share": 0.03, "release_share": 0.75}
    reasons = [{"code": "stepped_down", "facts": figures}]
    old = "3.1% of 100 answered calls found nobody"
    with bench.parts.database.transaction() as session:
        session.get_one(Campaign, campaign_id).pacing_mode = "predictive"
        session.add(
            PacingState(
                campaign_id=campaign_id, lines_until=now, brake="one_to_one", brake_reasons=reasons, brake_since=now
            )
        )
        moved = {"campaign_id": campaign_id, "at": now, "from_brake": "off", "to_brake": "one_to_one"}
        session.add_all([PacingEvent(**moved, reasons=reasons), PacingEvent(**moved, why=old)])
    browser = bench.browser(Role.MANAGER)
    part = browser.get(f"/campaigns/{campaign_id}/pacing").text
    assert "3.1 % of 1’300 answered calls found nobody, 3 % may; one line per agent" in unescape(part)
    assert old in part  # a row from before there were codes
    assert "3.1 % von 1’300 beantworteten Anrufen" in shown_reasons("de", from_record(reasons))
    assert "one line per agent" in part
    board = browser.get("/board").text
    assert "one line per agent" in board
    assert "at most 3 %" in board
    seen = bench.program(Role.MANAGER).get(f"/campaigns/{campaign_id}/pacing").json()
    assert (seen["brake"], seen["brake_why"][:12]) == ("one_to_one", "3.1% of 1300")
    assert seen["brake_reasons"] == reasons
    assert sorted(event["why"][:12] for event in seen["events"]) == ["3.1% of 100 ", "3.1% of 1300"]


def test_a_campaign_may_bear_fewer_abandoned_calls_than_the_law_and_never_more(small_bench: Bench) -> None:
    bench = small_bench
    browser, program = bench.browser(Role.MANAGER), bench.program(Role.MANAGER)
    path = f"/campaigns/{bench.ids['campaign']}"
    chosen = FORM | {"pacing_mode": "predictive", "most_abandoned_percent": "1.5"}
    assert 'name="most_abandoned_percent"' in browser.post(f"{path}/settings", data=chosen, headers=HTMX).text
    seen = program.get(f"{path}/pacing").json()
    assert (seen["limit_share"], seen["lawful_share"]) == (0.015, 0.03)
    assert "own limit; the law would bear 3 %" in unescape(browser.get(f"{path}/pacing").text)
    refused = browser.post(f"{path}/settings", data=chosen | {"most_abandoned_percent": "3.1"}, headers=HTMX)
    assert (refused.status_code, "is above the one" in refused.text) == (422, True)
    findings = program.get(f"{path}/launch-check").json()["findings"]
    assert "At most 1.5 % of those who answer" in next(one["text"] for one in findings if one["code"] == "own_limit")

    body = {key: value for key, value in program.get(path).json().items() if key in CampaignSettings.model_fields}
    assert body["most_abandoned_percent"] == 1.5
    assert program.put(path, json=body | {"most_abandoned_percent": 4}).status_code == 422
    assert program.put(path, json=body | {"most_abandoned_percent": None}).status_code == 200
    assert program.get(f"{path}/pacing").json()["limit_share"] == 0.03
    emptied = browser.post(f"{path}/settings", data=chosen | {"most_abandoned_percent": ""}, headers=HTMX)
    assert emptied.status_code == 200
    assert program.get(path).json()["most_abandoned_percent"] is None


def test_settings_that_somebody_else_changed_meanwhile_are_not_written_over(small_bench: Bench) -> None:
    browser, path = small_bench.browser(Role.MANAGER), f"/campaigns/{small_bench.ids['campaign']}"

    def seen(page: str) -> str:
        (mark,) = re.findall(r'name="instead_of" value="(\w{16})"', page)
        return str(mark)

    old = seen(browser.get(path).text)
    careful = FORM | {"pacing_mode": "power", "dial_level": "1.0", "instead_of": old}
    saved = browser.post(f"{path}/settings", data=careful, headers=HTMX)
    assert saved.status_code == 200
    refused = browser.post(f"{path}/settings", data=careful | {"dial_level": "3.0"}, headers=HTMX)
    assert (refused.status_code, "Somebody else" in refused.text) == (409, True)
    again = careful | {"dial_level": "1.5", "instead_of": seen(saved.text)}
    assert browser.post(f"{path}/settings", data=again, headers=HTMX).status_code == 200
