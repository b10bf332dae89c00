"""Ends a loop when the operating system asks for it, and wakes it where it waits."""

import signal
import threading
from types import FrameType

from foundation.live import Live


class StopSignal:
    """Becomes true on SIGTERM or SIGINT and rings the bells, so that a waiting loop sees it at once."""

    def __init__(self, live: Live, *bells: str) -> None:
        self._live = live
        self._bells = bells
        self._is_stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def __call__(self) -> bool:
        return self._is_stopping

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True
        # On a thread: the signal may have come in the middle of the very connection that rings.
        threading.Thread(target=self._ring, daemon=True).start()

    def _ring(self) -> None:
        for bell in self._bells:
            self._live.ring(bell)
