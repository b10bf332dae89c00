"""What is due when: a heap of cancellable entries in carrier time. Who runs it, and how fast, is left to the pump."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count


class Entry:
    """One thing to do at one instant; cancel() makes it void."""

    __slots__ = ("action", "at")

    def __init__(self, at: float, action: Callable[[], None]) -> None:
        self.at = at
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Make the entry do nothing when its time comes."""
        self.action = None


class Agenda:
    """A heap of entries, equal instants in the order they were put in."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Entry]] = []
        self._order = count()
        self.on_earlier: Callable[[], None] | None = None

    def put(self, at: float, action: Callable[[], None]) -> Entry:
        """Put `action` down for carrier time `at` (Unix seconds)."""
        entry = Entry(at, action)
        is_first = not self._heap or at < self._heap[0][0]
        heapq.heappush(self._heap, (at, next(self._order), entry))
        if is_first and self.on_earlier is not None:
            self.on_earlier()
        return entry

    def next_at(self) -> float | None:
        """Return the instant of the first live entry, or None when nothing is due any more."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Callable[[], None] | None:
        """Take out the first live action due at or before `now`."""
        due_at = self.next_at()
        if due_at is None or due_at > now:
            return None
        return heapq.heappop(self._heap)[2].action

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()
