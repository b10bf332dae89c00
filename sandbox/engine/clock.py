"""Carrier time in Unix seconds: real, scaled, or virtual.

The only place in the sandbox that reads the machine's clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Tells carrier time in Unix seconds."""

    def now(self) -> float:
        """Return carrier time in Unix seconds."""
        ...


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """Carrier time that runs `speed` times as fast as real time since `epoch_real` (Unix seconds)."""

    start_at: float
    epoch_real: float
    speed: float = 1.0

    def now(self) -> float:
        """Return start_at + real seconds since epoch_real, times speed."""
        return self.start_at + (time.time() - self.epoch_real) * self.speed

    def real_seconds_until(self, at: float) -> float:
        """Return how many real seconds remain until carrier time `at`; never negative."""
        return max(0.0, (at - self.now()) / self.speed)


@dataclass(slots=True)
class VirtualClock:
    """Carrier time that stands still until it is moved."""

    instant: float

    def now(self) -> float:
        """Return the instant the clock was last moved to."""
        return self.instant

    def move_to(self, at: float) -> None:
        """Move forward to `at`; a move backwards is ignored."""
        self.instant = max(self.instant, at)


def real_now() -> float:
    """Return the machine's own Unix time, for start-up defaults."""
    return time.time()
