"""Answering machine detection: the verdict as a formula, and what the application is told."""

import pytest

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
