"""How many times as often as usual lines are answered: by what they have in common, and lately. Pure.

Each line counts with the answers to be expected of it up to the age at which it was answered, ended or was given up. So
a line that was given up young says little, and one that rang long without an answer says much.
"""

from collections.abc import Mapping
from math import exp, prod

from dialer.pacing.habits import Habits, LineOutcome
from dialer.pacing.line_odds import line_odds

Pair = tuple[float, float]  # answers seen, answers expected

# How often people answer just now is remembered for so many lines, or for so long where more lines end in it: how
# people answer changes with the time of day, and not the faster the more of them are dialed.
RECENT_LINES = 125
RECENT_MINUTES = 30.0
# A rate is believed as far as this many expected answers outweigh the assumption that nothing is special.
_DOUBT_ANSWERS = 15.0
_NOTHING_SEEN = (0.0, 0.0)


def scale_of(pair: Pair) -> float:
    """How many times as often as expected lines like these are answered, drawn towards 1 while little was seen."""
    return (pair[0] + _DOUBT_ANSWERS) / (pair[1] + _DOUBT_ANSWERS)


def rate_scale(habits: Habits, segments: tuple[str, ...]) -> float:
    """How many times as often as usual lines of these segments are answered now."""
    scale = scale_of(habits.recent)
    for name in segments:
        scale *= scale_of(habits.segments.get(name, _NOTHING_SEEN))
    return scale


def learn_rates(
    before: Habits, lines: list[LineOutcome], keep: float, minutes_passed: float
) -> tuple[Mapping[str, Pair], Pair]:
    """Segments and lately, after these lines: `keep` of what segments saw before, and lately as it fades.

    What a line says is shared out among all that may explain it, most to what least is known of: whatever several have
    in common is believed once.
    """
    segments = {name: (pair[0] * keep, pair[1] * keep) for name, pair in before.segments.items()}
    recent = before.recent
    if not any(before.answered):
        return segments, recent
    usual = line_odds(before)
    fades = _fades(len(lines), minutes_passed)
    for line in lines:
        recent = (recent[0] * fades, recent[1] * fades)
        seen = [segments.get(name, _NOTHING_SEEN) for name in line.segments]
        *pairs, recent = _shared_out(line.is_answered, usual.answers_expected(line.seconds), [*seen, recent])
        segments.update(zip(line.segments, pairs, strict=True))
    return segments, recent


def _shared_out(answers: int, expected: float, pairs: list[Pair]) -> list[Pair]:
    """The pairs with one line more, of which so many answers are usual. A Kalman step for a Poisson count."""
    scales = [scale_of(pair) for pair in pairs]
    here = expected * prod(scales)
    doubts = [1.0 / (pair[1] + _DOUBT_ANSWERS) for pair in pairs]
    whole = sum(doubts)
    return [
        (pair[0] + doubt / whole * answers, pair[1] + doubt / whole * here / scale)
        for pair, scale, doubt in zip(pairs, scales, doubts, strict=True)
    ]


def _fades(lines: int, minutes: float) -> float:
    """What each of so many lines that ended in so many minutes leaves of what was seen lately before it."""
    by_lines = 1.0 - 1.0 / RECENT_LINES
    return max(by_lines, exp(-max(0.0, minutes) / RECENT_MINUTES / lines)) if lines else 1.0
