"""Numbers with a voice program: called from outside and from inside, they run what they were given."""

from typing import Any

from tests.integration.sandbox.bench import FROM, App, Sandbox

OWN = "+41445550600"
MENU = "<Response><Gather numDigits='2' action='/chosen' timeout='20'><Say>Choose</Say></Gather></Response>"


def _buy(sandbox: Sandbox, **more: Any) -> str:
    return str(sandbox.client.incoming_phone_numbers.create(phone_number=OWN, **more).sid)


def test_number_that_is_called_from_outside_runs_its_program(sandbox: Sandbox, app: App) -> None:
    _buy(sandbox, voice_url=app.page("/voice", MENU), status_callback=f"{app.address}/status")
    sid = sandbox.post("inbound", {"from": "+41795550601", "to": OWN})["sid"]
    sandbox.advance(60)
    heard = app.at("/voice")[0].params
    assert (heard["CallSid"], heard["Direction"], heard["From"]) == (sid, "inbound", "+41795550601")
    assert app.statuses() == ["completed"]
    call = sandbox.client.calls(sid).fetch()
    assert (call.direction, call.price) == ("inbound", "-0.01000")
    assert sandbox.client.usage.records.today.list(category="calls-inbound")[0].count == "1"


def test_keys_sent_on_answer_are_heard_by_the_program_that_was_called(sandbox: Sandbox, app: App) -> None:
    application = sandbox.client.applications.create(voice_url=app.page("/voice", MENU))
    _buy(sandbox, voice_application_sid=application.sid)
    app.page("/chosen", "<Response><Pause length='5'/></Response>")
    sandbox.client.calls.create(
        to=OWN, from_=FROM, twiml="<Response><Pause length='30'/></Response>", send_digits="ww42",
        machine_detection="Enable",
    )  # fmt: skip
    sandbox.advance(60)
    assert [one.params["Digits"] for one in app.at("/chosen")] == ["42"]


def test_number_without_a_program_is_somebody_elses_phone(sandbox: Sandbox) -> None:
    _buy(sandbox)
    call = sandbox.client.calls.create(to=OWN, from_=FROM, twiml="<Response><Hangup/></Response>")
    sandbox.advance(60)
    assert [one.direction for one in sandbox.client.calls.list()] == ["outbound-api"]
    assert sandbox.client.calls(call.sid).fetch().end_time is not None
