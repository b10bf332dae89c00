"""Starts the real `halali up` in a folder and on ports of its own, for tests to look at, harm and stop."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.ports import free_port
from cli.rehearsal.stage import as_variables
from foundation.settings import Settings

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """A running Halali: its supervisor, where it is, and what it said when it was up."""

    supervisor: "subprocess.Popen[str]"
    settings: Settings
    said: dict[str, Any]

    def pids(self) -> dict[str, int]:
        """The processes by name, as they are now."""
        notes = json.loads((self.settings.data_dir / "running.json").read_text(encoding="utf-8"))
        programs: dict[str, int] = notes["programs"]
        return programs

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.supervisor.send_signal(signal.SIGTERM)
        return self.supervisor.wait(PATIENCE_SECONDS)


def settings_in(folder: Path) -> Settings:
    """Settings on free ports, of nothing but the folder."""
    values: dict[str, Any] = {name: field.default for name, field in Settings.model_fields.items()}
    ports = {name: free_port() for name in ("redis_port", "web_port", "webhooks_port", "sandbox_port")}
    return Settings(_env_file=None, **(values | ports | {"data_dir": folder / "var", "log_level": "WARNING"}))


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment of a process that is to have these settings."""
    rest = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    return rest | as_variables(settings)


def start(settings: Settings, *words: str) -> "subprocess.Popen[str]":
    """Start `halali` with these words."""
    settings.data_dir.parent.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *words],
        env=environment_of(settings),
        cwd=settings.data_dir.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def running(settings: Settings, *words: str) -> Iterator[Running]:
    """Halali, up until the block ends."""
    supervisor = start(settings, "up", "--json", *words)
    try:
        yield Running(supervisor, settings, _wait_until_up(supervisor))
    finally:
        if supervisor.poll() is None:
            supervisor.terminate()
        supervisor.communicate(timeout=PATIENCE_SECONDS)


def _wait_until_up(supervisor: "subprocess.Popen[str]") -> dict[str, Any]:
    assert supervisor.stdout is not None
    text = ""
    for line in supervisor.stdout:
        text += line
        if line.startswith("}"):
            said: dict[str, Any] = json.loads(text)
            return said
    _, errors = supervisor.communicate()
    raise AssertionError(f"Halali did not come up:\n{errors}")


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Look until it is so; fails when it never is."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at, f"never {what}"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
