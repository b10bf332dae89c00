"""The RQ job of retention; see `dialer.retention`."""

from datetime import date

from dialer import retention
from foundation.runtime import process_runtime


def run_retention(day: str) -> None:
    """Let go of what has been kept long enough, in this worker process."""
    runtime = process_runtime()
    retention.run_night(runtime, date.fromisoformat(day), runtime.clock.now())
