"""Memory is bounded: the oldest ended calls, conferences and recordings are forgotten whole, living ones never."""

import pytest

from sandbox.carrier import Carrier
from sandbox.engine.board import EngineOptions
from sandbox.engine.clock import VirtualClock
from sandbox.engine.lines import hang_up, place
from sandbox.engine.orders import CallOrder, Program, RecordingOrder
from sandbox.engine.recordings import start_call_recording
from sandbox.office.deliveries import Delivery
from sandbox.settings import SandboxSettings, read_settings
from tests.unit.sandbox.stage import ACCOUNT, Stage

NUMBERS = [f"+4144555{number:04}" for number in range(6)]
LONG = "<Response><Pause length='3000'/></Response>"


def _stage(kept: int) -> Stage:
    return Stage(options=EngineOptions(calls_per_second=0, kept_calls=kept))


def test_oldest_ended_calls_are_forgotten_and_a_living_older_one_stays() -> None:
    stage = _stage(2)
    living = stage.call("client:ann", LONG)
    ended = []
    for number in NUMBERS:
        ended.append(stage.call(number, "<Response/>"))
        stage.run(30)
    assert list(stage.board.calls) == [living.sid, ended[-2].sid, ended[-1].sid]
    assert set(stage.board.calls_by_number) == {"client:ann", *NUMBERS[-2:]}
    assert stage.board.forgotten_calls == 4
    hang_up(stage.board, living, "api")
    assert list(stage.board.calls) == [living.sid, ended[-1].sid]


def test_nothing_is_forgotten_where_all_is_to_be_kept() -> None:
    stage = _stage(0)
    for number in NUMBERS:
        stage.call(number, "<Response/>")
    stage.run()
    assert (len(stage.board.calls), stage.board.forgotten_calls) == (6, 0)


def test_ended_conferences_and_recordings_are_forgotten_too() -> None:
    stage = _stage(2)
    for name in "abcd":
        call = stage.park(name)
        stage.run(5)
        start_call_recording(stage.board, call, RecordingOrder("StartCallRecordingAPI"))
        stage.run(5)
        hang_up(stage.board, call, "api")
        stage.run(5)
    assert [room.name for room in stage.board.conferences.values()] == ["c", "d"]
    assert [one.call.sid for one in stage.board.recordings.values() if one.call] == list(stage.board.calls)


def test_ledger_in_memory_and_deliveries_go_with_their_call() -> None:
    carrier = Carrier(SandboxSettings(is_virtual=True, start_at=1.8e9, calls_per_second=0, kept_calls=2))
    clock, sids = carrier.clock, []
    assert isinstance(clock, VirtualClock)
    for number in NUMBERS[:4]:
        call = place(carrier.board, CallOrder(ACCOUNT, number, NUMBERS[5], Program(twiml=LONG)))
        sids.append(call.sid)
        said = Delivery(call.sid, 0.0, "POST", "http://app.test", (), 200, "", "", 1)
        carrier.office.deliveries.add(said)
        clock.move_to(clock.now() + 10)
        hang_up(carrier.board, call, "api")
    named = {entry["call"] for entry in carrier.ledger.read("call_*")}
    assert named >= set(sids[2:])
    assert sids[0] not in named
    assert [len(carrier.office.deliveries.of(sid)) for sid in sids] == [0, 0, 1, 1]
    numbers = [entry["n"] for entry in carrier.ledger.read()]
    assert numbers == list(range(int(str(numbers[0])), int(str(numbers[-1])) + 1))


def test_how_many_are_kept_is_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert read_settings([], {}).kept_calls == 20_000
    assert read_settings([], {"SANDBOX_CALLS_KEPT": "0"}).kept_calls == 0
    with pytest.raises(SystemExit):
        read_settings(["--calls-kept", "-1"], {})
    assert "--calls-kept" in capsys.readouterr().err
