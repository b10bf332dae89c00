"""The one place that reads the time. Everything else is handed `now`.

A rehearsal runs faster than life: all its processes share one origin and one speed, so that they agree on the time.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """Wall time, or wall time counted `speed` times faster since a shared moment.

    `epoch_real` is the Unix time (seconds) at which the clock showed `origin`.
    """

    speed: float = 1.0
    origin: datetime | None = None
    epoch_real: float = 0.0

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        if self.origin is None:
            return datetime.now(UTC)
        return (self.origin + timedelta(seconds=(time.time() - self.epoch_real) * self.speed)).astimezone(UTC)

    def real_seconds(self, seconds: float) -> timedelta:
        """The span this clock runs through while `seconds` pass on the wall.

        Patience with networks and processes is real patience: neither gets faster when a rehearsal does.
        """
        return timedelta(seconds=seconds * self.speed)

    def wall_seconds_until(self, moment: datetime) -> float:
        """Seconds to wait on the wall until this clock shows `moment`; never negative."""
        return max(0.0, (moment - self.now()).total_seconds() / self.speed)
