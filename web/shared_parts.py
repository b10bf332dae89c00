"""Parts of pages that are the same for all who watch them: rendered at most once a second, however many watch."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

KEPT_SECONDS = 1.0
KEPT_AT_MOST = 500


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    made_at: float = -KEPT_SECONDS
    html: str = ""


class SharedParts:
    """Keeps the latest rendering of each part; whoever asks while it is being made waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], _Kept] = {}

    def get(self, key: tuple[str, ...], make: Callable[[], str]) -> str:
        """The part under `key`, made anew by `make` when the last one is older than a second."""
        with self._lock:
            if len(self._kept) >= KEPT_AT_MOST and key not in self._kept:
                self._kept.clear()
            kept = self._kept.setdefault(key, _Kept())
        with kept.lock:
            if time.monotonic() - kept.made_at >= KEPT_SECONDS:
                kept.html = make()
                kept.made_at = time.monotonic()
            return kept.html
