"""What was learned of lines and agents from past calls, as a plain record that a row can keep. Pure.

Counts by age, slowly forgotten: at what age lines are answered or end, how long each step of an agent's work lasts and
what follows it. Turning counts into chances is left to `line_odds` and `agent_odds`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import exp
from typing import Any, NamedTuple

LINE_BIN_SECONDS = 0.5
LINE_BINS = 120
# Steps of an agent's work: fine while young, coarse when old; the last bin is open-ended.
STEP_EDGES = (*range(0, 60, 2), *range(60, 120, 4), *range(120, 300, 10), *range(300, 901, 30))
STEP_BINS = len(STEP_EDGES)
STEP_MIDDLES = (*((a + b) / 2 for a, b in pairwise(STEP_EDGES)), 1000.0)

READY = "ready"
AWAY = "away"  # paused or signed off

FORGOTTEN_PER_MINUTE = 0.0002
# How often people answer just now is remembered for so many lines, or for so long where more lines end in it: how
# people answer changes with the time of day, and not the faster the more of them are dialed.
RECENT_LINES = 125
RECENT_MINUTES = 30.0
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
    def answer_rate(self) -> float:
        """Answers per line that ended by itself; 0 when there was none."""
        answers = sum(self.answered)
        ended = answers + sum(self.ended)
        return answers / ended if ended > 0 else 0.0

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


def learn(
    before: Habits, lines: Sequence[LineOutcome], steps: Sequence[StepOutcome], minutes_passed: float = 0.0
) -> Habits:
    """What is known after these outcomes. `minutes_passed` since the last time make old counts weigh less."""
    keep = (1.0 - FORGOTTEN_PER_MINUTE) ** max(0.0, minutes_passed)
    answered = [count * keep for count in before.answered]
    ended = [count * keep for count in before.ended]
    given_up = [count * keep for count in before.given_up]
    for line in lines:
        counts = answered if line.is_answered else given_up if line.was_given_up else ended
        counts[line_bin(line.seconds)] += 1.0
    rung = [line.setup_seconds for line in lines if line.setup_seconds is not None]
    segments, recent = _learn_rates(before, lines, keep, minutes_passed)
    return Habits(
        answered=tuple(answered),
        ended=tuple(ended),
        given_up=tuple(given_up),
        steps=_learn_steps(before, steps, keep),
        segments=segments,
        recent=recent,
        setup=(before.setup[0] * keep + sum(rung), before.setup[1] * keep + len(rung)),
    )


def _learn_steps(before: Habits, outcomes: Iterable[StepOutcome], keep: float) -> dict[str, dict[str, Counts]]:
    steps = {
        step: {after: [count * keep for count in counts] for after, counts in nexts.items()}
        for step, nexts in before.steps.items()
    }
    for outcome in outcomes:
        counts = steps.setdefault(outcome.step, {}).setdefault(outcome.next_step, [0.0] * STEP_BINS)
        counts[step_bin(outcome.seconds)] += 1.0
    return {step: {after: tuple(counts) for after, counts in nexts.items()} for step, nexts in steps.items()}


def _learn_rates(
    before: Habits, lines: Iterable[LineOutcome], keep: float, minutes_passed: float
) -> tuple[dict[str, tuple[float, float]], tuple[float, float]]:
    """Answers against those expected: by segment with a long memory, and lately. Lines we gave up say nothing."""
    expected = before.answer_rate
    segments = {name: (pair[0] * keep, pair[1] * keep) for name, pair in before.segments.items()}
    answers, expectation = before.recent
    if expected <= 0.0:
        return segments, (answers, expectation)
    ended = [line for line in lines if not line.was_given_up]
    fades = _recent_fades(len(ended), minutes_passed)
    for line in ended:
        here = expected
        for name in line.segments:
            seen, hoped = segments.get(name, (0.0, 0.0))
            segments[name] = (seen + line.is_answered, hoped + expected)
            here *= scale_of((seen, hoped))
        answers = answers * fades + line.is_answered
        expectation = expectation * fades + min(1.0, here)
    return segments, (answers, expectation)


def _recent_fades(lines: int, minutes: float) -> float:
    """What each of so many lines that ended in so many minutes leaves of what was seen lately before it."""
    by_lines = 1.0 - 1.0 / RECENT_LINES
    return max(by_lines, exp(-max(0.0, minutes) / RECENT_MINUTES / lines)) if lines else 1.0


# A rate is believed as far as this many expected answers outweigh the assumption that nothing is special.
_DOUBT_ANSWERS = 15.0


def scale_of(pair: tuple[float, float]) -> float:
    """How many times as often as expected lines like these are answered, drawn towards 1 while little was seen."""
    return (pair[0] + _DOUBT_ANSWERS) / (pair[1] + _DOUBT_ANSWERS)
