"""Parts of pages that are the same for all who watch them: rendered at most once a second, however many watch.

What takes long is rendered less often still, so that watching never costs more than a small share of a processor.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

KEPT_SECONDS = 1.0
KEPT_AT_MOST = 500
# A part is kept for so many times what it took to make: at most a twentieth of the time is spent on it.
KEPT_TIMES = 20


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    until: float = 0.0
    html: str = ""


class SharedParts:
    """Keeps the latest rendering of each part; whoever asks while it is being made waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], _Kept] = {}

    def get(self, key: tuple[str, ...], make: Callable[[], str]) -> str:
        """The part under `key`, made anew by `make` when the last one is too old."""
        with self._lock:
            if len(self._kept) >= KEPT_AT_MOST and key not in self._kept:
                self._kept.clear()
            kept = self._kept.setdefault(key, _Kept())
        with kept.lock:
            began_at = time.monotonic()
            if began_at >= kept.until:
                kept.html = make()
                made_at = time.monotonic()
                kept.until = made_at + max(KEPT_SECONDS, KEPT_TIMES * (made_at - began_at))
            return kept.html
