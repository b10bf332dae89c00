"""`<Dial>` to numbers and clients: the child leg, who is told, and how it ends."""

import pytest

from sandbox.engine import exchange
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.orders import Program
from sandbox.engine.records import Call
from tests.unit.sandbox.stage import APP, Stage

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
