"""What a recording holds, from its marks: which sound for how long. Pure."""

from __future__ import annotations

from sandbox.engine.records import Recording


def recorded_spans(recording: Recording, now: float) -> list[tuple[float, str]]:
    """Return what was recorded, in order: seconds and sound. Skipped pauses are left out, silent ends when trimmed."""
    end = recording.ended_at if recording.ended_at is not None else now
    edges = [*recording.marks[1:], (end, "silence")]
    spans: list[tuple[float, str]] = [
        (later[0] - mark[0], "silence" if mark[1] == "muted" else mark[1])
        for mark, later in zip(recording.marks, edges, strict=True)
        if mark[1] != "skipped" and later[0] > mark[0]
    ]
    if recording.order.trims_silence:
        while spans and spans[0][1] == "silence":
            spans.pop(0)
        while spans and spans[-1][1] == "silence":
            spans.pop()
    return spans


def recorded_seconds(recording: Recording, now: float) -> int:
    """Return the whole seconds that were recorded up to its end, or up to now while it runs."""
    return int(sum(seconds for seconds, _ in recorded_spans(recording, now)) + 1e-6)
