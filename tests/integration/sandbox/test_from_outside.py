"""The sandbox from outside: it stops at once, leaves its ledger, shares its clock, and repeats its history."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.commands import audit, faults, people
from tests.integration.sandbox.bench import FROM, App, Sandbox, running_sandbox

ALL = ["initiated", "ringing", "answered", "completed"]


def test_interrupt_stops_it_cleanly() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")


def test_port_in_use_ends_with_advice() -> None:
    with running_sandbox() as sandbox:
        port = sandbox.address.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "sandbox", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert "--port" in ended.stderr


def test_clock_is_the_one_another_process_works_out() -> None:
    epoch = time.time() - 100.0
    with running_sandbox("--speed", "60", "--start-at", "2026-03-02T09:00:00Z", "--epoch-real", str(epoch)) as sandbox:
        start_at = sandbox.get("clock")["start_at"]
        before = start_at + (time.time() - epoch) * 60.0
        shown = sandbox.get("clock")["now_unix"]
        after = start_at + (time.time() - epoch) * 60.0
    assert before <= shown <= after


def _live_through(path: Path, app: App, seed: str, hash_seed: str = "0") -> bytes:
    """A busy afternoon: agents, screened calls, machines, recordings, queues, faults of every kind that repeats."""
    settings = "human=0.4,machine=0.2,screened=0.1,agent_miss=0.1,agent_drop_mean_seconds=900"
    options = ("--virtual", "--start-at", "2026-03-02T09:00:00Z", "--ledger", str(path), "--seed", seed)
    with running_sandbox(*options, "--people-set", settings, hash_seed=hash_seed) as sandbox:
        url = app.page("/answer", "<Response><Dial><Conference>desk</Conference></Dial></Response>")
        menu = "<Gather numDigits='1'><Say>Press one.</Say></Gather><Enqueue>line</Enqueue>"
        say = app.page("/say", f"<Response>{menu}</Response>")
        told = f'statusCallback="{app.address}/room" statusCallbackEvent="start end join leave mute"'
        room = f'<Conference record="record-from-start" {told}>desk</Conference>'
        desk = f"<Response><Dial>{room}</Dial></Response>"
        for agent in ("ann", "bea", "carl"):
            sandbox.client.calls.create(to=f"client:{agent}", from_=FROM, twiml=desk)
        sandbox.arm(
            {"fault": "callback_lost", "rate": 0.1}, {"fault": "callback_late", "rate": 0.2, "seconds": 30},
            {"fault": "callback_doubled", "rate": 0.1}, {"fault": "callback_shuffled", "rate": 0.1},
            {"fault": "fetch_doubled", "rate": 0.1},
        )  # fmt: skip
        for number in range(60):
            sandbox.client.calls.create(
                to=f"+414455500{number % 25:02d}", from_=FROM, url=say if number % 4 == 3 else url,
                machine_detection="DetectMessageEnd", async_amd="true", async_amd_status_callback=f"{app.address}/amd",
                status_callback=f"{app.address}/status", status_callback_event=ALL,
            )  # fmt: skip
            sandbox.advance(7)
        sandbox.post("clock/advance", {"until_idle": True, "seconds": 20_000})
    return path.read_bytes()


def test_one_seed_gives_one_history_byte_for_byte_in_every_process(tmp_path: Path, app: App) -> None:
    first = _live_through(tmp_path / "first", app, "7", hash_seed="1")
    for kind in (b'"call_bridged"', b'"screening_passed"', b'"amd_decided"', b'"recording_started"', b'"queue_joined"'):
        assert kind in first
    assert b'"fault":"callback_lost"' in first
    assert first == _live_through(tmp_path / "second", app, "7", hash_seed="2")
    assert audit.main([str(tmp_path / "first"), "--finished"]) == 0


def test_another_seed_gives_another_history(tmp_path: Path) -> None:
    histories = []
    for seed in ("1", "2"):
        with running_sandbox("--virtual", "--start-at", "2026-03-02T09:00:00Z", "--seed", seed) as sandbox:
            for number in range(10):
                sandbox.client.calls.create(to=f"+414455500{number:02d}", from_=FROM, twiml="<Response/>")
            sandbox.advance(600)
            histories.append([entry["kind"] for entry in sandbox.get("ledger?kind=call_*")["entries"]])
    assert histories[0] != histories[1]


def test_faults_are_armed_and_cleared_from_the_command_line(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "faults.toml"
    script.write_text('[[faults]]\nfault = "rest_500"\nat = [2]\n', encoding="utf-8")

    def tell(*words: str) -> int:
        return faults.main(["--url", sandbox.address, *words])

    assert tell("load", str(script)) == 0
    assert tell("add", "callback_late", "--rate", "0.5", "--seconds", "20") == 0
    assert tell("down", "--minutes", "10") == 0
    rules = sandbox.get("faults")["faults"]
    assert [rule["fault"] for rule in rules] == ["rest_500", "callback_late", "down", "callback_lost", "fetch_lost"]
    assert [rule["for_seconds"] for rule in rules[2:]] == [600.0] * 3
    assert tell("clear", "down", "callback_lost", "fetch_lost") == 0
    capsys.readouterr()
    assert tell("list") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["rest_500", "callback_late"]


def test_carrier_that_is_not_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.main(["--url", "http://127.0.0.1:9", "list"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no carrier answers at http://127.0.0.1:9" in said


def test_people_are_shown_without_a_carrier(capsys: pytest.CaptureFixture[str]) -> None:
    assert people.main(["--set", "human=0.5", "--sample", "100"]) == 0
    assert capsys.readouterr().out.count("answers after") >= 2
    assert people.main(["--number", "+41445550001", "--set", "agree=1"]) == 0
    assert "agrees True" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        people.main(["--set", "humans=1"])
    assert ended.value.code == 2
    assert "humans" in capsys.readouterr().err
