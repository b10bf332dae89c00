"""Caller numbers and desk signals over HTTP: what managers and programs see and change, what the desk may tell."""

from accounts.tables import Role
from dialer.agents import lock_agent
from dialer.tables import Agent
from tests.web_bench import Bench, put_call_on_desk

FIRST = "+41445550101"
HTMX = {"hx-request": "true"}


def test_a_number_is_added_seen_and_retired_through_page_and_api(small_bench: Bench) -> None:
    bench = small_bench
    program, browser = bench.program(Role.MANAGER), bench.browser(Role.MANAGER)
    path = f"/campaigns/{bench.ids['campaign']}/caller-numbers"
    (own,) = program.get(path).json()
    assert (own["number"], own["may_be_shown"], own["daily_cap"]) == ("+41446681800", True, 0)

    form = {"number": "044 555 01 01", "language": "fr", "daily_cap": "200"}
    page = browser.post(path, data=form, headers=HTMX).text
    assert f'data-number="{FIRST}"' in page
    assert "not shown: look it up" in page
    (number,) = program.get(path).json()
    assert (number["number"], number["language"], number["daily_cap"]) == (FIRST, "fr", 200)
    assert (number["may_be_shown"], number["checked_at"], number["listed_until"]) == (False, None, None)
    assert browser.post(path, data=form, headers=HTMX).status_code == 409
    assert program.post(path, json={"number": "no number"}).status_code == 422

    assert browser.post(f"{path}/retire", data={"number": FIRST}, headers=HTMX).status_code == 200
    assert program.delete(f"{path}/{FIRST}").status_code == 404
    assert program.post(path, json={"number": FIRST, "daily_cap": 3}).status_code == 201
    assert [one["number"] for one in program.delete(f"{path}/{FIRST}").json()] == ["+41446681800"]


def test_the_desk_tells_how_far_its_own_talk_has_come_and_no_other(small_bench: Bench) -> None:
    bench = small_bench
    call_id = put_call_on_desk(bench)
    with bench.parts.database.transaction() as session:
        lock_agent(session, bench.ids["agent"]).status = "on_call"
    browser = bench.browser(Role.AGENT)
    assert "Nearly done" in browser.get("/desk").text
    forged = browser.post("/desk/signal", data={"call_id": call_id, "signal": "notes"}, headers={"x-csrf-token": ""})
    assert forged.status_code == 403
    assert browser.post("/desk/signal", data={"call_id": "call_x", "signal": "notes"}).status_code == 204
    assert _signal(bench) == ""
    assert browser.post("/desk/signal", data={"call_id": call_id, "signal": "nearly_done"}).status_code == 204
    assert _signal(bench) == "nearly_done"
    assert 'aria-pressed="true"' in browser.get("/desk/now").text
    assert (
        bench.program(Role.AGENT).post("/agents/me/signal", json={"call_id": call_id, "signal": "x"}).status_code == 422
    )


def _signal(bench: Bench) -> str:
    with bench.parts.database.reading() as session:
        return session.get_one(Agent, bench.ids["agent"]).signal
