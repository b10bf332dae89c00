"""What was learned of lines and agents from past calls, as a plain record that a row can keep. Pure.

Counts by age, slowly forgotten: at what age lines are answered or end, how long each step of an agent's work lasts and
what follows it. Turning counts into chances is left to `line_odds`, `rates` and `agent_odds`, learning to `lessons`.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

LINE_BIN_SECONDS = 0.5
LINE_BINS = 120
# Steps of an agent's work: fine while young, coarse when old; the last bin is open-ended.
STEP_EDGES = (*range(0, 60, 2), *range(60, 120, 4), *range(120, 300, 10), *range(300, 901, 30))
STEP_BINS = len(STEP_EDGES)
STEP_MIDDLES = (*((a + b) / 2 for a, b in pairwise(STEP_EDGES)), 1000.0)

READY = "ready"
AWAY = "away"  # paused or signed off

ENOUGH_LINES = 100
ENOUGH_TALKS = 20

Counts = tuple[float, ...]


class LineOutcome(NamedTuple):
    """How one call to a contact ended: picked up by a person, otherwise by itself, or given up by us.

    `seconds` from asking the carrier to that end; `setup_seconds` to its ringing, if it rang.
    """

    seconds: float
    is_answered: bool
    was_given_up: bool = False
    setup_seconds: float | None = None
    segments: tuple[str, ...] = ()


class StepOutcome(NamedTuple):
    """One step of an agent's work: which (see `BusyAgent`), how long, and what came next (a step, ready or away)."""

    step: str
    seconds: float
    next_step: str


@dataclass(frozen=True, eq=False)
class Habits:
    """Counts by age. `segments` and `recent` hold (answers, answers expected of lines like these)."""

    answered: Counts = (0.0,) * LINE_BINS
    ended: Counts = (0.0,) * LINE_BINS
    given_up: Counts = (0.0,) * LINE_BINS
    steps: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)
    segments: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    recent: tuple[float, float] = (0.0, 0.0)
    setup: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def lines_seen(self) -> float:
        """Lines whose end is known, less what was forgotten."""
        return sum(self.answered) + sum(self.ended) + sum(self.given_up)

    @cached_property
    def talks_seen(self) -> float:
        """Steps of work that ended in being ready."""
        return sum(sum(nexts.get(READY, ())) for nexts in self.steps.values())

    @cached_property
    def work_seconds(self) -> float:
        """From an answer until the agent is ready again, on average; 140 before anything was seen."""
        seconds = talks = 0.0
        for nexts in self.steps.values():
            talks += sum(nexts.get(READY, ()))
            for counts in nexts.values():
                seconds += sum(count * middle for count, middle in zip(counts, STEP_MIDDLES, strict=True))
        return (seconds + 5 * 140.0) / (talks + 5)

    @cached_property
    def is_trusted(self) -> bool:
        """Whether enough was seen to pace by it."""
        return self.lines_seen >= ENOUGH_LINES and self.talks_seen >= ENOUGH_TALKS

    def to_record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "answered": list(self.answered),
            "ended": list(self.ended),
            "given_up": list(self.given_up),
            "steps": {step: {after: list(counts) for after, counts in to.items()} for step, to in self.steps.items()},
            "segments": {name: list(pair) for name, pair in self.segments.items()},
            "recent": list(self.recent),
            "setup": list(self.setup),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Habits":
        """What `to_record` gave; an empty record is no knowledge. A record of other bins is not used."""
        if not record or len(record["answered"]) != LINE_BINS:
            return NOTHING_KNOWN
        steps = {step: {after: tuple(counts) for after, counts in to.items()} for step, to in record["steps"].items()}
        if any(len(counts) != STEP_BINS for to in steps.values() for counts in to.values()):
            return NOTHING_KNOWN
        return cls(
            answered=tuple(record["answered"]),
            ended=tuple(record["ended"]),
            given_up=tuple(record["given_up"]),
            steps=steps,
            segments={name: (pair[0], pair[1]) for name, pair in record["segments"].items()},
            recent=(record["recent"][0], record["recent"][1]),
            setup=(record["setup"][0], record["setup"][1]),
        )


NOTHING_KNOWN = Habits()


def line_bin(seconds: float) -> int:
    """The bin of a line's age; the last one is open-ended."""
    return min(LINE_BINS - 1, max(0, int(seconds / LINE_BIN_SECONDS)))


def step_bin(seconds: float) -> int:
    """The bin of a step's age; the last one is open-ended."""
    return max(0, bisect_right(STEP_EDGES, seconds) - 1)
