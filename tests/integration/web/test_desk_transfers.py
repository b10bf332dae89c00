"""Putting a hot customer through: the card on the desk, the same for programs, and the partner's own switch."""

from accounts.tables import Role
from campaigns.tables import Campaign
from dialer.tables import Call
from dialer.transfer_tables import LiveTransfer
from leads.live_lines import LiveLine
from leads.presence import set_live_line
from leads.tables import Partner
from tests.web_bench import Bench, put_call_on_desk

HTMX = {"hx-request": "true"}


def put_hot_call_on_desk(bench: Bench) -> str:
    """The campaign puts customers through, one partner takes them, and the agent is on the line; the call's id."""
    with bench.parts.database.transaction() as session:
        session.get_one(Campaign, bench.ids["campaign"]).allows_live_transfer = True
        line = LiveLine(True, "044 668 19 00", "00:00-24:00")
        set_live_line(session, bench.ids["partner"], line, bench.now())
    return put_call_on_desk(bench)


def test_card_asks_for_a_partner_once_the_lead_is_hot_and_tells_what_happens(small_bench: Bench) -> None:
    bench = small_bench
    call_id = put_hot_call_on_desk(bench)
    browser = bench.browser(Role.AGENT)
    assert 'aria-keyshortcuts="Alt+Shift+P" disabled' in browser.get("/desk").text
    refused = browser.post("/desk/transfer/ask", data={"call_id": call_id}, headers=HTMX)
    assert "Only a customer who wants to talk to a partner at once" in refused.text
    asked = browser.post("/desk/transfer/ask", data={"call_id": call_id, "is_hot": "true"}, headers=HTMX)
    assert asked.status_code == 200
    assert "Musterpartner Eins is asked, as partner 1 of at most 3." in asked.text
    assert "Alt+Shift+X" in asked.text
    with bench.parts.database.reading() as session:
        transfer = session.get_one(LiveTransfer, call_id)
        assert session.get_one(Call, transfer.partner_call_id).to_number == "+41446681900"
    early = browser.post("/desk/transfer/hand-over", data={"call_id": call_id}, headers=HTMX)
    assert "No partner is on the line." in early.text
    canceled = browser.post("/desk/transfer/cancel", data={"call_id": call_id}, headers=HTMX)
    assert "Nobody is asked any more" in canceled.text
    assert "taken back" in browser.get("/desk/now", params={"showing": call_id}, headers=HTMX).text


def test_each_look_at_the_desk_brings_the_card_as_it_is_now(small_bench: Bench) -> None:
    # Loaded by itself it missed what happened while the call's card was on its way.
    call_id = put_hot_call_on_desk(small_bench)
    browser = small_bench.browser(Role.AGENT)
    news = browser.get("/desk/now", params={"showing": call_id}, headers=HTMX).text
    assert "disposition-form" not in news
    assert 'id="desk-transfer" aria-labelledby="transfer-title" hx-swap-oob="true"' in news
    assert "ask-partner" in news


def test_program_asks_and_is_told_and_another_agents_call_is_not_found(small_bench: Bench) -> None:
    bench = small_bench
    call_id = put_hot_call_on_desk(bench)
    agent = bench.program(Role.AGENT)
    assert agent.get("/agents/me/transfer").status_code == 404
    agent.put("/agents/me/draft", json={"call_id": call_id, "is_hot": True})
    asked = agent.post("/agents/me/transfer", json={"call_id": call_id}).json()
    assert (asked["status"], asked["partner"], asked["asked"]) == ("asking", "Musterpartner Eins", 1)
    assert agent.post("/agents/me/transfer", json={"call_id": call_id}).json() == asked
    assert agent.post("/agents/me/transfer", json={"call_id": "call_none"}).status_code == 404
    assert bench.program(Role.PARTNER).post("/agents/me/transfer", json={"call_id": call_id}).status_code in {403, 404}
    # An offer by call is answered on the phone: the inbox does not show it.
    offers = bench.program(Role.PARTNER).get("/offers/live").json()
    assert asked["lead_id"] not in {one["lead_id"] for one in offers}


def test_campaign_that_puts_nobody_through_shows_no_card(small_bench: Bench) -> None:
    put_call_on_desk(small_bench)
    assert "desk-transfer" not in small_bench.browser(Role.AGENT).get("/desk").text


def test_partner_says_where_it_takes_live_calls(small_bench: Bench) -> None:
    bench = small_bench
    browser = bench.browser(Role.PARTNER)
    page = browser.post("/profile/live-line", data={"takes_live_calls": "yes", "live_number": "044 668 19 01"})
    assert "Noted." in page.text
    with bench.parts.database.reading() as session:
        partner = session.get_one(Partner, bench.ids["partner"])
    assert (partner.takes_live_calls, partner.live_number) == (True, "+41446681901")
    program = bench.program(Role.PARTNER)
    wrong = program.put("/own-profile/live-line", json={"takes_live_calls": True, "live_number": "0900 123 123"})
    assert wrong.status_code == 422
    told = program.put("/own-profile/live-line", json={"takes_live_calls": False}).json()
    assert (told["takes_live_calls"], told["live_number"]) == (False, "")
