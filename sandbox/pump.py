"""Runs the agenda: in real or scaled time from the event loop, or on command on the virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from sandbox.engine.board import Board
from sandbox.engine.clock import ScaledClock, VirtualClock
from sandbox.engine.exchange import run_due

# A timer never sleeps longer than this, so that a machine that was asleep catches up soon.
LONGEST_SLEEP_SECONDS = 60.0
LARGEST_SLICE = 50


class Pump(Protocol):
    """What keeps carrier time going."""

    def start(self) -> None:
        """Begin to run what is due."""
        ...

    def stop(self) -> None:
        """Run nothing more."""
        ...


class RunningPump:
    """One event-loop timer for the first entry of the agenda; no polling."""

    def __init__(self, board: Board, clock: ScaledClock) -> None:
        self._board = board
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to run what is due."""
        self._loop = asyncio.get_running_loop()
        self._board.agenda.on_earlier = self._aim
        self._aim()

    def stop(self) -> None:
        """Run nothing more."""
        self._board.agenda.on_earlier = None
        if self._timer is not None:
            self._timer.cancel()

    def _aim(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_at = self._board.agenda.next_at()
        if due_at is not None and self._loop is not None:
            delay = min(self._clock.real_seconds_until(due_at), LONGEST_SLEEP_SECONDS)
            self._timer = self._loop.call_later(delay, self._run)

    def _run(self) -> None:
        self._timer = None
        self._board.agenda.on_earlier = None
        try:
            # In slices: between two, requests and callbacks have their turn.
            run_due(self._board, limit=LARGEST_SLICE)
        finally:
            self._board.agenda.on_earlier = self._aim
            self._aim()


class VirtualPump:
    """Moves the virtual clock from entry to entry; between two, all that the application has to say is waited for."""

    def __init__(self, board: Board, clock: VirtualClock, settle: Callable[[], Awaitable[None]]) -> None:
        self._board = board
        self._clock = clock
        self._settle = settle
        self._turn = asyncio.Lock()

    def start(self) -> None:
        """Nothing runs by itself."""

    def stop(self) -> None:
        """Nothing runs by itself."""

    async def advance(self, seconds: float) -> None:
        """Run everything due within the next carrier seconds, and leave the clock at their end."""
        async with self._turn:
            target = self._clock.now() + seconds
            await self._run_until(target)
            self._clock.move_to(target)

    async def run_until_idle(self, longest_seconds: float) -> None:
        """Run until nothing is due any more, or so many carrier seconds have passed."""
        async with self._turn:
            await self._run_until(self._clock.now() + longest_seconds)

    async def _run_until(self, target: float) -> None:
        await self._settle()
        while (due_at := self._board.agenda.next_at()) is not None and due_at <= target:
            self._clock.move_to(due_at)
            run_due(self._board, limit=1)
            await self._settle()
