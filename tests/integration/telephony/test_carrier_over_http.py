"""The real client against a server that does everything a carrier and a network can do to one request."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from foundation.errors import Unavailable
from foundation.settings import Settings
from telephony.carrier import OutcomeUnknown, Placed, PlaceOrder, PlaceResult, Rejected, Reported, Throttled
from telephony.twilio.addresses import Addresses
from telephony.twilio.client import TwilioCarrier
from tests.integration.telephony.carrier_stub import Stub, running_stub

ORDER = PlaceOrder("call_1", "+41446681899", "+41446681800", 25)
SID = "CA" + "2" * 32
PUBLIC_URL = "https://voice.example.com"


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A carrier's server."""
    with running_stub() as stub:
        yield stub


@pytest.fixture
def carrier(stub: Stub) -> Iterator[TwilioCarrier]:
    """Our client of it."""
    carrier = carrier_at(stub.url)
    yield carrier
    carrier.close()


def carrier_at(url: str) -> TwilioCarrier:
    settings = Settings(_env_file=None, twilio_api_url=url, carrier_timeout_seconds=1.0)
    return TwilioCarrier(settings, Addresses(PUBLIC_URL))


def created(**more: object) -> dict[str, object]:
    """A call as the carrier answers its creation."""
    return {
        "sid": SID,
        "status": "queued",
        "to": ORDER.to,
        "from": ORDER.from_number,
        "date_created": "Mon, 02 Mar 2026 09:00:00 +0000",
        "queue_time": "0",
        "duration": None,
        "answered_by": None,
        **more,
    }


def test_created_call_is_placed_with_its_id_in_every_address(carrier: TwilioCarrier, stub: Stub) -> None:
    stub.reply(201, created())
    assert carrier.place(ORDER) == Placed(SID)
    (asked,) = stub.asked
    assert asked.method == "POST"
    assert asked.path.endswith("/Calls.json")
    assert asked.form["To"] == [ORDER.to]
    assert asked.form["From"] == [ORDER.from_number]
    assert asked.form["Timeout"] == ["25"]
    assert asked.form["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert asked.form["Url"][0].startswith(f"{PUBLIC_URL}/twilio/answer/call_1#")
    assert asked.form["StatusCallback"][0].startswith(f"{PUBLIC_URL}/twilio/status/call_1#")
    assert "MachineDetection" not in asked.form


def test_detection_of_machines_does_not_keep_the_person_waiting(carrier: TwilioCarrier, stub: Stub) -> None:
    stub.reply(201, created())
    carrier.place(PlaceOrder("call_1", ORDER.to, ORDER.from_number, 25, detect_machines=True))
    form = stub.asked[0].form
    assert (form["MachineDetection"], form["AsyncAmd"]) == (["Enable"], ["true"])
    assert form["AsyncAmdStatusCallback"][0].startswith(f"{PUBLIC_URL}/twilio/machine/call_1#")


def test_call_that_the_carrier_holds_back_says_for_how_long(carrier: TwilioCarrier, stub: Stub) -> None:
    stub.reply(201, created(queue_time="2500"))
    assert carrier.place(ORDER) == Placed(SID, 2.5)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, 21211, Rejected(21211, "", number_is_bad=True)),
        (400, 21214, Rejected(21214, "", number_is_bad=True)),
        (400, 21216, Rejected(21216, "", number_is_bad=True)),
        (400, 21217, Rejected(21217, "", number_is_bad=True)),
        (400, 21210, Rejected(21210, "", stops_all=True)),
        (400, 21212, Rejected(21212, "", stops_all=True)),
        (400, 21205, Rejected(21205, "", stops_all=True)),
        (401, 20003, Rejected(20003, "", stops_all=True)),
        (403, 20005, Rejected(20005, "", stops_all=True)),
        (404, 20404, Rejected(20404, "", stops_all=True)),
        (400, 21999, Rejected(21999, "")),
        (400, None, Rejected(400, "")),
        (401, None, Rejected(401, "", stops_all=True)),
        (429, 20429, Throttled("")),
        (429, None, Throttled("")),
        (408, None, OutcomeUnknown("")),
        (500, 20500, OutcomeUnknown("")),
        (502, None, OutcomeUnknown("")),
        (503, 20503, OutcomeUnknown("")),
        (504, None, OutcomeUnknown("")),
    ],
)
def test_each_refusal_is_what_the_carrier_means_by_it(
    carrier: TwilioCarrier, stub: Stub, status: int, code: int | None, expected: PlaceResult
) -> None:
    stub.refuse(status, code)
    assert _without_words(carrier.place(ORDER)) == expected
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, Rejected(21217, "", number_is_bad=True)), (429, Throttled("")), (503, OutcomeUnknown(""))],
)
def test_refusal_in_the_newer_form_of_errors_is_understood_as_well(
    carrier: TwilioCarrier, stub: Stub, status: int, expected: PlaceResult
) -> None:
    stub.reply(status, {"type": "about:blank", "title": "No", "status": status, "code": 21217, "detail": "no"})
    assert _without_words(carrier.place(ORDER)) == expected


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[]", b"null", b'"ok"', b'{"sid": null}', b"\xff\xfe"], ids=repr
)
def test_creation_that_was_answered_with_nonsense_is_unknown(carrier: TwilioCarrier, stub: Stub, body: bytes) -> None:
    stub.reply(201, body)
    assert isinstance(carrier.place(ORDER), OutcomeUnknown)
    assert len(stub.asked) == 1


@pytest.mark.parametrize("queue_time", ["soon", "", None])
def test_spoiled_waiting_time_does_not_cost_the_call(
    carrier: TwilioCarrier, stub: Stub, queue_time: str | None
) -> None:
    stub.reply(201, created(queue_time=queue_time))
    assert carrier.place(ORDER) == Placed(SID)


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"[]"])
def test_error_of_a_proxy_in_between_is_judged_by_its_status(carrier: TwilioCarrier, stub: Stub, body: bytes) -> None:
    for status, expected in [(502, OutcomeUnknown), (429, Throttled), (403, Rejected)]:
        stub.reply(status, body)
        assert isinstance(carrier.place(ORDER), expected)


def test_reply_that_comes_too_late_leaves_the_outcome_unknown_and_is_not_asked_for_again(
    carrier: TwilioCarrier, stub: Stub
) -> None:
    stub.reply(201, created(), wait_seconds=20.0)
    assert isinstance(carrier.place(ORDER), OutcomeUnknown)
    assert len(stub.asked) == 1


def test_connection_that_breaks_after_the_request_left_leaves_the_outcome_unknown(
    carrier: TwilioCarrier, stub: Stub
) -> None:
    stub.reply(201, created(), hangs_up=True)
    assert isinstance(carrier.place(ORDER), OutcomeUnknown)
    assert len(stub.asked) == 1


def test_carrier_that_cannot_be_reached_was_certainly_not_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    carrier = carrier_at(f"http://127.0.0.1:{port}")
    assert isinstance(carrier.place(ORDER), Throttled)
    carrier.close()


# --- asking


@pytest.mark.parametrize(
    ("status", "what"),
    [
        ("queued", Reported.INITIATED),
        ("ringing", Reported.RINGING),
        ("in-progress", Reported.ANSWERED),
        ("completed", Reported.COMPLETED),
        ("no-answer", Reported.NO_ANSWER),
        ("canceled", Reported.CANCELED),
        ("a status of next year", Reported.INITIATED),
    ],
)
def test_call_is_read_as_the_carrier_sees_it(carrier: TwilioCarrier, stub: Stub, status: str, what: Reported) -> None:
    stub.reply(200, created(status=status, duration="61", answered_by="human"))
    call = carrier.fetch(SID)
    assert call is not None
    assert (call.carrier_sid, call.to, call.from_number, call.what) == (SID, ORDER.to, ORDER.from_number, what)
    assert (call.duration_seconds, call.answered_by) == (61, "human")
    assert call.created_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_call_that_the_carrier_does_not_have_is_none(carrier: TwilioCarrier, stub: Stub) -> None:
    stub.refuse(404, 20404)
    assert carrier.fetch(SID) is None


def test_calls_are_listed_from_the_very_moment_and_to_the_number(carrier: TwilioCarrier, stub: Stub) -> None:
    later = created(sid="CA" + "3" * 32, date_created="Mon, 02 Mar 2026 09:00:30 +0000")
    stub.reply(200, {"calls": [later, created()], "next_page_uri": None})
    listed = carrier.calls_since(datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC), to=ORDER.to)
    assert [call.carrier_sid for call in listed] == ["CA" + "3" * 32]
    assert stub.asked[0].query["To"] == [ORDER.to]
    assert stub.asked[0].query["StartTime>"][0].startswith("2026-03-02")


@pytest.mark.parametrize(("status", "code", "ended"), [(200, None, True), (400, 21220, False), (404, 20404, False)])
def test_hanging_up_what_is_over_already_is_no_error(
    carrier: TwilioCarrier, stub: Stub, status: int, code: int | None, ended: bool
) -> None:
    if code is None:
        stub.reply(status, created(status="completed"))
    else:
        stub.refuse(status, code)
    assert carrier.hang_up(SID) is ended
    assert stub.asked[0].form == {"Status": ["completed"]}


def test_whoever_is_in_a_room_is_told_by_call(carrier: TwilioCarrier, stub: Stub) -> None:
    stub.reply(200, {"conferences": [{"sid": "CF1", "friendly_name": "call_leg", "status": "in-progress"}]})
    stub.reply(200, {"participants": [{"call_sid": SID}]})
    assert SID in carrier.people_in("call_leg")


@pytest.mark.parametrize("status", [500, 503, 401])
def test_question_that_is_not_answered_is_unavailable_and_nothing_else(
    carrier: TwilioCarrier, stub: Stub, status: int
) -> None:
    for ask in (
        lambda: carrier.fetch(SID),
        lambda: carrier.calls_since(datetime(2026, 3, 2, 9, tzinfo=UTC)),
        lambda: carrier.hang_up(SID),
        lambda: carrier.people_in("call_leg"),
        carrier.own_numbers,
    ):
        stub.refuse(status, None)
        with pytest.raises(Unavailable):
            ask()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"calls": 5}', b'{"duration": "long"}'], ids=repr)
def test_answer_that_is_none_is_unavailable(carrier: TwilioCarrier, stub: Stub, body: bytes) -> None:
    for ask in (lambda: carrier.fetch(SID), lambda: carrier.calls_since(datetime(2026, 3, 2, 9, tzinfo=UTC))):
        stub.reply(200, body)
        with pytest.raises(Unavailable):
            ask()


def test_carrier_that_hangs_up_on_a_question_is_unavailable(carrier: TwilioCarrier, stub: Stub) -> None:
    stub.reply(200, hangs_up=True)
    with pytest.raises(Unavailable):
        carrier.fetch(SID)


def _without_words(result: PlaceResult) -> PlaceResult:
    match result:
        case Rejected(code, _, number_is_bad, stops_all):
            return Rejected(code, "", number_is_bad, stops_all)
        case Throttled():
            return Throttled("")
        case OutcomeUnknown():
            return OutcomeUnknown("")
        case Placed():
            return result
