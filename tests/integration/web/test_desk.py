"""The desk over HTTP: the right card, safe to show, kept while the agent types; dispositions from page and program."""

import json
import threading
from datetime import timedelta

import pytest

from accounts.tables import Role
from campaigns.tables import Contact
from dialer.tables import Agent, Call
from tests.web_bench import Bench, put_call_on_desk

HTMX = {"hx-request": "true"}


def test_the_card_shows_who_is_on_the_line_with_the_script_in_their_language(bench: Bench) -> None:
    call_id = put_call_on_desk(bench)
    page = bench.browser(Role.AGENT).get("/desk").text
    assert "Guten Tag Herr Muster, hier ist Agent One für Muster &lt;b&gt;AG&lt;/b&gt;." in page
    assert "<b>AG" not in page
    assert f'value="{call_id}"' in page
    assert page.count('role="alert"') == 1
    assert '<option value="Musterpartner Zwei"></option>' in page
    desk = bench.program(Role.AGENT).get("/agents/me").json()
    assert desk["call"]["call_id"] == call_id
    assert desk["call"]["contact"]["company"] == "Muster <b>AG</b>"
    assert desk["call"]["script"].startswith("Guten Tag Herr Muster")


def test_what_the_agent_is_typing_is_never_replaced(bench: Bench) -> None:
    call_id = put_call_on_desk(bench)
    browser = bench.browser(Role.AGENT)
    same = browser.get("/desk/now", params={"showing": call_id}, headers=HTMX).text
    assert "disposition-form" not in same
    other = browser.get("/desk/now", params={"showing": "ready"}, headers=HTMX).text
    assert "disposition-form" in other


def test_qualifying_a_call_opens_a_lead_and_frees_the_agent(bench: Bench) -> None:
    call_id = put_call_on_desk(bench)
    browser = bench.browser(Role.AGENT)
    form = {
        "call_id": call_id,
        "code": "qualified",
        "q.solutions": ["crm", "cloud"],
        "o.solutions": "cloud crm",
        "q.seats": "25",
        "q.decider": "yes",
        "q.time_frame": "0-3",
        "e.decider": "inferred",
        "e.budget": "unknown",
        "wish": "Musterpartner <i>Zwei</i>",
        "notes": "Ruft <i>morgen</i> an.",
    }
    answer = browser.post("/desk/disposition", data=form, headers=HTMX)
    assert answer.status_code == 200
    assert "Saved." in answer.text
    with bench.parts.database.reading() as session:
        call = session.get(Call, call_id)
        contact = session.get(Contact, bench.ids["contact"])
    assert call is not None
    assert contact is not None
    assert (call.disposition, call.answers) == (
        "qualified",
        {"solutions": ["cloud", "crm"], "seats": 25, "decider": "yes", "time_frame": "0-3"},
    )
    assert call.lead_id
    lead = bench.browser(Role.MANAGER).get(f"/leads/{call.lead_id}").text
    assert "Ruft &lt;i&gt;morgen&lt;/i&gt; an." in lead
    assert "“Musterpartner &lt;i&gt;Zwei&lt;/i&gt;”" in lead
    assert "For how many seats?" in lead
    seen = bench.program(Role.MANAGER).get(f"/leads/{call.lead_id}").json()
    assert (seen["complexity"], seen["grade"], seen["urgency"]) == (2, "B", "hot")
    assert seen["assessment"]["complexity"]["parts"][0] == {"key": "solutions", "points": 2, "band_without": 1}
    said = {one["key"]: (one["answer"], one["evidence"]) for one in seen["answers_in_words"]}
    assert said["solutions"] == ("Cloud, CRM", "said")
    assert said["decider"] == ("yes", "inferred")
    assert said["budget"] == ("", "unknown")


def test_saying_the_same_twice_changes_nothing_and_something_else_is_a_conflict(bench: Bench) -> None:
    call_id = put_call_on_desk(bench)
    program = bench.program(Role.AGENT)
    body = {"call_id": call_id, "code": "not_interested"}
    assert program.post("/agents/me/disposition", json=body).status_code == 200
    assert program.post("/agents/me/disposition", json=body).status_code == 200
    other = program.post("/agents/me/disposition", json=body | {"code": "wrong_number"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "body",
    [
        {"code": "nonsense"},
        {"code": "callback"},
        {"code": "callback", "callback_at": "2020-01-01T10:00:00+01:00"},
        {"code": "other_language"},
        {"code": "other_language", "language": "xx"},
        {"code": "qualified", "answers": {"colour": "red"}},
        {"code": "qualified", "agent_id": "agent_2"},
    ],
)
def test_a_disposition_that_lacks_something_is_refused_and_records_nothing(
    small_bench: Bench, body: dict[str, object]
) -> None:
    call_id = put_call_on_desk(small_bench)
    answer = small_bench.program(Role.AGENT).post("/agents/me/disposition", json={"call_id": call_id} | body)
    assert answer.status_code == 422
    with small_bench.parts.database.reading() as session:
        call = session.get(Call, call_id)
    assert call is not None
    assert call.disposition == ""


def test_an_agent_cannot_record_a_call_of_someone_else(small_bench: Bench) -> None:
    call_id = put_call_on_desk(small_bench)
    with small_bench.parts.database.transaction() as session:
        call = session.get(Call, call_id)
        assert call is not None
        call.agent_id = None
    answers = [
        small_bench.program(Role.AGENT).post("/agents/me/disposition", json={"call_id": one, "code": "qualified"})
        for one in (call_id, "call_none")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_a_callback_at_the_contacts_own_time_puts_the_contact_back_in_line(bench: Bench) -> None:
    call_id = put_call_on_desk(bench)
    at = bench.now() + timedelta(days=2)
    body = {"call_id": call_id, "code": "callback", "callback_at": at.isoformat(), "callback_is_mine": True}
    assert bench.program(Role.AGENT).post("/agents/me/disposition", json=body).status_code == 200
    with bench.parts.database.reading() as session:
        contact = session.get(Contact, bench.ids["contact"])
    assert contact is not None
    assert contact.promised_at == at
    assert contact.callback_agent_id == bench.ids["agent"]


def test_going_ready_calls_the_agents_phone_and_pausing_needs_a_reason(small_bench: Bench) -> None:
    program = small_bench.program(Role.AGENT)
    desk = program.post("/agents/me/ready").json()
    assert (desk["agent"]["wants"], desk["phone"]) == ("ready", "calling")
    assert program.post("/agents/me/pause", json={}).status_code == 422
    paused = program.post("/agents/me/pause", json={"reason": "lunch"}).json()
    assert (paused["agent"]["status"], paused["agent"]["pause_reason"]) == ("paused", "lunch")
    assert program.post("/agents/me/sign-off").json()["agent"]["status"] == "offline"


def test_a_program_hears_of_its_desk_at_once(small_bench: Bench) -> None:
    agent_id = small_bench.ids["agent"]
    program = small_bench.program(Role.AGENT)
    with program.stream("GET", "/events", params={"topics": f"agent:{agent_id}"}) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: listening"
        threading.Timer(0.1, small_bench.parts.live.publish, (f"agent:{agent_id}",), {"status": "ready"}).start()
        news = next(line for line in lines if line.startswith('data: {"topic"'))
    assert json.loads(news.removeprefix("data: ")) == {"topic": f"agent:{agent_id}", "status": "ready"}


def test_a_browser_hears_that_something_changed_and_never_what(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    with browser.stream("GET", "/events", params={"topics": "leads"}) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: leads"
        assert next(lines) == "data: {}"
        threading.Timer(0.1, small_bench.parts.live.publish, ("leads",), {"lead_id": "lead_secret"}).start()
        assert next(line for line in lines if line.startswith("event")) == "event: leads"
        assert next(lines) == "data: {}"


def test_the_board_counts_agents_by_state(small_bench: Bench) -> None:
    put_call_on_desk(small_bench)
    board = small_bench.program(Role.MANAGER).get("/board").json()
    with small_bench.parts.database.reading() as session:
        agent = session.get(Agent, small_bench.ids["agent"])
    assert agent is not None
    assert board["agents"][agent.status] == 1
    assert board["calls"] == {"bridged": 1}
    assert "Agent One" in small_bench.browser(Role.MANAGER).get("/board").text
