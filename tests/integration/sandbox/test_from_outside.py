"""The sandbox from outside: it stops at once, leaves its ledger, shares its clock, and repeats its history."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.integration.sandbox.bench import FROM, App, running_sandbox

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


def _live_through(path: Path, app: App, seed: str) -> bytes:
    options = ("--virtual", "--start-at", "2026-03-02T09:00:00Z", "--ledger", str(path), "--seed", seed)
    with running_sandbox(*options) as sandbox:
        url = app.page("/answer", "<Response><Dial><Conference>desk</Conference></Dial></Response>")
        room = f'<Conference statusCallback="{app.address}/room" statusCallbackEvent="join leave">desk</Conference>'
        sandbox.client.calls.create(to="client:ann", from_=FROM, twiml=f"<Response><Dial>{room}</Dial></Response>")
        sandbox.arm({"fault": "callback_lost", "rate": 0.2}, {"fault": "callback_late", "rate": 0.2})
        for number in range(12):
            sandbox.client.calls.create(
                to=f"+414455500{number:02d}", from_=FROM, url=url,
                status_callback=f"{app.address}/status", status_callback_event=ALL,
            )  # fmt: skip
            sandbox.advance(20)
        sandbox.post("clock/advance", {"until_idle": True, "seconds": 3600})
    return path.read_bytes()


def test_one_seed_gives_one_history_byte_for_byte_over_http(tmp_path: Path, app: App) -> None:
    first = _live_through(tmp_path / "first", app, "7")
    assert b'"kind":"call_bridged"' in first
    assert b'"fault":"callback_lost"' in first
    assert first == _live_through(tmp_path / "second", app, "7")
    assert first != _live_through(tmp_path / "third", app, "8")
