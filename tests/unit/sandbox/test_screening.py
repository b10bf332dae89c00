"""A screening service asks who is calling; the person takes the call or does not. An agent's line may break."""

from dataclasses import replace

import pytest

from sandbox.engine import amd
from sandbox.engine.behaviour import Behaviour
from tests.unit.sandbox.stage import AGENT, PARK, Stage, detection

TO = "+41445550001"
SCREEN = Behaviour(
    "screened",
    setup_seconds=1.0,
    answer_seconds=4.0,
    greeting_seconds=4.0,
    screening_wait_seconds=10.0,
    screening_decision_seconds=5.0,
    patience_seconds=6.0,
    talk_seconds=100.0,
)
SPEAK = "<Response><Say>Good day, this is Anna of the energy desk.</Say>{then}</Response>"


def _stage(*, connects: bool) -> Stage:
    return Stage(people={TO: replace(SCREEN, connects=connects)})


def test_caller_who_says_nothing_is_hung_up_on_after_the_question_and_a_while() -> None:
    stage = _stage(connects=True)
    call = stage.call(TO, "<Response><Pause length='60'/></Response>")
    stage.run(60)
    assert call.hung_up_by == "callee"
    assert call.ended_at is not None
    assert call.answered_at is not None
    assert call.ended_at - call.answered_at == pytest.approx(14.0)


def test_person_who_takes_the_call_talks_for_as_long_as_anyone() -> None:
    stage = _stage(connects=True)
    stage.park("desk")
    stage.run(2)
    call = stage.call(TO, PARK.format(room="desk"))
    stage.run(400)
    assert call.behaviour is not None
    assert call.behaviour.outcome == "human"
    assert call.bridged_seconds == pytest.approx(4.0 + 5.0 + 100.0)  # question, decision, talk


def test_person_who_does_not_take_the_call_hangs_up_after_deciding() -> None:
    stage = _stage(connects=False)
    call = stage.call(TO, SPEAK.format(then="<Pause length='60'/>"))
    stage.run(100)
    assert call.hung_up_by == "callee"
    assert call.ended_at is not None
    assert call.answered_at is not None
    assert call.ended_at - call.answered_at == pytest.approx(9.0)


def test_person_who_takes_the_call_and_hears_nobody_loses_patience() -> None:
    stage = _stage(connects=True)
    call = stage.call(TO, SPEAK.format(then="<Pause length='60'/>"))
    stage.run(100)
    assert call.hung_up_by == "callee"
    assert call.ended_at is not None
    assert call.answered_at is not None
    assert call.ended_at - call.answered_at == pytest.approx(15.0)


def test_question_sounds_like_a_machine_to_the_detector() -> None:
    assert amd.judge(SCREEN, detection("Enable")).answered_by == "machine_start"


def test_line_of_an_agent_breaks_after_its_time() -> None:
    stage = Stage(people={"client:ann": replace(AGENT, drops_after_seconds=30.0)})
    agent = stage.park("desk")
    stage.run(60)
    assert (agent.status, agent.hung_up_by) == ("completed", "network")
    assert agent.ended_at is not None
    assert agent.answered_at is not None
    assert agent.ended_at - agent.answered_at == pytest.approx(30.0)
