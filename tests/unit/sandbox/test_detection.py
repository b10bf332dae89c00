"""Answering machine detection: the verdict as a formula, and what the application is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.amd import judge
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.ports import Fetched
from tests.unit.sandbox.stage import APP, TALKER, Stage, detection, value

MACHINE = Behaviour("machine", setup_seconds=1.0, answer_seconds=5.0, greeting_seconds=10.0)


@pytest.mark.parametrize(
    ("person", "mode", "verdict", "seconds"),
    [
        (Behaviour("human", greeting_seconds=1.0), "Enable", "human", 2.6),
        (Behaviour("human", greeting_seconds=1.0), "DetectMessageEnd", "human", 2.6),
        (Behaviour("human", greeting_seconds=3.0), "Enable", "machine_start", 2.8),
        (Behaviour("human", greeting_seconds=0.0), "Enable", "unknown", 5.0),
        (Behaviour("machine", greeting_seconds=10.0), "Enable", "machine_start", 2.8),
        (Behaviour("machine", greeting_seconds=10.0), "DetectMessageEnd", "machine_end_beep", 11.0),
        (Behaviour("machine", greeting_seconds=10.0, has_beep=False), "DetectMessageEnd", "machine_end_silence", 11.6),
        (Behaviour("machine", greeting_seconds=2.0), "Enable", "human", 3.6),
        (Behaviour("machine", greeting_seconds=40.0), "DetectMessageEnd", "unknown", 30.0),
        (Behaviour("machine", greeting_seconds=29.5), "DetectMessageEnd", "machine_end_other", 30.0),
        (Behaviour("fax", greeting_seconds=1.0), "DetectMessageEnd", "fax", 3.0),
        (Behaviour("fax", greeting_seconds=1.0), "Enable", "fax", 3.0),
    ],
)
def test_verdict_follows_from_how_long_the_answerer_speaks(
    person: Behaviour, mode: str, verdict: str, seconds: float
) -> None:
    found = judge(person, detection(mode))
    assert found.answered_by == verdict
    assert found.seconds == pytest.approx(seconds)


def test_asynchronous_detection_lets_the_program_run_at_once() -> None:
    stage = Stage(people={"+41445550001": MACHINE})
    call = stage.call(twiml="<Response><Pause length='60'/></Response>", detection=detection())
    stage.run(9.0)
    report = next(one for one in stage.reports if one.topic == "amd")
    assert value(report, "AnsweredBy") == "machine_start"
    assert value(report, "MachineDetectionDuration") == "2800"
    assert sum('"verb_run"' in line for line in stage.ledger) == 1
    stage.run()
    assert value(stage.reports[-1], "AnsweredBy") == "machine_start"
    assert call.answered_by == "machine_start"


def test_synchronous_detection_holds_the_program_back() -> None:
    stage = Stage(pages={f"{APP}/answer": Fetched(body="<Response/>")}, people={"+41445550001": MACHINE})
    stage.call(detection=detection(is_async=False))
    stage.run(8.7)
    assert stage.fetches == []
    stage.run(0.2)
    assert dict(stage.fetches[0].params)["AnsweredBy"] == "machine_start"


def test_person_who_hangs_up_first_is_not_judged() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Hangup/></Response>", detection=detection())
    stage.run()
    assert call.answered_by is None
    assert [one for one in stage.reports if one.topic == "amd"] == []


def test_impatient_person_waits_through_detection() -> None:
    stage = Stage(people={"+41445550001": TALKER}, pages={f"{APP}/answer": Fetched(body="<Response/>")})
    call = stage.call(detection=detection(is_async=False))
    stage.run()
    assert call.answered_by == "human"


ALLOWED = {
    "Enable": {"human", "machine_start", "fax", "unknown"},
    "DetectMessageEnd": {
        *("human", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax", "unknown"),
    },
}


@given(
    mode=st.sampled_from(sorted(ALLOWED)),
    outcome=st.sampled_from(["human", "machine", "fax"]),
    greeting=st.floats(0, 90),
    beep=st.booleans(),
    timeout=st.integers(3, 59),
    threshold=st.integers(1000, 6000),
)
def test_verdict_is_one_of_the_modes_own_and_comes_in_time(
    mode: str, outcome: str, greeting: float, beep: bool, timeout: int, threshold: int
) -> None:
    person = Behaviour(outcome, greeting_seconds=greeting, has_beep=beep)  # type: ignore[arg-type]
    asked = replace(detection(mode), timeout_seconds=timeout, speech_threshold_seconds=threshold / 1000)
    found = judge(person, asked)
    assert found.answered_by in ALLOWED[mode]
    assert 0 < found.seconds <= timeout


def test_sent_digits_switch_detection_off() -> None:
    stage = Stage(people={"+41445550001": MACHINE})
    call = stage.call(twiml="<Response><Pause length='30'/></Response>", detection=detection(), send_digits="12")
    stage.run()
    assert call.answered_by is None
