"""Starts the processes that a benchmark needs, each with its own environment and log, and stops them by name."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
HALALI = str(Path(sys.executable).with_name("halali"))
READY = b"ready\n"
START_SECONDS = 20.0
STOP_SECONDS = 10.0


class DidNotStart(RuntimeError):
    """A program ended or stayed silent at its start; the message holds the end of its log."""


@contextmanager
def running(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, port: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that runs while the block does; entered once it listens on `port`, where one is given.

    Raises:
        DidNotStart: it ended, or did not listen in time.
    """
    log_path = folder / f"{Path(words[0]).name}-{words[-1].replace('/', '_')}-{time.monotonic_ns()}.log"
    with log_path.open("wb") as log:
        program = subprocess.Popen(
            list(words), env=full_environment(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        if port is not None:
            _wait_for_port(program, port, log_path)
        yield program
    finally:
        _stop(program)


class Errand:
    """One of our own modules in a process of its own: it says that it is ready, gets a plan, and writes a result."""

    def __init__(self, module: str, environment: Mapping[str, str], folder: Path) -> None:
        self._module = module
        self._program = subprocess.Popen(
            module_words(module),
            env=full_environment(environment),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        assert self._program.stdout is not None
        if self._program.stdout.readline() != READY:
            raise DidNotStart(f"{self._module} did not start; its error is above")
        return self

    def __exit__(self, *error: object) -> None:
        self._program.kill()
        self._program.wait()

    def give(self, plan: bytes) -> None:
        """Hand over the plan: the work begins."""
        assert self._program.stdin is not None
        self._program.stdin.write(plan)
        self._program.stdin.close()

    def result(self) -> bytes:
        """What it wrote, once it is done. Raises RuntimeError when it failed."""
        assert self._program.stdout is not None
        written = self._program.stdout.read()
        if self._program.wait() != 0:
            raise RuntimeError(f"{self._module} failed; its error is above")
        return written


def take_plan() -> Any:
    """In the errand's own process: say that it is ready, then wait for the plan (JSON)."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    return json.load(sys.stdin)


def module_words(name: str) -> list[str]:
    """The words that run one of our own modules."""
    return [sys.executable, "-m", f"benchmarks.{name}"]


def full_environment(own: Mapping[str, str]) -> dict[str, str]:
    """What a program finds in its environment: nothing of the caller's settings, only what it needs to run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **own}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_port(program: "subprocess.Popen[bytes]", port: int, log_path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if program.poll() is not None or time.monotonic() > deadline:
                tail = log_path.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise DidNotStart(f"{' '.join(map(str, program.args))}\n{tail}") from error  # type: ignore[arg-type]
            time.sleep(0.05)
        else:
            return


def _stop(program: "subprocess.Popen[bytes]") -> None:
    if program.poll() is not None:
        return
    # PostgreSQL reads INT as "end sessions and stop"; Python programs of ours stop on it as well.
    program.send_signal(signal.SIGINT)
    try:
        program.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
