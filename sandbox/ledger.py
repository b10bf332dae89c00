"""The ledger: every request, call event and callback try, in order, in memory and as JSON lines.

The truth tests audit.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

DEFAULT_KEPT_ENTRIES = 500_000


def iso_milliseconds(at: float) -> str:
    """Return a carrier instant as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Ledger:
    """Numbers and stamps entries with carrier time. The file holds all of them, memory the last `kept_entries`."""

    def __init__(
        self, now: Callable[[], float], path: Path | None = None, kept_entries: int = DEFAULT_KEPT_ENTRIES
    ) -> None:
        self._now = now
        self._entries: deque[dict[str, object]] = deque(maxlen=kept_entries)
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path is not None else None
        self._count = 0
        self.counts: Counter[str] = Counter()
        # Each is told of every entry as it is made, and may not wait or change anything before it returns.
        self.watchers: list[Callable[[dict[str, object]], None]] = []

    def note(self, kind: str, facts: dict[str, object]) -> None:
        """Append one entry."""
        self._count += 1
        self.counts[kind] += 1
        entry: dict[str, object] = {"n": self._count, "at": iso_milliseconds(self._now()), "kind": kind, **facts}
        self._entries.append(entry)
        for watch in self.watchers:
            watch(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")

    def flush(self) -> None:
        """Bring the file up to date."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Close the file; later entries stay in memory only."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def clear(self) -> None:
        """Forget what is in memory; the file keeps what it has."""
        self._entries.clear()
        self.counts.clear()

    def read_backwards(self) -> Iterator[dict[str, object]]:
        """Yield what is in memory, the last entry first."""
        return reversed(self._entries)

    def read(self, kind: str = "", sid: str = "", after: int = 0) -> Iterator[dict[str, object]]:
        """Yield entries after number `after`, of one kind (`call_*`: of all such) and about one call or conference."""
        prefix = kind[:-1] if kind.endswith("*") else None
        for entry in self._entries:
            if int(str(entry["n"])) <= after:
                continue
            if kind and not (str(entry["kind"]).startswith(prefix) if prefix is not None else entry["kind"] == kind):
                continue
            if sid and sid not in (entry.get("call"), entry.get("conference"), entry.get("sid")):
                continue
            yield entry
