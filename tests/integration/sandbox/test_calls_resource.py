"""The Calls resource as the real SDK sees it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, FROM, App, Sandbox, running_sandbox

TO = "+41445550001"
WAIT = "<Response><Pause length='20'/></Response>"
CALL_KEYS = {
    "sid", "date_created", "date_updated", "parent_call_sid", "account_sid", "to", "to_formatted", "from",
    "from_formatted", "phone_number_sid", "status", "start_time", "end_time", "duration", "price", "price_unit",
    "direction", "answered_by", "api_version", "forwarded_from", "group_sid", "caller_name", "queue_time", "trunk_sid",
    "uri", "subresource_uris",
}  # fmt: skip
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _create(sandbox: Sandbox, to: str = TO, **more: Any) -> Any:
    return sandbox.client.calls.create(to=to, from_=FROM, **(more or {"twiml": WAIT}))


def _raw(sandbox: Sandbox, path: str, authorization: str = "") -> Any:
    import base64
    import json

    said = authorization or f"{ACCOUNT_SID}:{AUTH_TOKEN}"
    header = {"Authorization": "Basic " + base64.b64encode(said.encode()).decode()}
    with urlopen(Request(sandbox.address + path, headers=header), timeout=10) as answer:
        return json.load(answer)


def test_created_call_has_exactly_twilios_keys_and_types(sandbox: Sandbox) -> None:
    sid = _create(sandbox).sid
    body = _raw(sandbox, f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{sid}.json")
    assert set(body) == CALL_KEYS
    assert re.fullmatch("CA[0-9a-f]{32}", body["sid"])
    assert (body["status"], body["direction"], body["queue_time"]) == ("queued", "outbound-api", "0")
    assert re.fullmatch(r"Mon, 02 Mar 2026 \d\d:\d\d:\d\d \+0000", body["date_created"])
    assert (body["duration"], body["price"], body["start_time"], body["end_time"]) == (None, None, None, None)


def test_ended_call_has_its_duration_as_a_string(sandbox: Sandbox) -> None:
    sandbox.script(TO, answer_seconds=3, setup_seconds=1, patience_seconds=60)
    sid = _create(sandbox).sid
    sandbox.advance(60)
    call = sandbox.client.calls(sid).fetch()
    assert (call.status, call.duration) == ("completed", "20")
    assert call.end_time - call.start_time == timedelta(seconds=24)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"to": "0445550001"}, 21211),
        ({"to": "+15005550001"}, 21217),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "me"}, 21212),
        ({"twiml": None}, 21205),
        ({"url": "nowhere", "twiml": None}, 21205),
        ({"send_digits": "12ab"}, 21206),
        ({"timeout": 601}, 21208),
        ({"application_sid": "AP1", "twiml": None}, 21218),
        ({"machine_detection": "Perhaps"}, 21234),
        ({"machine_detection": "Enable", "async_amd": "true"}, 21262),
    ],
)
def test_create_refuses_what_twilio_refuses(sandbox: Sandbox, parameters: dict[str, Any], code: int) -> None:
    wanted = {"to": TO, "from_": FROM, "twiml": WAIT, **parameters}
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.calls.create(**{key: value for key, value in wanted.items() if value is not None})
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert sandbox.get("summary")["calls"] == 0


def test_number_that_the_account_does_not_own_may_not_call() -> None:
    with running_sandbox("--caller-numbers", "+41445550200") as sandbox:
        with pytest.raises(TwilioRestException) as refused:
            _create(sandbox)
        assert refused.value.code == 21210
        assert [one.phone_number for one in sandbox.client.incoming_phone_numbers.list()] == ["+41445550200"]
        assert sandbox.client.incoming_phone_numbers.list(phone_number=FROM) == []


@pytest.mark.parametrize("said", [f"{ACCOUNT_SID}:wrong", f"AC{'9' * 32}:{AUTH_TOKEN}", "x"])
def test_wrong_credentials_are_refused(sandbox: Sandbox, said: str) -> None:
    with pytest.raises(HTTPError) as refused:
        _raw(sandbox, f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json", said)
    with refused.value as error:
        assert error.code == 401
        assert b'"code": 20003' in error.read()


def test_body_that_is_no_form_is_refused(sandbox: Sandbox) -> None:
    path = f"{sandbox.address}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"
    answer = requests.post(path, data=b"To=\xff\xfe", auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=5, headers=_FORM)
    assert (answer.status_code, answer.json()["code"]) == (400, 20422)


def test_unknown_call_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.calls("CA" + "0" * 32).fetch()
    assert (refused.value.code, refused.value.status) == (20404, 404)


def test_path_that_is_not_built_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.messages.create(to=TO, from_=FROM, body="Hello")
    assert refused.value.code == 20404


def test_list_pages_newest_first_and_stays_put_when_calls_are_added(sandbox: Sandbox) -> None:
    sids = [_create(sandbox, f"+414455500{number:02d}").sid for number in range(7)]
    page = sandbox.client.calls.page(page_size=3)
    first = [call.sid for call in page]
    _create(sandbox, "+41445550099")
    second = page.next_page()
    third = second.next_page()
    assert first + [call.sid for call in second] + [call.sid for call in third] == sids[::-1]
    assert third.next_page() is None
    assert len(sandbox.client.calls.list(page_size=2)) == 8


def test_list_filters_by_number_status_and_time(sandbox: Sandbox) -> None:
    start = datetime.fromisoformat(sandbox.get("clock")["now"])
    for number in ("+41445550001", "+41445550002"):
        sandbox.script(number, outcome="no_answer")
    old = _create(sandbox).sid
    sandbox.advance(120)
    new = _create(sandbox).sid
    other = _create(sandbox, "+41445550002").sid
    sandbox.advance(5)
    calls = sandbox.client.calls

    def sids(**filters: Any) -> list[str]:
        return [call.sid for call in calls.list(**filters)]

    assert sids(to=TO) == [new, old]
    assert sids(to=TO, status="no-answer") == [old]
    assert sids(from_=FROM, start_time_after=start + timedelta(seconds=60)) == [other, new]
    assert sids(start_time_before=start + timedelta(seconds=60)) == [old]
    assert sids(start_time=start.astimezone(UTC).date()) == [other, new, old]
    assert sids(parent_call_sid=old) == []
    assert sids(to=TO, start_time_after=start + timedelta(days=1)) == []


def test_child_legs_are_listed_under_their_parent(sandbox: Sandbox) -> None:
    sandbox.script(TO, answer_seconds=1, talk_seconds=60)
    parent = _create(sandbox, twiml="<Response><Dial><Client>bob</Client></Dial></Response>").sid
    sandbox.advance(5)
    children = sandbox.client.calls.list(parent_call_sid=parent)
    assert [(call.to, call.direction) for call in children] == [("client:bob", "outbound-dial")]


def test_update_redirects_completes_and_refuses_after_the_end(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, answer_seconds=1, patience_seconds=300)
    call = _create(sandbox)
    sandbox.advance(3)
    sandbox.client.calls(call.sid).update(url=app.page("/next", WAIT), method="POST")
    sandbox.advance(1)
    assert [one.params["CallStatus"] for one in app.at("/next")] == ["in-progress"]
    assert sandbox.client.calls(call.sid).update(status="completed").status == "completed"
    for change in ({"status": "completed"}, {"twiml": WAIT}, {"status": "canceled"}):
        with pytest.raises(TwilioRestException) as refused:
            sandbox.client.calls(call.sid).update(**change)
        assert (refused.value.code, refused.value.status) == (21220, 400)


def test_ringing_call_is_canceled_and_cannot_be_redirected(sandbox: Sandbox) -> None:
    sandbox.script(TO, answer_seconds=30)
    call = _create(sandbox)
    sandbox.advance(3)
    assert sandbox.client.calls(call.sid).fetch().status == "ringing"
    with pytest.raises(TwilioRestException) as refused:
        sandbox.client.calls(call.sid).update(twiml=WAIT)
    assert refused.value.code == 21220
    assert sandbox.client.calls(call.sid).update(status="canceled").status == "canceled"


def test_ended_call_can_be_deleted_and_a_living_one_cannot(sandbox: Sandbox) -> None:
    call = _create(sandbox)
    with pytest.raises(TwilioRestException):
        sandbox.client.calls(call.sid).delete()
    sandbox.client.calls(call.sid).update(status="canceled")
    assert sandbox.client.calls(call.sid).delete()
    assert sandbox.client.calls.list() == []


def test_excess_calls_are_queued_and_say_for_how_long() -> None:
    with running_sandbox("--virtual", "--calls-per-second", "2") as sandbox:
        times = [_create(sandbox, f"+4144555000{number}").queue_time for number in range(3)]
        assert times == ["0", "500", "1000"]


def test_account_answers_as_active(sandbox: Sandbox) -> None:
    account = sandbox.client.api.v2010.accounts(ACCOUNT_SID).fetch()
    assert (account.sid, account.status, account.type) == (ACCOUNT_SID, "active", "Full")
