"""The desk in preview over HTTP: whom to dial is shown safely, dialed by its own agent, or skipped with a reason."""

from accounts.tables import Role
from campaigns.tables import Campaign, Contact
from dialer import agents, previews
from tests.web_bench import Bench

HTMX = {"hx-request": "true"}


def put_preview_on_desk(bench: Bench) -> str:
    """The agent waits, and looks at the first contact; the preview's id."""
    now = bench.now()
    with bench.parts.database.transaction() as session:
        agent = agents.lock_agent(session, bench.ids["agent"])
        agent.leg_call_id = "call_leg"
        agents.go_ready(session, agent, is_parked=True, now=now)
        campaign = session.get_one(Campaign, bench.ids["campaign"])
        campaign.pacing_mode = "preview"
        contact = session.get_one(Contact, bench.ids["contact"])
        contact.status = "reserved"
        session.flush()
        previews.show(bench.parts, session, campaign, contact, agent.id, now)
    with bench.parts.database.reading() as session:
        preview = previews.of_agent(session, bench.ids["agent"])
    assert preview is not None
    return preview.id


def test_the_desk_shows_whom_to_dial_with_the_script_and_a_countdown(small_bench: Bench) -> None:
    bench = small_bench
    preview_id = put_preview_on_desk(bench)
    page = bench.browser(Role.AGENT).get("/desk").text
    assert "Muster &lt;b&gt;AG&lt;/b&gt;" in page
    assert "<b>AG" not in page
    assert "Guten Tag Herr Muster" in page
    assert 'data-left="' in page
    same = bench.browser(Role.AGENT).get("/desk/now", params={"showing": preview_id}, headers=HTMX).text
    assert "preview-dial" not in same
    seen = bench.program(Role.AGENT).get("/agents/me").json()["preview"]
    assert (seen["preview_id"], seen["is_ringing"], seen["contact"]["company"]) == (
        preview_id,
        False,
        "Muster <b>AG</b>",
    )


def test_dialing_and_skipping_from_page_and_program(small_bench: Bench) -> None:
    bench = small_bench
    preview_id = put_preview_on_desk(bench)
    browser, program = bench.browser(Role.AGENT), bench.program(Role.AGENT)
    assert browser.post("/desk/preview/dial", data={"preview_id": "preview_x"}, headers=HTMX).status_code == 404
    forged = browser.post("/desk/preview/dial", data={"preview_id": preview_id}, headers={"x-csrf-token": ""})
    assert forged.status_code == 403
    answer = browser.post("/desk/preview/dial", data={"preview_id": preview_id, "showing": preview_id}, headers=HTMX)
    assert "It is ringing" in answer.text
    assert program.post(f"/agents/me/previews/{preview_id}/dial").json()["preview"]["is_ringing"]
    skipped = program.post(f"/agents/me/previews/{preview_id}/skip", json={"reason": "not_now"})
    assert skipped.status_code == 409


def test_skipping_with_do_not_call_blocks_the_number(small_bench: Bench) -> None:
    bench = small_bench
    preview_id = put_preview_on_desk(bench)
    form = {"preview_id": preview_id, "reason": "do_not_call", "showing": preview_id}
    answer = bench.browser(Role.AGENT).post("/desk/preview/skip", data=form, headers=HTMX)
    assert "Waiting for the next call." in answer.text
    with bench.parts.database.reading() as session:
        assert session.get_one(Contact, bench.ids["contact"]).outcome == "do_not_call"
