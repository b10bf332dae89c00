"""Runs the whole program, as `halali up` does, for a browser to look at: own folder, own ports, a fast clock."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

START_PATIENCE_SECONDS = 60
# A Tuesday morning, when it is lawful to call in Switzerland.
OPENING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SPEED = 20


@dataclass(frozen=True)
class Program:
    """A program that runs: where its pages are, and the way in for the first administrator."""

    url: str
    first_sign_in: str
    environment: dict[str, str]

    @property
    def carrier_url(self) -> str:
        """Where the sandbox carrier has its page."""
        return f"http://127.0.0.1:{self.environment['SANDBOX_PORT']}"

    def command(self, *words: str) -> None:
        """Type a command of `halali` beside the running program."""
        line = [sys.executable, "-m", "cli", *words]
        done = subprocess.run(line, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr


@contextmanager
def running_program(folder: Path, speed: int = SPEED) -> Iterator[Program]:
    """All processes on the embedded database, queue and carrier, until the block ends."""
    ports = free_ports(4)
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}} | {
        "DATA_DIR": str(folder / "var"),
        "REDIS_PORT": str(ports[0]),
        "WEB_PORT": str(ports[1]),
        "WEBHOOKS_PORT": str(ports[2]),
        "SANDBOX_PORT": str(ports[3]),
        "CLOCK_SPEED": str(speed),
        "CORRECTION_MINUTES": "60",  # by that clock
        "CLOCK_ORIGIN": OPENING.isoformat(),
        "CLOCK_EPOCH_REAL": str(time.time()),
        "CALLS_PER_SECOND": "5",
    }
    talk = (folder / "talk.log").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-m", "cli", "up"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=talk,
        start_new_session=True,
    )
    try:
        yield Program(f"http://127.0.0.1:{ports[1]}", _wait_for_sign_in(running, folder), environment)
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(20)
        finally:
            assert running.stdout is not None
            running.stdout.close()
            talk.close()


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on right now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait_for_sign_in(running: "subprocess.Popen[bytes]", folder: Path) -> str:
    """The address that the program prints once it is up; raises with its talk when it ends before."""
    assert running.stdout is not None
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        line = running.stdout.readline().decode()
        found = re.search(r"http://\S+/sign-in/\S+", line)
        if found:
            return found.group(0)
        if not line and running.poll() is not None:
            break
    raise AssertionError(f"the program did not come up:\n{(folder / 'talk.log').read_text()[-3000:]}")
