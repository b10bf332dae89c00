"""The carrier fails on demand, and its ledger tells what really happened."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.error import HTTPError

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, FROM, App, Sandbox

TO = "+41445550001"
WAIT = "<Response><Pause length='20'/></Response>"
CREATE = "POST /Calls.json"


def _create(sandbox: Sandbox) -> Any:
    return sandbox.client.calls.create(to=TO, from_=FROM, twiml=WAIT)


@pytest.mark.parametrize(
    ("fault", "code", "placed"),
    [("rest_429", 20429, 0), ("rest_500", 20500, 0), ("rest_500_done", 20500, 1), ("down", 20503, 0)],
)
def test_create_fails_with_or_without_the_call_placed(sandbox: Sandbox, fault: str, code: int, placed: int) -> None:
    sandbox.arm({"fault": fault, "match": CREATE, "times": 1})
    with pytest.raises(TwilioRestException) as failed:
        _create(sandbox)
    assert failed.value.code == code
    assert sandbox.get("summary")["placed"] == placed
    assert sandbox.get("faults")["struck"] == {fault: 1}
    _create(sandbox)
    assert sandbox.get("summary")["placed_by_number"] == {TO: placed + 1}


@pytest.mark.parametrize(("fault", "placed"), [("rest_drop", 0), ("rest_drop_done", 1)])
def test_connection_is_dropped_with_or_without_the_call_placed(sandbox: Sandbox, fault: str, placed: int) -> None:
    sandbox.arm({"fault": fault, "match": CREATE})
    answer = None
    with pytest.raises(requests.exceptions.ConnectionError):
        answer = requests.post(
            f"{sandbox.address}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json",
            data={"To": TO, "From": FROM, "Twiml": WAIT},
            auth=(ACCOUNT_SID, AUTH_TOKEN),
            timeout=5,
        )
    assert answer is None
    assert sandbox.get("summary")["placed"] == placed


def test_late_answer_outlasts_the_clients_patience_and_the_call_is_placed(sandbox: Sandbox) -> None:
    sandbox.arm({"fault": "rest_delay", "seconds": 1, "match": CREATE})
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(
            f"{sandbox.address}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json",
            data={"To": TO, "From": FROM, "Twiml": WAIT},
            auth=(ACCOUNT_SID, AUTH_TOKEN),
            timeout=0.2,
        )
    assert sandbox.get("summary")["placed"] == 1


def test_young_call_is_not_listed_while_lists_lag(sandbox: Sandbox) -> None:
    sandbox.arm({"fault": "list_lag", "seconds": 30})
    sid = _create(sandbox).sid
    assert sandbox.client.calls.list(to=TO) == []
    sandbox.advance(31)
    assert [call.sid for call in sandbox.client.calls.list(to=TO)] == [sid]


def test_skewed_carrier_tells_and_lists_by_its_own_clock(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, outcome="busy")
    first = _create(sandbox)
    sandbox.arm({"fault": "clock_skew", "seconds": 3600})
    call = sandbox.client.calls.create(to=TO, from_=FROM, twiml=WAIT, status_callback=f"{app.address}/status")
    assert call.date_created - first.date_created >= timedelta(hours=1)
    sandbox.advance(60)
    told = parsedate_to_datetime(app.heard[0].params["Timestamp"])
    assert told - call.date_created < timedelta(minutes=1)
    assert app.heard[0].is_signed
    after = first.date_created + timedelta(minutes=59)
    assert len(sandbox.client.calls.list(start_time_after=after)) == 2
    assert sandbox.client.calls.list(start_time_before=after) == []


def test_lost_fetch_goes_to_the_fallback(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO)
    sandbox.arm({"fault": "fetch_lost", "match": "/answer"})
    url, spare = app.page("/answer", WAIT), app.page("/spare", WAIT)
    sandbox.client.calls.create(to=TO, from_=FROM, url=url, fallback_url=spare)
    sandbox.advance(60)
    assert [one.path for one in app.heard] == ["/spare"]


def test_unreadable_rules_and_settings_are_refused_with_a_reason(sandbox: Sandbox) -> None:
    for path, body in (("faults", {"faults": [{"fault": "fire"}]}), ("people", {"human": 2}), ("faults", {})):
        with pytest.raises(HTTPError) as refused:
            sandbox.post(path, body)
        with refused.value as error:
            assert error.code == 400
            assert b"error" in error.read()


@pytest.mark.parametrize("after", ["1%C2%B2", "-1", "one", "9" * 5000])
def test_ledger_is_read_after_a_whole_number_only(sandbox: Sandbox, after: str) -> None:
    with pytest.raises(HTTPError) as refused:
        sandbox.get(f"ledger?after={after}")
    with refused.value as error:
        assert error.code == 400
        assert b"after is a whole number" in error.read()


def test_clock_that_runs_cannot_be_moved_and_is_shared(fast_sandbox: Sandbox) -> None:
    with pytest.raises(HTTPError) as refused:
        fast_sandbox.advance(1)
    refused.value.close()
    clock = fast_sandbox.get("clock")
    assert (clock["virtual"], clock["speed"]) == (False, 50.0)
    assert clock["now_unix"] > clock["start_at"]


def test_hand_on_the_phone_answers_presses_and_hangs_up(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, answer_seconds=500, patience_seconds=500)
    gather = f'<Response><Gather numDigits="1" action="{app.address}/keys"/></Response>'
    sid = sandbox.client.calls.create(to=TO, from_=FROM, twiml=gather).sid
    sandbox.advance(3)
    assert sandbox.post(f"calls/{sid}", {"do": "answer"})["status"] == "in-progress"
    sandbox.post(f"calls/{sid}", {"do": "press", "what": "5"})
    app.page("/keys", WAIT)
    sandbox.advance(1)
    assert [one.params["Digits"] for one in app.at("/keys")] == ["5"]
    assert sandbox.post(f"calls/{sid}", {"do": "hang_up"})["hung_up_by"] == "callee"
    assert sandbox.kinds(sid)[-1] == "call_completed"
