"""Saying otherwise of the last call over HTTP: the line, the form as it was, what may not be and why, the history."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from accounts.tables import AuditEntry, Role
from campaigns.tables import Contact
from dialer.call_states import CallStatus
from dialer.tables import Agent, Call
from tests.web_bench import Bench, put_call_on_desk

HTMX = {"hx-request": "true"}


def said(bench: Bench, code: str = "not_interested", **more: Any) -> str:
    """A call that is over, of which the agent has said something; its id."""
    call_id = put_call_on_desk(bench)
    form = {"call_id": call_id, "code": code, "q.seats": "25", "e.seats": "inferred", "notes": "Nein <danke>."} | more
    assert bench.browser(Role.AGENT).post("/desk/disposition", data=form, headers=HTMX).status_code == 200
    with bench.parts.database.transaction() as session:
        session.get_one(Call, call_id).status = CallStatus.COMPLETED
        agent = session.get_one(Agent, bench.ids["agent"])
        agent.current_call_id, agent.status = "", "ready"
    return call_id


def test_the_last_call_stands_under_the_state_and_its_form_is_as_it_was(bench: Bench) -> None:
    call_id = said(bench, "callback", callback_at="2030-05-06T09:30", callback_is_mine="true")
    browser = bench.browser(Role.AGENT)
    now = browser.get("/desk/now", headers=HTMX).text
    assert "Last call: Muster &lt;b&gt;AG&lt;/b&gt; · Call back," in now
    assert f'hx-get="/desk/correction/{call_id}"' in now
    form = browser.get(f"/desk/correction/{call_id}", headers=HTMX).text
    for shown in (
        'value="callback" data-key="2" aria-keyshortcuts="Control+Shift+2" required checked',
        'value="2030-05-06T09:30"',
        'name="callback_is_mine" value="true" checked',
        'name="e.seats" value="inferred"',
        "Nein &lt;danke&gt;.",
        f'name="showing" value="correction:{call_id}"',
    ):
        assert shown in form, shown
    assert "data-draft" not in form


def test_correcting_it_is_told_in_the_history_and_on_the_audit_trail(bench: Bench) -> None:
    call_id = said(bench)
    form = {"code": "qualified", "former": "not_interested", "q.seats": "40", "notes": "Doch."}
    answer = bench.browser(Role.AGENT).post(f"/desk/correction/{call_id}", data=form, headers=HTMX)
    assert answer.status_code == 200
    assert "Corrected." in answer.text
    assert "Muster &lt;b&gt;AG&lt;/b&gt; · Qualified," in answer.text
    history = bench.browser(Role.MANAGER).get(f"/contacts/{bench.ids['contact']}").text
    assert "Qualified instead of Not interested" in history
    seen = bench.program(Role.MANAGER).get(f"/calls/{call_id}").json()
    assert (seen["disposition"], seen["answers"], bool(seen["lead_id"])) == ("qualified", {"seats": 40}, True)
    assert [(one["from_code"], one["to_code"]) for one in seen["corrections"]] == [("not_interested", "qualified")]
    with bench.parts.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "outcome_corrected")).one()
    assert (entry.subject, entry.facts) == (call_id, {"from": "not_interested", "to": "qualified"})


def test_a_call_that_comes_takes_the_card_and_the_agent_is_told(bench: Bench) -> None:
    call_id = said(bench)
    browser = bench.browser(Role.AGENT)
    showing = {"showing": f"correction:{call_id}"}
    for status in ("ready", "paused"):  # whatever else changes, what is typed stays
        set_agent(bench, status=status)
        same = browser.get("/desk/now", params=showing, headers=HTMX).text
        assert "desk-call" not in same
    with bench.parts.database.transaction() as session:
        session.get_one(Call, call_id).disposition = ""
    set_agent(bench, status="on_call", current_call_id=call_id)
    new = browser.get("/desk/now", params=showing, headers=HTMX).text
    assert 'data-draft="/desk/draft"' in new
    assert "was not saved" in new
    opened = browser.get(f"/desk/correction/{call_id}", headers=HTMX)
    assert opened.status_code == 409


def set_agent(bench: Bench, **columns: str) -> None:
    with bench.parts.database.transaction() as session:
        agent = session.get_one(Agent, bench.ids["agent"])
        for name, value in columns.items():
            setattr(agent, name, value)


def test_what_may_not_be_said_is_shown_with_why_and_refused(bench: Bench) -> None:
    call_id = said(bench, "do_not_call")
    form = bench.browser(Role.AGENT).get(f"/desk/correction/{call_id}", headers=HTMX).text
    assert form.count("This number stays blocked") == 1
    assert form.count("required disabled") == 9
    program = bench.program(Role.AGENT)
    body = {"call_id": call_id, "former": "do_not_call", "code": "qualified"}
    refused = program.post("/agents/me/correction", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "stays blocked" in refused.json()["detail"]


def test_a_program_corrects_by_what_it_was_told(bench: Bench) -> None:
    call_id = said(bench)
    program = bench.program(Role.AGENT)
    last = program.get("/agents/me").json()["last_call"]
    assert (last["call_id"], last["disposition"]) == (call_id, "not_interested")
    at = bench.now() + timedelta(days=2)
    body = {"call_id": call_id, "former": last["disposition"], "code": "callback", "callback_at": at.isoformat()}
    for _ in range(2):
        assert program.post("/agents/me/correction", json=body).json()["last_call"]["disposition"] == "callback"
    stale = program.post("/agents/me/correction", json=body | {"code": "wrong_number"})
    assert (stale.status_code, stale.json()["detail"]) == (409, "This call is recorded otherwise by now: Call back.")
    with bench.parts.database.reading() as session:
        contact = session.get_one(Contact, bench.ids["contact"])
        assert (contact.promised_at, contact.attempts_made) == (at, 1)
        assert session.get_one(Call, call_id).notes == "Nein <danke>."
