"""Makes one child: forked from the supervisor, which has loaded everything already, or another executable.

A child says that it is ready with one byte on a pipe, writes its log into another, and ends when its parent does.
The supervisor has no threads and no connections, so that what a child inherits is whole.
"""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cli.programs import Command
from foundation.errors import HalaliError

READY = b"1"
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_FIRST_FREE = 3
_MOST_DESCRIPTORS = 4096


class Say(Protocol):
    """Tells the supervisor that the child is ready, or what a task found out."""

    def __call__(self, answer: bytes = READY) -> None: ...


@dataclass(frozen=True)
class Born:
    """A child that was started: its process id and the reading ends of its two pipes."""

    pid: int
    log: int
    ready: int


def fork_child(run: Callable[[Say], None], keep: int | None = None) -> Born:
    """Run a function in a child; it is handed what to call when it is ready. `keep` is a descriptor that it needs."""

    def live(ready: int) -> None:
        run(lambda answer=READY: _write(ready, answer))

    return _fork(live, keep)


def start_command(command: Command) -> Born:
    """Run another executable in a child. Its readiness is for others to find out; its ready pipe says nothing."""

    def live(ready: int) -> None:
        # Inherited by the executable only if we forget it: it must see neither pipe.
        os.close(ready)
        os.execvpe(command.words[0], command.words, {**os.environ, **command.environment})  # noqa: S606 - our own words

    return _fork(live, None)


def _fork(live: Callable[[int], None], keep: int | None) -> Born:
    log_read, log_write = os.pipe()
    ready_read, ready_write = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _settle_in(parent, log_write, frozenset({ready_write} | ({keep} if keep is not None else set())))
            code = _outcome(lambda: live(ready_write))
        finally:
            # Never back into the supervisor's stack; nothing of the parent's is cleaned up twice.
            os._exit(code)
    os.close(log_write)
    os.close(ready_write)
    os.set_blocking(log_read, False)
    os.set_blocking(ready_read, False)
    return Born(pid, log_read, ready_read)


def _settle_in(parent: int, log: int, keep: frozenset[int]) -> None:
    """A session of its own (Ctrl-C reaches only the supervisor), default signals, its own output, no other pipes."""
    os.setsid()
    die_with_parent(parent)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    start = _FIRST_FREE
    for kept in sorted(keep):
        os.closerange(start, kept)
        start = kept + 1
    os.closerange(start, _MOST_DESCRIPTORS)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process when its parent ends, also when that is killed. Linux only; see prctl(2)."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it ended before we asked


def show_name(name: str) -> None:
    """Show this name in `top` and `ps -o comm`, so that an operator can tell the children apart. Linux only."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_NAME, f"halali-{name}".encode()[:15], 0, 0, 0)


def _outcome(live: Callable[[], None]) -> int:
    """Run to the end and turn how it ended into an exit code. This is a process's outermost call."""
    code = 0
    try:
        live()
    except HalaliError as error:
        print(f"error: {error}", file=sys.stderr)
        code = 1
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, it ends here
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def _write(ready: int, answer: bytes) -> None:
    os.write(ready, answer)
