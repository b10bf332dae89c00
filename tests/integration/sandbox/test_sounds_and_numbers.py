"""What is heard over HTTP: recordings played again, held people, numbers of one's own that are called."""

import pytest

from tests.integration.sandbox.bench import FROM, App, Sandbox

TO, OTHER, OWN = "+41445550001", "+41445550002", "+41445559999"
QUIET = {"outcome": "human", "answer_seconds": 1, "setup_seconds": 0.5, "is_agent": True}


def _own_number(sandbox: Sandbox, app: App, twiml: str) -> None:
    numbers = sandbox.client.incoming_phone_numbers
    numbers.create(phone_number=OWN, voice_url=app.page("/voice", twiml), status_callback=f"{app.address}/inbound")


def test_recording_that_is_played_lasts_as_long_as_it_is(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, **QUIET)
    sandbox.script(OTHER, **QUIET)
    pause = '<Response><Pause length="12"/></Response>'
    sandbox.client.calls.create(to=TO, from_=FROM, twiml=pause, record=True, status_callback=f"{app.address}/status")
    sandbox.advance(20)
    url = app.at("/status")[-1].params["RecordingUrl"]
    call = sandbox.client.calls.create(to=OTHER, from_=FROM, twiml=f"<Response><Play>{url}</Play></Response>")
    sandbox.advance(60)
    assert sandbox.client.calls(call.sid).fetch().duration == "12"
    fetched = sandbox.get("ledger?kind=media_fetched")["entries"]
    assert [(one["sid"], one["status"]) for one in fetched] == [(call.sid, 200)]


def test_sound_that_is_missing_is_in_the_alert_list(sandbox: Sandbox, app: App) -> None:
    sandbox.script(TO, **QUIET)
    app.page("/hello.wav", "nobody here", status=404)
    twiml = f"<Response><Play>{app.address}/hello.wav</Play><Shout/></Response>"
    sandbox.client.calls.create(to=TO, from_=FROM, twiml=twiml)
    sandbox.advance(20)
    listed = sandbox.client.api.v2010.account.notifications.list()
    assert sorted((one.error_code, one.log) for one in listed) == [("11200", "0"), ("12200", "1")]


def test_number_of_ones_own_rejects_the_call(sandbox: Sandbox, app: App) -> None:
    _own_number(sandbox, app, '<Response><Reject reason="busy"/></Response>')
    call = sandbox.client.calls.create(to=OWN, from_=FROM, twiml="<Response/>", status_callback=f"{app.address}/status")
    sandbox.advance(5)
    asked = app.at("/voice")[0]
    assert (asked.params["Direction"], asked.params["CallStatus"], asked.is_signed) == ("inbound", "ringing", True)
    assert app.statuses() == ["busy"]
    assert app.statuses("/inbound") == ["busy"]
    inbound = sandbox.client.calls.list(to=OWN)
    assert {(one.direction, one.status) for one in inbound} == {("inbound", "busy"), ("outbound-api", "busy")}
    assert call.sid in {one.sid for one in inbound}


def test_person_from_outside_calls_in(sandbox: Sandbox, app: App) -> None:
    _own_number(sandbox, app, "<Response><Say>welcome to the house</Say></Response>")
    found = sandbox.post("inbound", {"to": OWN, "from": TO, "forwarded_from": OTHER})
    sandbox.advance(30)
    assert app.at("/voice")[0].params["ForwardedFrom"] == OTHER
    assert sandbox.client.calls(found["sid"]).fetch().status == "completed"


def test_sent_digits_reach_the_program_at_the_other_end(sandbox: Sandbox, app: App) -> None:
    app.page("/keys", "<Response><Hangup/></Response>")
    _own_number(sandbox, app, '<Response><Gather numDigits="3" timeout="30" action="/keys"/></Response>')
    pause = '<Response><Pause length="5"/></Response>'
    sandbox.client.calls.create(to=OWN, from_=FROM, twiml=pause, send_digits="ww123")
    sandbox.advance(20)
    assert app.at("/keys")[0].params["Digits"] == "123"


def test_held_participant_hears_the_hold_url(sandbox: Sandbox, app: App) -> None:
    hold = app.page("/hold", '<Response><Pause length="4"/></Response>')
    sandbox.script(TO, **QUIET)
    join = "<Response><Dial><Conference>desk</Conference></Dial></Response>"
    for to in (TO, "client:ann"):
        sandbox.client.calls.create(to=to, from_=FROM, twiml=join)
    sandbox.advance(5)
    room = sandbox.client.conferences.list(friendly_name="desk", status="in-progress")[0]
    held = room.participants.list()[0]
    held.update(hold=True, hold_url=hold, hold_method="GET")
    sandbox.advance(9)
    asked = app.at("/hold")
    assert len(asked) == 3
    assert (asked[0].method, asked[0].params["CallSid"], asked[0].params["FriendlyName"]) == (
        "GET",
        held.call_sid,
        "desk",
    )


@pytest.mark.parametrize("wanted", [{"to": TO, "from": OTHER}, {"to": OWN}, "nonsense"])
def test_call_from_outside_needs_a_number_with_a_program(sandbox: Sandbox, app: App, wanted: object) -> None:
    _own_number(sandbox, app, "<Response/>")
    with pytest.raises(OSError, match="400"):
        sandbox.post("inbound", wanted)
