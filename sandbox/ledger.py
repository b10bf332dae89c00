"""The ledger: every request, call event and callback try, in order, in memory and as JSON lines.

The truth tests audit.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import TextIO

from sandbox.engine.numerals import is_whole

_Told = tuple[int, str, str, dict[str, object]]
DEFAULT_KEPT_ENTRIES = 200_000


def iso_milliseconds(at: float) -> str:
    """Return a carrier instant as ISO 8601 in UTC with milliseconds."""
    second = floor(at)
    millisecond = int((at - second) * 1_000_000 + 0.5) // 1000  # microseconds, as datetime rounds
    return f"{_write_second(second)}.{millisecond:03d}Z" if millisecond < 1000 else f"{_write_second(second + 1)}.000Z"


@lru_cache(maxsize=4096)
def _write_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True)
class LedgerOptions:
    """`path` None: no file. Memory holds the last `kept_entries`. `rotate_bytes` 0: the file may grow for ever; else a
    file that has grown to it is named `….1`, the next one `….2`, and so on.
    """

    path: Path | None = None
    kept_entries: int = DEFAULT_KEPT_ENTRIES
    rotate_bytes: int = 0


class Ledger:
    """Numbers entries and stamps them with carrier time. The file holds all of them, memory the last ones."""

    def __init__(self, now: Callable[[], float], options: LedgerOptions | None = None) -> None:
        self._now = now
        self._options = options or LedgerOptions()
        # As they were told, because most are never read: an object is made when somebody looks.
        self._entries: deque[_Told] = deque(maxlen=self._options.kept_entries)
        self._file: TextIO | None = None
        self._size = 0
        self._open()
        self._count = 0
        self._last_at = (-1.0, "")
        self.counts: Counter[str] = Counter()
        # Each is told of every entry as it is made, and may not wait or change anything before it returns.
        self.watchers: list[Callable[[dict[str, object]], None]] = []

    def note(self, kind: str, facts: dict[str, object]) -> None:
        """Append one entry."""
        self._count += 1
        self.counts[kind] += 1
        now = self._now()
        if now != self._last_at[0]:
            self._last_at = now, iso_milliseconds(now)
        told = (self._count, self._last_at[1], kind, facts)
        self._entries.append(told)
        if self.watchers or self._file is not None:
            self._publish(_entry(told))

    def _publish(self, entry: dict[str, object]) -> None:
        for watch in self.watchers:
            watch(entry)
        if self._file is not None:
            self._write(self._file, _encode(entry) + "\n")

    def _write(self, file: TextIO, line: str) -> None:
        file.write(line)
        self._size += len(line)
        if 0 < self._options.rotate_bytes <= self._size:
            self.close()
            path = self._options.path
            assert path is not None
            number = 1 + max((int(end) for end in _ends_of(path) if is_whole(end)), default=0)
            path.rename(path.with_name(f"{path.name}.{number}"))
            self._open()

    def _open(self) -> None:
        path = self._options.path
        if path is not None:
            self._file = path.open("a", encoding="utf-8")
            self._size = path.stat().st_size

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

    def forget_before(self, at: float) -> None:
        """Forget what was noted before a carrier instant; the file keeps what it has."""
        first = iso_milliseconds(at)
        while self._entries and self._entries[0][1] < first:
            self._entries.popleft()

    def read_backwards(self) -> Iterator[dict[str, object]]:
        """Yield what is in memory, the last entry first."""
        return (_entry(told) for told in reversed(self._entries))

    def read(self, kind: str = "", sid: str = "", after: int = 0) -> Iterator[dict[str, object]]:
        """Yield entries after number `after`, of one kind (`call_*`: of all such) and about one call or conference."""
        prefix = kind[:-1] if kind.endswith("*") else None
        for told in self._entries:
            number, _, found, facts = told
            if number <= after:
                continue
            if kind and not (found.startswith(prefix) if prefix is not None else found == kind):
                continue
            if sid and sid not in (facts.get("call"), facts.get("conference"), facts.get("sid")):
                continue
            yield _entry(told)


def _entry(told: _Told) -> dict[str, object]:
    number, at, kind, facts = told
    return {"n": number, "at": at, "kind": kind, **facts}


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _ends_of(path: Path) -> Iterator[str]:
    return (other.name.removeprefix(f"{path.name}.") for other in path.parent.glob(f"{path.name}.*"))
