"""The process that reads an uploaded file, as seen from ours: started, asked, ended. Whatever it does, we go on.

The file's readers have had defects that abort the process: so it is another one, with limits, and it gets no secrets.
What is asked and answered is `guarded_reader`'s. This module loads fast: the process can start before all else does.
"""

import fcntl
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import IO, Any

from campaigns.workbooks import is_workbook
from foundation.errors import Invalid
from foundation.marking import N_

_HOME = Path(__file__).resolve().parent.parent
LOOK_CPU_SECONDS = 60
_PATIENCE_SECONDS = 120.0
_HARMLESS_BYTES = 256 * 1024
_READ_AHEAD_BYTES = 1 << 20
_BROKE = N_(
    "This file cannot be read: the program that reads it broke off. Open it in your spreadsheet program, choose "
    "“Save as” and the format CSV, and upload that file."
)
_TOO_SLOW = N_("Reading this file takes too long. Split it and upload the parts.")


class ReaderChild:
    """One process for one file. It starts when it is asked at the latest, and answers one request after the other."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: _Listener | None = None

    def start(self, open_files: Collection[int] = ()) -> subprocess.Popen[bytes]:
        """Start it, unless it runs. It can read `open_files` as `/dev/fd/NUMBER`."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "campaigns.list_reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_HOME,
                env={"PATH": os.defpath},
                pass_fds=tuple(open_files),
            )
            # Room to read ahead while we are busy with the batch before.
            if self._process.stdout is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
                with suppress(OSError):  # a system that grants less
                    fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _READ_AHEAD_BYTES)
        return self._process

    def look_ahead(self, file: int) -> None:
        """Have it look through an open file already. It answers nothing, and knows the file when it is asked for it."""
        self.start([file])
        self.send({"want": "look", "path": f"/dev/fd/{file}", "nice": 0, "cpu_seconds": LOOK_CPU_SECONDS})

    def send(self, request: dict[str, Any]) -> None:
        """Ask for something. `answers` are to be taken to their end before the next request.

        Raises:
            Invalid: it has ended.
        """
        process = self.start()
        if process.stdin is None:
            raise RuntimeError("the reader has no pipes")
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError as error:
            raise Invalid(_BROKE) from error

    def answers(self) -> Iterator[dict[str, Any]]:
        """What it says to the last request, each time within our patience. One answer is taken apart ahead.

        Raises:
            Invalid: the file is no list, or the process broke off or took too long.
        """
        process = self.start()
        if process.stdout is None:
            raise RuntimeError("the reader has no pipes")
        self._listener = listener = _Listener(process.stdout)
        listener.start()
        while True:
            answer = listener.next_answer()
            if problem := answer.get("problem"):
                raise Invalid(problem, **answer["facts"])
            yield answer
            if answer.get("end"):
                return

    def close(self) -> None:
        """End it, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if self._listener is not None:
            self._listener.stop()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # a request that it did not live to read
                    pipe.close()


class _Listener(Thread):
    """Takes the answers to one request, at most one ahead of whoever uses them: what waits for a database has time."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._heard: SimpleQueue[dict[str, Any] | BaseException] = SimpleQueue()
        self._taken = Semaphore(0)
        self._stopped = False

    def run(self) -> None:
        try:
            for line in _lines(self._pipe):
                answer = json.loads(line)
                self._heard.put(answer)
                self._taken.acquire()
                if self._stopped or "problem" in answer or answer.get("end"):
                    return
        except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
            self._heard.put(error)

    def next_answer(self) -> dict[str, Any]:
        """The next answer. Raises what listening to it has raised."""
        heard = self._heard.get()
        self._taken.release()
        if isinstance(heard, BaseException):
            raise heard
        return heard

    def stop(self) -> None:
        """Wait until the thread has ended. Its process has ended already."""
        self._stopped = True
        self._taken.release()
        self.join()
        self._heard.put(Invalid(_BROKE))


def is_harmless(path: Path) -> bool:
    """Whether a file is so small and plain that a process of its own would take longer than reading it."""
    with path.open("rb") as file:
        return not is_workbook(file.read(8)) and path.stat().st_size <= _HARMLESS_BYTES


def _lines(pipe: IO[bytes]) -> Iterator[bytes]:
    """Whole lines; all of an answer has come before the next is asked for, so nothing is left over."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        rest: list[bytes] = []
        while True:
            if not waiting.select(_PATIENCE_SECONDS):
                raise Invalid(_TOO_SLOW)
            piece = os.read(pipe.fileno(), 1 << 20)
            if not piece:
                raise Invalid(_BROKE)
            *whole, last = piece.split(b"\n")
            for part in whole:
                yield b"".join((*rest, part))
                rest.clear()
            rest.append(last)
