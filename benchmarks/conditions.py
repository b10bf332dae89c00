"""Under which conditions figures were measured: the machine, its disk, its versions. Printed above the figures."""

import os
import platform
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import quantile
from benchmarks.grounds import Grounds

_SYNCS = 50


@dataclass(frozen=True)
class Conditions:
    """What to write beside a figure. `sync_ms` is what the disk takes to keep 4 kB for good."""

    measured_at: str
    cores: int
    load_average: float
    python: str
    sqlite: str
    databases: tuple[str, ...]
    sync_ms_p50: float
    sync_ms_p95: float

    def __str__(self) -> str:
        missing = "" if "postgres" in self.databases else "; PostgreSQL is not installed, so nothing is measured on it"
        return (
            f"{self.measured_at}, {self.cores} cores, load average {self.load_average:.2f}, Python {self.python}, "
            f"SQLite {self.sqlite}, one disk sync {self.sync_ms_p50:.1f} ms (95 %: {self.sync_ms_p95:.1f} ms){missing}"
        )


def describe_machine(grounds: Grounds) -> Conditions:
    """Look at the machine now."""
    syncs = _time_syncs(grounds.folder)
    return Conditions(
        measured_at=datetime.now(UTC).isoformat(timespec="minutes"),
        cores=os.cpu_count() or 0,
        load_average=os.getloadavg()[0],
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        databases=grounds.kinds,
        sync_ms_p50=quantile(syncs, 0.5),
        sync_ms_p95=quantile(syncs, 0.95),
    )


def _time_syncs(folder: Path) -> list[float]:
    path = folder / "sync"
    spent = []
    with path.open("wb", buffering=0) as file:
        for _ in range(_SYNCS):
            file.write(bytes(4096))
            began_at = time.perf_counter()
            os.fsync(file.fileno())
            spent.append((time.perf_counter() - began_at) * 1000)
    path.unlink()
    return spent
