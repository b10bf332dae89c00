"""Rates, limits, permissions, prices and balances, as an application with the real SDK meets them."""

from collections.abc import Callable
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.integration.sandbox.bench import ACCOUNT_SID, FROM, App, LocalClient, Sandbox, running_sandbox

TO = "+41445550001"
MOBILE = "+41795550001"
WAIT = "<Response><Pause length='6000'/></Response>"


def _create(sandbox: Sandbox, to: str = TO, **more: Any) -> Any:
    return sandbox.client.calls.create(to=to, from_=FROM, **({"twiml": WAIT} | more))


def _talk(sandbox: Sandbox, seconds: float, to: str = TO, **more: Any) -> Any:
    """Call a patient person, who answers at once, and hang up after so many seconds."""
    sandbox.script(to, answer_seconds=0, setup_seconds=0, patience_seconds=9000, greeting_seconds=0.8)
    call = _create(sandbox, to, **more)
    sandbox.advance(seconds)
    sandbox.client.calls(call.sid).update(status="completed")
    sandbox.advance(5)
    return sandbox.client.calls(call.sid).fetch()


def _set(sandbox: Sandbox, **limits: object) -> None:
    sandbox.post(f"accounts/{ACCOUNT_SID}", limits)


def _code(do: Callable[[], object]) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refused:
        do()
    return refused.value.code, refused.value.status


def test_one_call_leaves_in_a_second_unless_set_otherwise() -> None:
    with running_sandbox("--virtual", "--calls-per-second", "1") as sandbox:
        assert [_create(sandbox).queue_time for _ in range(3)] == ["0", "1000", "2000"]
        _set(sandbox, calls_per_second=4)
        assert [_create(sandbox).queue_time for _ in range(2)] == ["3000", "3250"]
        branch = sandbox.client.api.v2010.accounts.create(friendly_name="Branch")
        other = Client(branch.sid, branch.auth_token, http_client=LocalClient(sandbox.address))
        number = other.incoming_phone_numbers.create(phone_number="+41445550700").phone_number
        # Each account has a queue of its own.
        assert [other.calls.create(to=TO, from_=number, twiml=WAIT).queue_time for _ in range(2)] == ["0", "1000"]


def test_queue_of_more_than_a_day_takes_no_more_calls(sandbox: Sandbox) -> None:
    _set(sandbox, calls_per_second=0.0001)
    for _ in range(9):
        _create(sandbox)
    assert _code(lambda: _create(sandbox)) == (22005, 429)
    assert _code(lambda: sandbox.client.conferences("desk").participants.create(to=TO, from_=FROM)) == (22005, 429)


def test_call_above_the_concurrency_limit_fails_when_its_turn_comes(sandbox: Sandbox, app: App) -> None:
    _set(sandbox, concurrency=2)
    sandbox.script(TO, answer_seconds=1, patience_seconds=9000)
    first, second, third = (_create(sandbox, status_callback=f"{app.address}/status") for _ in range(3))
    sandbox.advance(5)
    assert [sandbox.client.calls(one.sid).fetch().status for one in (first, second)] == ["in-progress", "in-progress"]
    assert [one.params["CallSid"] for one in app.at("/status")] == [third.sid]
    assert sandbox.client.calls(third.sid).fetch().status == "failed"
    assert [one.error_code for one in sandbox.client.calls(third.sid).notifications.list()] == ["10004"]
    assert _code(lambda: sandbox.client.conferences("desk").participants.create(to=TO, from_=FROM)) == (16021, 400)
    sandbox.client.calls(first.sid).update(status="completed")
    fourth = _create(sandbox)
    sandbox.advance(5)
    assert sandbox.client.calls(fourth.sid).fetch().status == "in-progress"


def test_call_ends_at_its_time_limit(sandbox: Sandbox) -> None:
    sandbox.script(TO, answer_seconds=1, patience_seconds=9000)
    call = _create(sandbox, time_limit=90)
    sandbox.advance(300)
    assert sandbox.client.calls(call.sid).fetch().duration == "90"


def test_minutes_are_rounded_up_and_taken_off_the_balance(sandbox: Sandbox) -> None:
    _set(sandbox, balance="10")
    assert _talk(sandbox, 61, MOBILE).price == "-0.50000"
    assert _talk(sandbox, 60).price == "-0.03000"
    assert sandbox.client.balance.fetch().balance == "9.47000"
    sandbox.script(TO, outcome="busy")
    busy = _create(sandbox)
    sandbox.advance(60)
    assert sandbox.client.calls(busy.sid).fetch().price is None
    assert sandbox.client.balance.fetch().balance == "9.47000"


def test_detection_and_recording_cost_extra(sandbox: Sandbox) -> None:
    _set(sandbox, balance="10")
    call = _talk(sandbox, 30, machine_detection="Enable", record=True)
    assert call.price == "-0.03750"
    assert [one.price for one in sandbox.client.recordings.list(call_sid=call.sid)] == ["-0.00250"]
    assert sandbox.client.balance.fetch().balance == "9.96000"
    used = {one.category: one.count for one in sandbox.client.usage.records.today.list()}
    assert (used["calls"], used["answering-machine-detection"], used["calls-recordings"]) == ("1", "1", "1")


def test_empty_balance_stops_new_calls_and_leaves_living_ones_alone(sandbox: Sandbox) -> None:
    _set(sandbox, balance="0.03")
    sandbox.script("+41445550002", answer_seconds=1, patience_seconds=9000)
    living = _create(sandbox, "+41445550002")
    _talk(sandbox, 59)
    account = sandbox.client.api.v2010.accounts(ACCOUNT_SID)
    assert (sandbox.client.balance.fetch().balance, account.fetch().status) == ("0.00000", "suspended")
    assert _code(lambda: _create(sandbox)) == (20005, 403)
    assert _code(lambda: sandbox.client.conferences("desk").participants.create(to=TO, from_=FROM)) == (20005, 403)
    assert sandbox.client.calls(living.sid).fetch().status == "in-progress"
    assert sandbox.client.calls(living.sid).update(status="completed").status == "completed"
    _set(sandbox, balance="5")
    assert account.fetch().status == "active"
    assert _create(sandbox).status == "queued"


def test_call_that_waits_when_the_money_runs_out_fails_when_its_turn_comes(sandbox: Sandbox) -> None:
    _set(sandbox, calls_per_second=0.1)
    sandbox.script(TO, answer_seconds=1, patience_seconds=9000)
    first, second = _create(sandbox), _create(sandbox)
    sandbox.advance(5)
    _set(sandbox, balance="0")
    sandbox.advance(10)
    assert sandbox.client.calls(first.sid).fetch().status == "in-progress"
    assert sandbox.client.calls(second.sid).fetch().status == "failed"
    assert [one.error_code for one in sandbox.client.calls(second.sid).notifications.list()] == ["10001"]


def test_starting_balance_countries_and_trial_are_options() -> None:
    options = ("--virtual", "--balance", "12.5", "--countries", "CH,LI", "--trial", "--concurrency", "5")
    with running_sandbox(*options) as sandbox:
        assert sandbox.client.balance.fetch().balance == "12.50000"
        assert sandbox.client.api.v2010.accounts(ACCOUNT_SID).fetch().type == "Trial"
        assert _code(lambda: _create(sandbox, "+4930555000")) == (21215, 400)
        assert _code(lambda: _create(sandbox)) == (21219, 400)
        sandbox.client.incoming_phone_numbers.create(phone_number=TO)
        assert _create(sandbox).status == "queued"
        assert sandbox.get("accounts")["accounts"][0]["concurrency"] == 5


def test_trial_call_ends_after_ten_minutes(sandbox: Sandbox) -> None:
    _set(sandbox, trial=True)
    sandbox.script("client:ann", answer_seconds=1)
    call = _create(sandbox, "client:ann")
    sandbox.advance(700)
    assert sandbox.client.calls(call.sid).fetch().duration == "600"


def test_dialed_leg_to_a_barred_country_fails_with_an_alert(sandbox: Sandbox) -> None:
    _set(sandbox, countries=["CH"])
    sandbox.script(TO, answer_seconds=1, patience_seconds=9000)
    parent = _create(sandbox, twiml="<Response><Dial><Number>+4930555000</Number></Dial></Response>")
    sandbox.advance(10)
    leg = sandbox.client.calls.list(parent_call_sid=parent.sid)[0]
    assert leg.status == "failed"
    assert [one.error_code for one in sandbox.client.calls(leg.sid).notifications.list()] == ["13227"]


def test_webhooks_of_a_subaccount_are_signed_with_its_own_token(sandbox: Sandbox, app: App) -> None:
    branch = sandbox.client.api.v2010.accounts.create(friendly_name="Branch")
    other = Client(branch.sid, branch.auth_token, http_client=LocalClient(sandbox.address))
    number = other.incoming_phone_numbers.create(phone_number="+41445550700").phone_number
    sandbox.script(TO, outcome="busy")
    other.calls.create(to=TO, from_=number, twiml=WAIT, status_callback=f"{app.address}/status")
    sandbox.advance(30)
    heard = app.at("/status")[0]
    signature = heard.headers["X-Twilio-Signature"]
    assert RequestValidator(branch.auth_token).validate(f"{app.address}/status", heard.params, signature)
    # The application's own check is with the main account's token.
    assert not heard.is_signed


def test_setting_that_an_account_has_not_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="400"):
        _set(sandbox, colour="green")
