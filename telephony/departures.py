"""The moments at which one process lets its creates go, right before each leaves. The pace across all is elsewhere."""

import threading
import time
from collections import deque
from collections.abc import Callable

# 1.2 %: between leaving here and being heard at the carrier no two calls take equally long.
_MARGIN = 1.012


class Departures:
    """Keeps calls that leave late from crowding those that leave on time: never more in a row than the rate allows.

    Slots see to the rate across processes; this sees to the moments at which one process really lets its calls go.
    """

    def __init__(
        self,
        calls_per_second: float,
        time_now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        in_a_row = max(1, int(calls_per_second))
        self._span_seconds = in_a_row / calls_per_second * _MARGIN
        self._moments: deque[float] = deque(maxlen=in_a_row)
        self._lock = threading.Lock()
        self._time_now, self._sleep = time_now, sleep

    def leave(self) -> None:
        """Return when one more call may leave. What counts is when it woke, not when it was meant to."""
        with self._lock:
            while len(self._moments) == self._moments.maxlen:
                wait_seconds = self._moments[0] + self._span_seconds - self._time_now()
                if wait_seconds <= 0:
                    break
                self._sleep(wait_seconds)
            self._moments.append(self._time_now())
