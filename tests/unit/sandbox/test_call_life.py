"""A call from order to end, on the virtual clock."""

import pytest

from sandbox.engine import exchange
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import EngineOptions
from sandbox.engine.orders import Program, Subscription
from sandbox.engine.ports import Fetched
from tests.unit.sandbox.stage import STATUS, TALKER, Stage, value

WAIT = "<Response><Pause length='30'/></Response>"


def test_answered_call_reports_each_step_once_and_in_order() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Hangup/></Response>")
    stage.run()
    assert stage.statuses(call) == ["initiated", "ringing", "in-progress", "completed"]
    assert [value(one, "SequenceNumber") for one in stage.reports] == ["0", "1", "2", "3"]


def test_only_the_events_asked_for_are_reported_and_numbered() -> None:
    stage = Stage()
    subscription = Subscription(STATUS.webhook, frozenset({"completed"}))
    call = stage.call(twiml=WAIT, subscription=subscription)
    stage.run()
    assert call.is_final
    assert [(one.event, value(one, "SequenceNumber")) for one in stage.reports] == [("completed", "0")]


@pytest.mark.parametrize(
    ("person", "statuses", "sip"),
    [
        (Behaviour("busy", answer_seconds=2.0), ["initiated", "ringing", "busy"], "486"),
        (Behaviour("no_answer"), ["initiated", "ringing", "no-answer"], "487"),
        (Behaviour("unreachable"), ["initiated", "failed"], "404"),
    ],
)
def test_call_that_nobody_takes_says_why(person: Behaviour, statuses: list[str], sip: str) -> None:
    stage = Stage(people={"+41445550001": person})
    call = stage.call(twiml=WAIT)
    stage.run()
    assert stage.statuses(call) == statuses
    assert value(stage.reports[-1], "SipResponseCode") == sip
    assert value(stage.reports[-1], "CallDuration") == "0"
    assert stage.fetches == []


def test_ring_timeout_counts_from_ringing() -> None:
    stage = Stage(people={"+41445550001": Behaviour("no_answer", setup_seconds=2.0)})
    call = stage.call(ring_timeout_seconds=20.0)
    stage.run(21.9)
    assert stage.statuses(call)[-1] == "ringing"
    stage.run(0.2)
    assert stage.statuses(call)[-1] == "no-answer"


def test_person_hangs_up_when_nobody_speaks() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Pause length='60'/></Response>")
    stage.run()
    assert call.hung_up_by == "callee"
    assert call.ended_at is not None
    assert call.answered_at is not None
    assert call.ended_at - call.answered_at == pytest.approx(TALKER.patience_seconds)


def test_person_listens_to_a_message_to_its_end() -> None:
    stage = Stage()
    call = stage.call(twiml=f"<Response><Say>{'a' * 300}</Say></Response>")
    stage.run()
    assert call.hung_up_by == "program"
    assert value(stage.reports[-1], "CallDuration") == "20"


def test_answer_webhook_is_asked_at_the_moment_of_the_answer() -> None:
    stage = Stage(pages={"http://app.test/answer": Fetched(body="<Response><Hangup/></Response>")})
    stage.call()
    stage.run(6.0)
    assert [dict(one.params)["CallStatus"] for one in stage.fetches] == ["in-progress"]
    assert stage.statuses(stage.board.calls_by_number["+41445550001"][0])[-1] == "in-progress"


def test_excess_calls_wait_for_their_turn() -> None:
    stage = Stage(options=EngineOptions(calls_per_second=2.0))
    calls = [stage.call(to=f"+4144555000{digit}", twiml=WAIT) for digit in range(4)]
    assert [call.queue_milliseconds for call in calls] == [0, 500, 1000, 1500]
    stage.run(0.9)
    assert [call.status for call in calls] == ["initiated", "initiated", "queued", "queued"]


def test_call_canceled_in_the_queue_is_never_dialed() -> None:
    stage = Stage(options=EngineOptions(calls_per_second=1.0))
    stage.call(twiml=WAIT)
    waiting = stage.call(to="+41445550002", twiml=WAIT)
    exchange.cancel_call(stage.board, waiting)
    stage.run()
    assert stage.statuses(waiting) == ["canceled"]
    assert waiting.dialed_at is None


def test_cancel_leaves_an_answered_call_alone() -> None:
    stage = Stage()
    call = stage.call(twiml=WAIT)
    stage.run(7.0)
    exchange.cancel_call(stage.board, call)
    assert call.status == "in-progress"


def test_ended_call_takes_no_other_program() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Hangup/></Response>")
    stage.run()
    assert exchange.redirect_call(stage.board, call, Program(twiml=WAIT)) is False
    assert call.status == "completed"


def test_redirect_replaces_what_the_call_was_doing() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Pause length='5'/><Say>never</Say></Response>")
    stage.run(7.0)
    assert exchange.redirect_call(stage.board, call, Program(twiml="<Response><Hangup/></Response>"))
    assert call.hung_up_by == "program"
    assert not any('"Say"' in line for line in stage.ledger)


def test_time_limit_ends_a_call() -> None:
    stage = Stage()
    call = stage.call("client:ann", "<Response><Pause length='900'/></Response>", time_limit_seconds=60.0)
    stage.run()
    assert call.hung_up_by == "time_limit"
    assert value(stage.reports[-1], "CallDuration") == "60"
