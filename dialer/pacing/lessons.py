"""What is known once more lines and steps of work have ended. Pure.

Old counts weigh less and less. What was expected of the lines is told from what was known before them.
"""

from collections.abc import Iterable, Sequence

from dialer.pacing.habits import (
    STEP_BINS,
    Counts,
    Habits,
    LineOutcome,
    StepOutcome,
    line_bin,
    step_bin,
)
from dialer.pacing.rates import learn_rates

FORGOTTEN_PER_MINUTE = 0.0002


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
    segments, recent = learn_rates(before, list(lines), keep, minutes_passed)
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
