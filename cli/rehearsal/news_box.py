"""Keeps the latest news of one topic for a person who is busy, and wakes them when they wait."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any


class NewsBox:
    """The latest news only: whoever looks finds what holds now, not what held before."""

    def __init__(self, is_wanted: Callable[[dict[str, Any]], bool] = lambda _: True) -> None:
        self._is_wanted = is_wanted
        self._latest: dict[str, Any] | None = None
        self._came = asyncio.Event()

    async def fill(self, news: AsyncIterator[dict[str, Any]]) -> None:
        """Take in all news, without end."""
        async for piece in news:
            if self._is_wanted(piece):
                self._latest = piece
                self._came.set()

    def wake(self) -> None:
        """Let whoever waits look, as if news had come."""
        self._came.set()

    async def take(self, patience_seconds: float) -> dict[str, Any] | None:
        """The latest news that nobody took; None when none come in time."""
        try:
            await asyncio.wait_for(self._came.wait(), patience_seconds)
        except TimeoutError:
            return None
        self._came.clear()
        return self._latest
