"""A ledger is checked against itself: what contradicts what is found, and a true one passes."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.audit import Audit
from sandbox.commands.audit import main
from sandbox.engine.behaviour import Behaviour
from sandbox.people import People, draw
from tests.unit.sandbox.stage import PARK, Stage, detection

Line = tuple[str, dict[str, Any]]
LIFE: list[Line] = [
    ("call_created", {"call": "CA1"}),
    ("call_initiated", {"call": "CA1"}),
    ("call_ringing", {"call": "CA1"}),
    ("call_answered", {"call": "CA1"}),
    ("conference_opened", {"conference": "CF1"}),
    ("participant_joined", {"conference": "CF1", "call": "CA1"}),
    ("call_bridged", {"call": "CA1"}),
    ("call_unbridged", {"call": "CA1"}),
    ("participant_left", {"conference": "CF1", "call": "CA1"}),
    ("conference_ended", {"conference": "CF1"}),
    ("call_completed", {"call": "CA1"}),
    ("callback_tried", {"topic": "call", "sid": "CA1", "sequence": "0", "call_status": "completed"}),
]


def _entries(lines: list[Line]) -> list[dict[str, Any]]:
    at = "2026-03-02T09:00:00.000Z"
    return [{"n": number, "at": at, "kind": kind, **facts} for number, (kind, facts) in enumerate(lines, 1)]


def _faults(lines: list[Line], *, must_be_finished: bool = True) -> list[str]:
    audit = Audit()
    for entry in _entries(lines):
        audit.take(entry)
    return audit.close(must_be_finished=must_be_finished)


def _without(*kinds: str) -> list[Line]:
    return [line for line in LIFE if line[0] not in kinds]


def test_life_of_a_call_passes() -> None:
    assert _faults(LIFE) == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([*LIFE, ("call_canceled", {"call": "CA1"})], "call_canceled after call_completed"),
        ([*LIFE, ("call_created", {"call": "CA1"})], "created twice"),
        (_without("call_created"), "never created"),
        (_without("call_ringing"), "call_answered after call_initiated"),
        (_without("call_answered"), "without an answer"),
        (_without("call_unbridged"), "ended while it could hear somebody"),
        (_without("participant_left"), "still holds CA1"),
        (_without("conference_ended"), "the conference never ended"),
        (_without("call_completed", "callback_tried"), "the call never ended"),
        ([*LIFE, ("verb_run", {"call": "CA1"})], "verb_run after call_completed"),
        ([*LIFE, ("conference_ended", {"conference": "CF1"})], "ended twice"),
        ([*LIFE[:6], LIFE[5], *LIFE[6:]], "while in CF1"),
        ([*LIFE, ("callback_tried", {"topic": "call", "sid": "CA1", "sequence": "2", "call_status": "busy"})],
         "told busy"),
        ([*LIFE, ("callback_tried", {"topic": "call", "sid": "CA1", "sequence": "0", "call_status": "ringing"})],
         "callback 0 told completed and ringing"),
        ([*LIFE, ("callback_tried", {"topic": "call", "sid": "CA1", "sequence": "2", "call_status": "completed"})],
         "callbacks [1] were never tried"),
    ],
)  # fmt: skip
def test_contradiction_is_found(lines: list[Line], words: str) -> None:
    found = _faults(lines)
    assert any(words in fault for fault in found), found


def test_call_that_lives_at_the_end_is_no_fault_unless_all_should_be_over() -> None:
    assert _faults(LIFE[:5], must_be_finished=False) == []
    assert len(_faults(LIFE[:5])) == 2


def test_gap_and_time_that_runs_backwards_are_found() -> None:
    audit = Audit()
    for number, at in (
        (1, "2026-03-02T09:00:01.000Z"),
        (2, "2026-03-02T09:00:00.000Z"),
        (4, "2026-03-02T09:00:02.000Z"),
    ):
        audit.take({"n": number, "at": at, "kind": "rest_answered"})
    assert [fault.partition(": ")[0] for fault in audit.close()] == ["entry 2", "entry 4"]


class _Town(Stage):
    def draw(self, number: str, dial_count: int) -> Behaviour:
        return draw(People(human=0.5, screened=0.1), 1, number, dial_count)


def test_busy_history_of_the_engine_passes() -> None:
    town = _Town()
    for desk in range(3):
        town.park(f"desk{desk}", f"client:agent{desk}")
    town.run(5.0)
    for number in range(200):
        town.call(f"+4144555{number % 90:04d}", PARK.format(room=f"desk{number % 3}"), detection=detection())
        town.run(2.0)
    town.run(100_000.0)
    audit = Audit()
    lines = (json.loads(line) for line in town.ledger)
    for number, (at, kind, facts) in enumerate((line for line in lines if isinstance(line[2], dict)), 1):
        audit.take({"n": number, "at": f"{at:020.3f}", "kind": kind, **facts})
    assert audit.close(must_be_finished=True) == []
    assert "203 calls (0 live at the end)" in audit.summary()


def test_command_ends_with_one_when_something_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in _entries(LIFE)), encoding="utf-8")
    assert main([str(path), "--finished"]) == 0
    path.write_text("".join(json.dumps(entry) + "\n" for entry in _entries(LIFE[:5])), encoding="utf-8")
    assert main([str(path), "--finished"]) == 1
    assert "the call never ended" in capsys.readouterr().out
    path.write_text("{", encoding="utf-8")
    assert main([str(path)]) == 2
