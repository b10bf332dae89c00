"""Calls that come in: the number's own program runs before anybody answers."""

import pytest

from sandbox.engine import exchange, inbound
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import OwnNumber
from sandbox.engine.orders import Program, Subscription, Webhook
from sandbox.engine.ports import Fetched
from sandbox.engine.records import Call
from tests.unit.sandbox.stage import ACCOUNT, APP, Stage, value

OWN = "+41445559999"
CALLER = Behaviour("human", patience_seconds=30.0, talk_seconds=20.0)


def _stage(twiml: str, **pages: str) -> Stage:
    stage = Stage(pages={f"{APP}/{name}": Fetched(body=body) for name, body in {"voice": twiml, **pages}.items()})
    done = Subscription(Webhook(f"{APP}/inbound"), frozenset({"completed"}))
    own = OwnNumber(ACCOUNT, OWN, Program(Webhook(f"{APP}/voice")), done)
    stage.board.find_number = lambda number: own if number == OWN else None
    return stage


def _ring_in(stage: Stage, person: Behaviour = CALLER) -> Call:
    own = stage.board.find_number(OWN)
    assert own is not None
    return inbound.ring_in(stage.board, own, inbound.Visitor("+41797770000", person, "+41445558888"))


def _call_own(stage: Stage, twiml: str = "<Response><Pause length='60'/></Response>") -> tuple[Call, Call]:
    outer = stage.call(OWN, twiml)
    stage.run(0.5)
    return outer, stage.board.calls_by_number[OWN][-1]


def test_call_from_outside_runs_the_numbers_program() -> None:
    stage = _stage("<Response><Say>welcome to the house</Say></Response>")
    call = _ring_in(stage)
    asked = dict(stage.fetches[0].params)
    assert (asked["CallStatus"], asked["Direction"], asked["From"]) == ("ringing", "inbound", "+41797770000")
    assert asked["ForwardedFrom"] == "+41445558888"
    stage.run()
    assert (call.status, call.hung_up_by) == ("completed", "program")
    assert [value(one, "CallStatus") for one in stage.reports] == ["completed"]


@pytest.mark.parametrize(("reason", "status", "code"), [("busy", "busy", 486), ("rejected", "no-answer", 603)])
def test_rejected_call_is_never_answered(reason: str, status: str, code: int) -> None:
    stage = _stage(f"<Response><Reject reason='{reason}'/></Response>")
    outer, inner = _call_own(stage)
    stage.run(1.0)
    assert (inner.status, inner.answered_at, inner.sip_code) == (status, None, code)
    assert (outer.status, outer.answered_at) == (status, None)
    assert stage.statuses(outer) == ["initiated", "ringing", status]


def test_pause_comes_before_the_answer() -> None:
    stage = _stage("<Response><Pause length='4'/><Say>hello</Say><Pause length='9'/></Response>")
    outer, inner = _call_own(stage)
    stage.run(3.0)
    assert (inner.status, outer.status) == ("ringing", "ringing")
    stage.run(2.0)
    assert (inner.status, outer.status) == ("in-progress", "in-progress")


def test_either_side_that_hangs_up_ends_both() -> None:
    for who in (0, 1):
        stage = _stage("<Response><Say>hello</Say><Pause length='60'/></Response>")
        pair = _call_own(stage)
        stage.run(1.0)
        exchange.complete_call(stage.board, pair[who])
        assert [call.status for call in pair] == ["completed", "completed"]


def test_caller_who_gives_up_while_it_rings_leaves_nothing() -> None:
    stage = _stage("<Response><Pause length='60'/></Response>")
    outer, inner = _call_own(stage)
    exchange.cancel_call(stage.board, outer)
    assert (outer.status, inner.status) == ("canceled", "no-answer")
    assert stage.board.live_calls == {}


def test_reject_has_no_meaning_on_a_call_that_goes_out() -> None:
    stage = _stage("<Response/>")
    call = stage.call(twiml="<Response><Reject/><Pause length='1'/></Response>")
    stage.run()
    assert (call.status, stage.alerts()) == ("completed", [12200])


def test_keys_played_on_one_side_reach_the_program_on_the_other() -> None:
    stage = _stage(
        "<Response><Gather numDigits='2' timeout='20' action='/keys'/></Response>",
        keys="<Response><Hangup/></Response>",
    )
    _call_own(stage, "<Response><Pause length='2'/><Play digits='w4w2'/><Pause length='9'/></Response>")
    stage.run(10.0)
    assert dict(stage.fetches[-1].params)["Digits"] == "42"


def test_caller_hears_ringing_until_the_dial_is_bridged() -> None:
    stage = _stage("<Response><Dial answerOnBridge='true'><Client>ann</Client></Dial></Response>")
    call = _ring_in(stage)
    stage.run(0.9)
    assert call.answered_at is None
    stage.run(1.0)
    assert call.status == "in-progress"
    assert call.bridged_since is not None


def test_unanswered_number_rings_out() -> None:
    stage = _stage("<Response><Pause length='600'/></Response>")
    outer, inner = _call_own(stage)
    stage.run(100.0)
    assert (outer.status, inner.status) == ("no-answer", "no-answer")


def test_number_that_is_called_from_dial_runs_its_program_too() -> None:
    stage = _stage("<Response><Say>this is the other number</Say><Pause length='3'/></Response>", after="<Response/>")
    stage.call(twiml=f"<Response><Dial action='{APP}/after'>{OWN}</Dial></Response>")
    stage.run(20.0)
    after = dict(stage.fetches[-1].params)
    assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "true")


def test_refer_sends_a_sip_phone_elsewhere() -> None:
    stage = _stage("", referred="<Response><Hangup/></Response>")
    twiml = f"<Response><Refer action='{APP}/referred'><Sip>sip:bob@house.test</Sip></Refer></Response>"
    phone = stage.call("sip:ann@house.test", twiml)
    other = stage.call(twiml=twiml)
    stage.run(20.0)
    params = dict(stage.fetches[-1].params)
    assert (params["CallSid"], params["ReferCallStatus"]) == (phone.sid, "completed")
    assert stage.alerts() == [12200]
    assert other.is_final
