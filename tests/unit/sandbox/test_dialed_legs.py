"""`<Dial>` to numbers and clients: the child leg, who is told, and how it ends."""

import pytest

from sandbox.engine import exchange
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.orders import Program
from sandbox.engine.ports import Fetched
from sandbox.engine.records import Call
from tests.unit.sandbox.stage import APP, Stage, value

WAITING = Behaviour("human", is_agent=True, answer_seconds=1.0)
DIAL = "<Response><Dial {attributes}>{nouns}</Dial><Say>after</Say></Response>"


def _dial(stage: Stage, nouns: str, attributes: str = "") -> Call:
    call = stage.call(twiml=DIAL.format(nouns=nouns, attributes=attributes))
    stage.run(12.0)
    return call


def _child(stage: Stage, to: str) -> Call:
    return stage.board.calls_by_number[to][-1]


def test_child_leg_bridges_both_sides() -> None:
    stage = Stage()
    call = _dial(stage, "<Client>bob</Client>")
    child = _child(stage, "client:bob")
    assert (child.order.parent_sid, child.order.direction) == (call.sid, "outbound-dial")
    assert call.bridged_since is not None
    assert child.bridged_since is not None


def test_parent_that_hangs_up_takes_the_child_along() -> None:
    stage = Stage()
    call = _dial(stage, "<Client>bob</Client>")
    stage.run(150.0)
    assert (call.hung_up_by, _child(stage, "client:bob").hung_up_by) == ("callee", "parent")


@pytest.mark.parametrize(
    ("outcome", "status"), [("busy", "busy"), ("unreachable", "failed"), ("no_answer", "no-answer")]
)
def test_action_hears_why_the_dial_failed(outcome: str, status: str) -> None:
    stage = Stage(people={"+41445550009": Behaviour(outcome, answer_seconds=1.0)})  # type: ignore[arg-type]
    stage.people["+41445550001"] = Behaviour("human", answer_seconds=1.0, patience_seconds=99.0, talk_seconds=60.0)
    _dial(stage, "<Number>+41445550009</Number>", f"action='{APP}/after' timeout='5'")
    stage.run(10.0)
    params = dict(stage.fetches[-1].params)
    assert (params["DialCallStatus"], params["DialBridged"]) == (status, "false")
    assert params["DialCallSid"] == _child(stage, "+41445550009").sid


def test_document_goes_on_when_the_child_has_hung_up() -> None:
    stage = Stage()
    stage.people["client:bob"] = Behaviour("human", answer_seconds=1.0, talk_seconds=3.0)
    stage.people["+41445550001"] = Behaviour("human", is_agent=True, answer_seconds=1.0)
    call = _dial(stage, "<Client>bob</Client>")
    stage.run(1.0)
    assert any('"verb": "Say"' in line and call.sid in line for line in stage.ledger)


def test_first_of_several_to_answer_wins() -> None:
    stage = Stage(people={"client:slow": Behaviour("human", answer_seconds=4.0)})
    _dial(stage, "<Client>slow</Client><Client>bob</Client>")
    assert _child(stage, "client:bob").status == "in-progress"
    assert (_child(stage, "client:slow").status, _child(stage, "client:slow").hung_up_by) == ("canceled", "parent")


def test_number_may_stand_in_dial_itself() -> None:
    stage = Stage()
    _dial(stage, "+41445550009")
    assert _child(stage, "+41445550009").order.caller == "+41445550100"


def test_redirected_child_leaves_the_dial() -> None:
    stage = Stage()
    call = _dial(stage, "<Client>bob</Client>")
    child = _child(stage, "client:bob")
    exchange.redirect_call(stage.board, child, Program(twiml="<Response><Pause length='20'/></Response>"))
    assert (child.status, child.bridged_since, call.bridged_since) == ("in-progress", None, None)
    assert any('"verb": "Say"' in line for line in stage.ledger)


def _asked(stage: Stage, path: str) -> dict[str, str]:
    return dict(next(one for one in reversed(stage.fetches) if one.webhook.url == f"{APP}/{path}").params)


def test_whisper_runs_on_the_called_side_before_the_two_talk() -> None:
    stage = Stage(pages={f"{APP}/whisper": Fetched(body="<Response><Say>a call for you, please hold</Say></Response>")})
    call = _dial(stage, f"<Client url='{APP}/whisper' method='GET'>bob</Client>", "timeout='20'")
    child = _child(stage, "client:bob")
    assert _asked(stage, "whisper")["CallSid"] == child.sid
    assert child.answered_at is not None
    assert (child.first_bridged_at or 0) - child.answered_at == pytest.approx(0.1 + 27 / 15)
    assert call.first_bridged_at == child.first_bridged_at


def test_whisper_that_hangs_up_leaves_the_caller_to_the_action() -> None:
    page = "<Response><Gather numDigits='1' timeout='3'/><Hangup/></Response>"
    stage = Stage(pages={f"{APP}/screen": Fetched(body=page)}, people={"+41445550001": WAITING})
    _dial(stage, f"<Client url='{APP}/screen'>bob</Client>", f"action='{APP}/after'")
    after = _asked(stage, "after")
    assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "false")


def test_first_whisper_to_end_is_connected() -> None:
    stage = Stage(
        pages={
            f"{APP}/long": Fetched(body="<Response><Pause length='5'/></Response>"),
            f"{APP}/short": Fetched(body="<Response><Pause length='1'/></Response>"),
        }
    )
    _dial(stage, f"<Client url='{APP}/long'>bob</Client><Client url='{APP}/short'>eve</Client>")
    assert _child(stage, "client:eve").status == "in-progress"
    assert (_child(stage, "client:bob").status, _child(stage, "client:bob").hung_up_by) == ("completed", "parent")


def test_child_that_is_redirected_out_of_its_whisper_is_lost_to_the_dial() -> None:
    stage = Stage(pages={f"{APP}/whisper": Fetched(body="<Response><Pause length='60'/></Response>")})
    stage.people["+41445550001"] = WAITING
    _dial(stage, f"<Client url='{APP}/whisper'>bob</Client>", f"action='{APP}/after'")
    child = _child(stage, "client:bob")
    exchange.redirect_call(stage.board, child, Program(twiml="<Response><Pause length='20'/></Response>"))
    assert _asked(stage, "after")["DialBridged"] == "false"
    assert child.status == "in-progress"


def test_digits_are_sent_before_the_talk() -> None:
    stage = Stage(people={"+41445550009": WAITING})
    _dial(stage, "<Number sendDigits='wW12'>+41445550009</Number>")
    child = _child(stage, "+41445550009")
    assert (child.first_bridged_at or 0) - (child.answered_at or 0) == pytest.approx(0.5 + 1.0 + 0.5 + 0.5)


def test_legs_may_be_called_one_after_the_other() -> None:
    stage = Stage(people={"client:bob": Behaviour("busy", answer_seconds=2.0), "+41445550001": WAITING})
    _dial(stage, "<Client>bob</Client><Client>eve</Client>", "sequential='true'")
    assert _child(stage, "client:eve").created_at == _child(stage, "client:bob").ended_at
    assert _child(stage, "client:eve").status == "in-progress"


def test_star_hangs_up_the_child_and_keeps_the_caller() -> None:
    stage = Stage(people={"+41445550001": WAITING})
    call = _dial(stage, "<Client>bob</Client>", "hangupOnStar='true'")
    assert call.receive_input is not None
    call.receive_input("dtmf", "1*")
    assert (call.status, _child(stage, "client:bob").status) == ("in-progress", "completed")
    assert any('"verb": "Say"' in line for line in stage.ledger)


def test_time_limit_ends_the_child() -> None:
    stage = Stage(people={"+41445550001": WAITING})
    _dial(stage, "<Client>bob</Client>", f"timeLimit='3' action='{APP}/after'")
    assert _child(stage, "client:bob").hung_up_by == "time_limit"
    assert _asked(stage, "after")["DialCallDuration"] == "3"


def test_detection_of_a_leg_is_told_and_holds_nothing_back() -> None:
    stage = Stage(people={"+41445550009": Behaviour("machine", answer_seconds=1.0, greeting_seconds=9.0)})
    noun = f"<Number machineDetection='DetectMessageEnd' amdStatusCallback='{APP}/amd'>+41445550009</Number>"
    _dial(stage, noun)
    child = _child(stage, "+41445550009")
    assert child.first_bridged_at == child.answered_at
    stage.run(10.0)
    report = next(one for one in stage.reports if one.topic == "amd")
    assert (report.sid, value(report, "AnsweredBy")) == (child.sid, "machine_end_beep")


def test_detection_that_nobody_is_told_of_is_warned_of() -> None:
    stage = Stage(people={"sip:bob@house.test": Behaviour("machine", answer_seconds=1.0, greeting_seconds=9.0)})
    _dial(stage, "<Sip machineDetection='Enable'>bob@house.test</Sip>")
    stage.run(5.0)
    assert stage.alerts() == [21262]
    assert _child(stage, "sip:bob@house.test").answered_by == "machine_start"


def test_number_that_is_none_fails_the_dial() -> None:
    stage = Stage()
    call = _dial(stage, "<Number>nonsense</Number>", f"action='{APP}/after'")
    assert (stage.alerts()[0], _asked(stage, "after")["DialCallStatus"]) == (13224, "failed")
    assert "DialCallSid" not in _asked(stage, "after")
    assert call.is_final


def test_american_number_may_be_written_without_its_country() -> None:
    stage = Stage()
    _dial(stage, "(415) 555-1212")
    assert _child(stage, "+14155551212").order.caller == "+41445550100"


def test_eleventh_noun_is_not_called() -> None:
    stage = Stage()
    _dial(stage, "".join(f"<Client>c{number}</Client>" for number in range(11)))
    assert (stage.board.calls_by_number["client:c10"], stage.alerts()) == ([], [12200])


def test_parameters_of_a_client_and_headers_of_a_sip_phone_reach_them() -> None:
    stage = Stage()
    client = "<Client><Identity>bob</Identity><Parameter name='lead' value='17'/></Client>"
    _dial(stage, client + "<Sip>sip:eve@house.test?X-Lead=17&amp;X-Empty=</Sip>")
    assert _child(stage, "client:bob").order.parameters == (("lead", "17"),)
    assert _child(stage, "sip:eve@house.test").order.parameters == (("X-Lead", "17"), ("X-Empty", ""))


def test_recording_from_ringing_holds_the_ringing() -> None:
    stage = Stage(people={"client:bob": Behaviour("human", setup_seconds=0.5, answer_seconds=4.0, talk_seconds=3.0)})
    stage.people["+41445550001"] = WAITING
    _dial(stage, "<Client>bob</Client>", "record='record-from-ringing'")
    stage.run(20.0)
    (recording,) = stage.board.recordings.values()
    assert (recording.ended_at or 0) - recording.started_at == pytest.approx(7.0)


def test_number_that_is_not_the_accounts_to_show_fails_the_dial() -> None:
    stage = Stage()
    stage.board.may_show = lambda _account, number: number == "+41445550200"
    _dial(stage, "<Client>bob</Client>", f"callerId='+41445550300' action='{APP}/after'")
    assert (stage.alerts()[0], _asked(stage, "after")["DialCallStatus"]) == (13214, "failed")
    _dial(stage, "<Client>eve</Client>", "callerId='+41445550200'")
    assert _child(stage, "client:eve").order.caller == "+41445550200"
    _dial(stage, "<Client>joe</Client>", "callerId='+41445550100'")
    assert _child(stage, "client:joe").status == "in-progress"
