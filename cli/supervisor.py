"""Keeps a set of children running: starts them in stages, restarts those that die, stops all of them in order.

One loop, one thread, no database and no Redis connection: it is what the children are forked from.
"""

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from cli.children import Born
from cli.log_lines import LogLines
from foundation.errors import Unavailable

LONGEST_START_SECONDS = 60.0
STOP_SECONDS = 2.5
# A child that has run for so long was no false start: the next restart comes at once again.
STEADY_SECONDS = 30.0
SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
_LOOK_SECONDS = 0.02
_IDLE_SECONDS = 1.0
_MOST_ANSWER = 65536


@dataclass(frozen=True)
class Spec:
    """What is to be kept running. Without `answers` a child says by itself when it is ready."""

    name: str
    start: Callable[[], Born]
    answers: Callable[[], bool] | None = None
    is_ground: bool = False  # others need it: it stops last
    is_task: bool = False  # it ends by itself: ready when it has ended well, never started again


@dataclass
class Child:
    """One child as it is now."""

    spec: Spec
    lines: LogLines
    born: Born | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    pause_seconds: float = SHORTEST_PAUSE_SECONDS
    is_ready: bool = False
    answer: bytes = b""
    open_pipes: set[int] = field(default_factory=set)


class StartFailed(Unavailable):
    """A part of the program did not start."""


class Supervisor:
    """Runs children. `told` hears what happens to them: name, event, details for people."""

    def __init__(self, told: Callable[[str, str], None], changed: Callable[[dict[str, int]], None]) -> None:
        self._told = told
        self._changed = changed
        self._children: dict[str, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop = 0
        self._is_stopping = False
        self._width = 0
        self._wake_read, wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, self._notice)
        self._selector.register(self._wake_read, selectors.EVENT_READ)

    @property
    def is_asked_to_stop(self) -> bool:
        """Whether someone wants all of it to end."""
        return self._asked_to_stop > 0

    def start(self, specs: Iterable[Spec]) -> None:
        """Start children, without waiting for them."""
        specs = list(specs)
        self._width = max([self._width, *(len(spec.name) for spec in specs)])
        for spec in specs:
            child = Child(spec, LogLines(spec.name, len(self._children), self._width))
            self._children[spec.name] = child
            self._bear(child)

    def wait_until_ready(self, names: Iterable[str] | None = None) -> None:
        """Keep going until these children, or all, are ready, or someone asks to stop.

        Raises:
            StartFailed: one of them ended, or took too long.
        """
        wanted = [self._children[name] for name in names] if names is not None else list(self._children.values())
        give_up_at = time.monotonic() + LONGEST_START_SECONDS
        while not self.is_asked_to_stop and not all(child.is_ready for child in wanted):
            self._turn(_LOOK_SECONDS)
            for child in wanted:
                self._look_whether_ready(child)
                if child.born is None and not child.is_ready and not self.is_asked_to_stop:
                    raise StartFailed(f"{child.spec.name} did not start; its own lines above say why.")
            if time.monotonic() > give_up_at:
                slow = ", ".join(child.spec.name for child in wanted if not child.is_ready)
                raise StartFailed(f"{slow} did not get ready within {LONGEST_START_SECONDS:.0f} seconds.")

    def take_answer(self, name: str) -> bytes:
        """What a task that has ended said, and forget the task."""
        return self._children.pop(name).answer

    def pids(self) -> dict[str, int]:
        """The process ids of the children that live now."""
        return {name: child.born.pid for name, child in self._children.items() if child.born is not None}

    def run(self) -> None:
        """Keep all children running until someone asks to stop."""
        while not self.is_asked_to_stop:
            self._turn(_IDLE_SECONDS)
            self._restart_due()

    def stop(self) -> None:
        """End all children, the ground last; those that do not listen are killed. Nothing is left running."""
        self._is_stopping = True
        for is_ground in (False, True):
            self._end([child for child in self._children.values() if child.spec.is_ground is is_ground])

    def _end(self, group: list[Child]) -> None:
        asked_before = self._asked_to_stop
        self._send(group, signal.SIGTERM)
        give_up_at = time.monotonic() + STOP_SECONDS
        while any(child.born for child in group) and time.monotonic() < give_up_at:
            self._turn(give_up_at - time.monotonic())
            if self._asked_to_stop > max(asked_before, 1):
                break  # asked twice: no more patience
        for child in group:
            if child.born is not None:
                self._told(child.spec.name, "did not stop in time and is killed")
        self._send(group, signal.SIGKILL)
        while any(child.born for child in group):
            self._turn(_LOOK_SECONDS)

    def _send(self, group: list[Child], number: signal.Signals) -> None:
        for child in group:
            if child.born is not None:
                with suppress(ProcessLookupError):
                    # The whole group: a child leads a session of its own.
                    os.killpg(child.born.pid, number)

    def _notice(self, number: int, frame: FrameType | None) -> None:
        """Nothing more: that there is a way to hear the signal is what wakes the loop."""

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    # --- one turn of the loop ---------------------------------------------------------------------------------

    def _turn(self, longest_seconds: float) -> None:
        due = [child.restart_at for child in self._children.values() if child.born is None and child.restart_at]
        wait = max(0.0, min([longest_seconds, *(at - time.monotonic() for at in due)]))
        for key, _ in self._selector.select(wait):
            if key.data is None:
                with suppress(BlockingIOError):
                    os.read(self._wake_read, 512)
            else:
                child, kind = key.data
                self._hear(child, kind, key.fd)
        self._bury_dead()

    def _hear(self, child: Child, kind: str, pipe: int) -> None:
        if kind == "log":
            is_open = child.lines.read(pipe)
        else:
            said = os.read(pipe, _MOST_ANSWER)
            child.answer += said
            child.is_ready = child.is_ready or (bool(said) and not child.spec.is_task)
            is_open = bool(said)
        if not is_open:
            self._close(child, pipe)

    def _look_whether_ready(self, child: Child) -> None:
        if not child.is_ready and child.born is not None and child.spec.answers is not None:
            child.is_ready = child.spec.answers()

    def _bury_dead(self) -> None:
        for child in self._children.values():
            if child.born is None:
                continue
            pid, status = os.waitpid(child.born.pid, os.WNOHANG)
            if pid:
                self._bury(child, os.waitstatus_to_exitcode(status))

    def _bury(self, child: Child, code: int) -> None:
        for pipe in sorted(child.open_pipes):
            self._hear(child, self._selector.get_key(pipe).data[1], pipe)
            self._close(child, pipe)
        child.born = None
        self._changed(self.pids())
        if child.spec.is_task:
            child.is_ready = code == 0
        elif not self.is_asked_to_stop and not self._is_stopping:
            self._plan_restart(child, code)

    def _plan_restart(self, child: Child, code: int) -> None:
        if time.monotonic() - child.started_at > STEADY_SECONDS:
            child.pause_seconds = SHORTEST_PAUSE_SECONDS
        child.restart_at = time.monotonic() + child.pause_seconds
        child.is_ready = False
        self._told(child.spec.name, f"ended ({_how(code)}); starts again in {child.pause_seconds:.1f} s")
        child.pause_seconds = min(child.pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def _restart_due(self) -> None:
        for child in self._children.values():
            if child.born is None and time.monotonic() >= child.restart_at and not self.is_asked_to_stop:
                self._bear(child)

    def _bear(self, child: Child) -> None:
        child.born = child.spec.start()
        child.started_at = time.monotonic()
        child.is_ready = False
        for pipe, kind in ((child.born.log, "log"), (child.born.ready, "ready")):
            self._selector.register(pipe, selectors.EVENT_READ, (child, kind))
            child.open_pipes.add(pipe)
        self._changed(self.pids())

    def _close(self, child: Child, pipe: int) -> None:
        if pipe in child.open_pipes:
            child.open_pipes.discard(pipe)
            self._selector.unregister(pipe)
            os.close(pipe)


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
