"""Callbacks over HTTP: signed, numbered, retried, and spoiled on demand."""

from typing import Any

import pytest

from tests.integration.sandbox.bench import FROM, App, Sandbox, wait_until

TO = "+41445550001"
ALL = ["initiated", "ringing", "answered", "completed"]
HANG_UP = "<Response><Hangup/></Response>"


def _create(sandbox: Sandbox, callback: str, **more: Any) -> str:
    wanted: dict[str, Any] = {"twiml": HANG_UP, "status_callback_event": ALL, **more}
    return str(sandbox.client.calls.create(to=TO, from_=FROM, status_callback=callback, **wanted).sid)


def test_each_callback_is_signed_and_complete(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO)
    sid = _create(sandbox, f"{app.address}/status?attempt=7&x=a%20b#rc=2&rp=all")
    sandbox.advance(60)
    assert app.statuses() == ["initiated", "ringing", "in-progress", "completed"]
    assert all(one.is_signed and one.query == "attempt=7&x=a%20b" for one in app.heard)
    last = app.heard[-1]
    assert last.params["CallSid"] == sid
    assert (last.params["SequenceNumber"], last.params["SipResponseCode"]) == ("3", "200")
    assert (last.params["ToState"], last.params["ToCountry"], last.params["Direction"]) == ("", "CH", "outbound-api")
    assert last.headers["User-Agent"] == "TwilioProxy/1.1"
    assert last.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert last.params["Timestamp"].endswith("+0000")


def test_callback_by_get_carries_its_parameters_in_the_signed_address(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO)
    _create(sandbox, f"{app.address}/status?attempt=7", status_callback_method="GET")
    sandbox.advance(60)
    assert app.statuses() == ["initiated", "ringing", "in-progress", "completed"]
    assert all(one.is_signed and one.method == "GET" and one.params["attempt"] == "7" for one in app.heard)


def test_only_completed_is_told_unless_asked_for_more(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, outcome="busy")
    _create(sandbox, f"{app.address}/status", status_callback_event=None)
    sandbox.advance(60)
    assert app.statuses() == ["busy"]


def test_failed_callback_is_not_retried_by_default(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, outcome="busy")
    app.fail_first = 1
    _create(sandbox, f"{app.address}/status", status_callback_event=["completed"])
    sandbox.advance(60)
    assert len(app.heard) == 1


def test_failed_callback_is_retried_with_the_same_token_when_asked_to(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, outcome="busy")
    app.fail_first = 2
    _create(sandbox, f"{app.address}/status#rc=3&rp=5xx", status_callback_event=["completed"])
    sandbox.advance(60)
    assert len(app.heard) == 3
    assert len({one.headers["I-Twilio-Idempotency-Token"] for one in app.heard}) == 1
    tries = [entry["status"] for entry in sandbox.get("ledger?kind=callback_tried")["entries"]]
    assert tries == [503, 503, 200]


def test_slow_application_is_given_up_on(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, outcome="busy")
    app.delay_seconds = 0.6
    _create(sandbox, f"{app.address}/status#rt=200&rc=1&rp=rt", status_callback_event=["completed"])
    sandbox.advance(60)
    tries = sandbox.get("ledger?kind=callback_tried")["entries"]
    assert [(entry["status"], entry["failure"]) for entry in tries] == [(0, "rt"), (0, "rt")]


def test_application_that_is_away_is_tried_twice(sandbox: Sandbox) -> None:
    sandbox.script(TO, outcome="busy")
    _create(sandbox, "http://127.0.0.1:9/status", status_callback_event=["completed"])
    sandbox.advance(60)
    tries = sandbox.get("ledger?kind=callback_tried")["entries"]
    assert [(entry["try"], entry["failure"]) for entry in tries] == [(1, "ct"), (2, "ct")]


def test_verdict_of_the_machine_detection_is_told(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, outcome="machine", greeting_seconds=8, has_beep=True)
    sid = _create(
        sandbox,
        f"{app.address}/status",
        twiml="<Response><Pause length='60'/></Response>",
        machine_detection="DetectMessageEnd",
        async_amd="true",
        async_amd_status_callback=f"{app.address}/amd",
    )
    sandbox.advance(600)
    verdicts = app.at("/amd")
    assert [(one.params["AnsweredBy"], one.params["CallSid"], one.is_signed) for one in verdicts] == [
        ("machine_end_beep", sid, True)
    ]
    assert app.at("/status")[-1].params["AnsweredBy"] == "machine_end_beep"
    assert sandbox.client.calls(sid).fetch().answered_by == "machine"


def test_failing_answer_webhook_goes_to_the_fallback_and_into_the_alerts(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO)
    _create(sandbox, f"{app.address}/status", twiml=None, url=app.page("/answer", "", 500),
            fallback_url=app.page("/spare", HANG_UP))  # fmt: skip
    sandbox.advance(60)
    assert [one.path for one in app.heard if one.path != "/status"] == ["/answer", "/spare"]
    assert [alert.error_code for alert in sandbox.client.api.v2010.account.notifications.list()] == ["11200"]


@pytest.mark.parametrize(
    ("fault", "statuses", "is_signed"),
    [
        ("callback_lost", [], True),
        ("callback_doubled", ["initiated"] * 2 + ["ringing"] * 2 + ["in-progress"] * 2 + ["completed"] * 2, True),
        ("callback_bad_signature", ["initiated", "ringing", "in-progress", "completed"], False),
    ],
)
def test_callbacks_are_spoiled_on_demand(
    sandbox: Sandbox, app: App, fault: str, statuses: list[str], is_signed: bool
) -> None:
    sandbox.script(TO)
    sandbox.arm({"fault": fault})
    _create(sandbox, f"{app.address}/status")
    sandbox.advance(60)
    assert app.statuses() == statuses
    assert all(one.is_signed is is_signed for one in app.heard)


def test_late_callbacks_come_in_another_order(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, answer_seconds=1)
    sandbox.arm({"fault": "callback_late", "seconds": 60})
    for _ in range(5):
        _create(sandbox, f"{app.address}/status")
        sandbox.advance(200)
    assert sorted(app.statuses()) == sorted(["initiated", "ringing", "in-progress", "completed"] * 5)
    assert app.statuses() != ["initiated", "ringing", "in-progress", "completed"] * 5


def test_shuffled_callback_goes_after_the_next_one(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO)
    sandbox.arm({"fault": "callback_shuffled", "at": [2], "seconds": 300})
    _create(sandbox, f"{app.address}/status")
    sandbox.advance(60)
    assert app.statuses() == ["initiated", "in-progress", "ringing", "completed"]


def test_last_callback_that_is_shuffled_goes_after_its_time(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO)
    sandbox.arm({"fault": "callback_shuffled", "match": "completed", "seconds": 30})
    _create(sandbox, f"{app.address}/status")
    sandbox.advance(20)
    assert app.statuses() == ["initiated", "ringing", "in-progress"]
    sandbox.advance(30)
    assert app.statuses()[-1] == "completed"


def test_copy_and_original_carry_the_same_token(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, outcome="busy")
    sandbox.arm({"fault": "callback_doubled"})
    _create(sandbox, f"{app.address}/status")
    sandbox.advance(60)
    tokens = [one.headers["I-Twilio-Idempotency-Token"] for one in app.heard]
    assert len(tokens) == 6
    assert tokens[::2] == tokens[1::2]
    assert len(set(tokens)) == 3


def test_unsigned_callback_carries_no_signature(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO)
    sandbox.arm({"fault": "callback_unsigned", "match": "completed"})
    _create(sandbox, f"{app.address}/status")
    sandbox.advance(60)
    assert ["X-Twilio-Signature" in one.headers for one in app.heard] == [True, True, True, False]


def test_callbacks_flow_by_themselves_on_a_running_clock(fast_sandbox: Sandbox, app: App) -> None:
    fast_sandbox.script(TO, answer_seconds=5)
    sid = _create(fast_sandbox, f"{app.address}/status", twiml=None, url=app.page("/answer", HANG_UP))
    wait_until(lambda: "completed" in app.statuses())
    assert sorted(app.statuses()) == ["completed", "in-progress", "initiated", "ringing"]
    assert [one.is_signed for one in app.at("/answer")] == [True]
    wait_until(lambda: fast_sandbox.get("summary")["pending_callbacks"] == 0)
    assert fast_sandbox.client.calls(sid).fetch().status == "completed"
