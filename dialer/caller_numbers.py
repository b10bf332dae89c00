"""Which of its numbers a campaign shows to whom: sticky per contact, rotated under daily caps. Pure.

Reading and writing the rows is left to `caller_number_rows`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

from dialer.reasons import Reason, Reasons

# A number is doubted when so few answers would come by chance this rarely, and not before it was shown this often.
DOUBT_BELOW = 0.001
ENOUGH_CALLS = 30


@dataclass(frozen=True)
class Record:
    """How often a number was shown to somebody whose phone rang, and how many of them answered."""

    shown: int = 0
    answered: int = 0

    @property
    def rate(self) -> float:
        """Answers per call; 0 before the first."""
        return self.answered / self.shown if self.shown else 0.0

    def __add__(self, other: "Record") -> "Record":
        return Record(self.shown + other.shown, self.answered + other.answered)


@dataclass(frozen=True)
class CallerNumber:
    """A number of a campaign's pool. `language` empty: for every language. `daily_cap` 0: as often as wanted.

    `lately` is the last day's record, `before` that of the week before it. `may_be_shown` is compliance's word.
    """

    number: str
    language: str = ""
    daily_cap: int = 0
    used_today: int = 0
    may_be_shown: bool = True
    lately: Record = Record()
    before: Record = Record()

    def serves(self, language: str) -> bool:
        """Whether contacts of this language may be shown the number."""
        return self.may_be_shown and self.language in {"", language}

    @property
    def room(self) -> int | None:
        """How many more calls it may be shown on today; None: any number."""
        return max(0, self.daily_cap - self.used_today) if self.daily_cap else None


@dataclass(frozen=True)
class Health:
    """How a number does. `is_low`: far fewer answers than the pool's other numbers get; `has_dropped`: than it got."""

    is_low: bool = False
    has_dropped: bool = False

    @property
    def is_doubted(self) -> bool:
        """Whether it is shown only where no other is left."""
        return self.is_low or self.has_dropped


def health_of(number: CallerNumber, pool: Sequence[CallerNumber]) -> Health:
    """What the records say of one number against the others of its pool, and against its own past."""
    others = sum((one.lately + one.before for one in pool if one.number != number.number), Record())
    own = number.lately + number.before
    return Health(
        is_low=_is_far_below(own, others),
        has_dropped=_is_far_below(number.lately, number.before),
    )


def choose(pool: Sequence[CallerNumber], language: str, last_shown: str = "") -> str | None:
    """The number to show to a contact; None where every one is used up for today or may not be shown.

    The one that the contact knows comes first. Then healthy ones before doubted ones, those of the language before
    those of all, the least used of them.
    """
    able = [one for one in pool if one.serves(language) and one.room != 0]
    if any(one.number == last_shown for one in able):
        return last_shown
    if not able:
        return None
    best = min(
        able,
        key=lambda one: (health_of(one, pool).is_doubted, not one.language, _wear(one), one.used_today, one.number),
    )
    return best.number


def lacks(pool: Sequence[CallerNumber], languages: Collection[str]) -> Reasons:
    """What keeps contacts of these languages from being shown a number, one reason for each cause; empty: nothing."""
    without: dict[str, list[str]] = {}
    unlisted: set[str] = set()
    for language in sorted(languages):
        if can_show(pool, language):
            continue
        meant = [one for one in pool if one.number and one.language in {"", language}]
        if not meant:
            why = "no_number"
        elif any(one.may_be_shown for one in meant):
            why = "numbers_used_up"
        else:
            why = "number_not_listed"
            unlisted |= {one.number for one in meant}
        without.setdefault(why, []).append(language)
    numbers = {"number_not_listed": {"numbers": sorted(unlisted)}}
    return tuple(Reason(why, {"languages": spoken, **numbers.get(why, {})}) for why, spoken in without.items())


def can_show(pool: Sequence[CallerNumber], language: str) -> bool:
    """Whether a contact of this language could be shown a number now."""
    return any(one.number and one.serves(language) and one.room != 0 for one in pool)


def within_caps(pool: Sequence[CallerNumber], wanted: Mapping[str, int]) -> dict[str, int]:
    """As many of the wanted calls of each language as the pool has room for: numbers for all languages count once."""
    shared = _room([one for one in pool if one.may_be_shown and not one.language])
    allowed = {}
    for language, count in wanted.items():
        own = _room([one for one in pool if one.may_be_shown and one.language == language])
        from_own = count if own is None else min(count, own)
        from_shared = count - from_own if shared is None else min(count - from_own, shared)
        shared = None if shared is None else shared - from_shared
        allowed[language] = from_own + from_shared
    return allowed


def _room(numbers: Sequence[CallerNumber]) -> int | None:
    rooms = [one.room for one in numbers]
    return None if None in rooms else sum(room for room in rooms if room is not None)


def _wear(number: CallerNumber) -> float:
    return number.used_today / number.daily_cap if number.daily_cap else 0.0


def _is_far_below(own: Record, others: Record) -> bool:
    if own.shown < ENOUGH_CALLS or others.shown < ENOUGH_CALLS or own.rate >= others.rate:
        return False
    return at_most_by_chance(own.answered, own.shown, others.rate) < DOUBT_BELOW


def at_most_by_chance(answered: int, shown: int, rate: float) -> float:
    """The binomial chance of `answered` or fewer answers among `shown` calls at this rate."""
    if rate <= 0.0:
        return 1.0
    if rate >= 1.0:
        return 1.0 if answered >= shown else 0.0
    ways = lgamma(shown + 1)
    return min(
        1.0,
        sum(
            exp(ways - lgamma(k + 1) - lgamma(shown - k + 1) + k * log(rate) + (shown - k) * log1p(-rate))
            for k in range(answered + 1)
        ),
    )
