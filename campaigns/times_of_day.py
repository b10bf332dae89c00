"""Times of day as people live them, at the contact's own clock, and how likely an answer is at each. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# From these full hours on, local time. Before the first and after the last nobody is called for business.
STARTS: Mapping[str, int] = {"morning": 8, "noon": 11, "afternoon": 14, "evening": 17}
NAMES = tuple(STARTS)
END = 20
_DEFAULT_ZONE = "Europe/Zurich"
_DAYS_TO_LOOK_AHEAD = 3
SIZES = ("small", "medium", "large", "unknown")
# Below this difference of answer rates no size of company comes before another.
NOTICEABLE = 0.02
# An answer rate is pulled towards the average of all until it rests on some calls of its own.
_CALLS_THAT_CONVINCE = 20


@dataclass(frozen=True)
class Heard:
    """How often it rang at one time of day for one segment, and how often a person answered."""

    segment: str
    time_of_day: str
    rang: int
    answered: int


def time_of_day(moment: datetime, time_zone: str) -> str:
    """The time of day that a moment is in; empty outside all of them."""
    local = moment.astimezone(_zone(time_zone))
    if not STARTS["morning"] <= local.hour < END:
        return ""
    return max((name for name in NAMES if STARTS[name] <= local.hour), key=STARTS.__getitem__)


def another_time_of_day(last: datetime, earliest: datetime, time_zone: str, scores: Mapping[str, float]) -> datetime:
    """The first moment from `earliest` on that is at another time of day than `last`.

    With scores it is the best other time of day that comes within a day of the first one.
    """
    avoided = time_of_day(last, time_zone)
    openings = [(name, moment) for name, moment in _openings(earliest, time_zone) if name != avoided]
    first = openings[0][1]
    near = [(name, moment) for name, moment in openings if moment < first + timedelta(days=1)]
    return max(near, key=lambda opening: (scores.get(opening[0], 0.0), -opening[1].timestamp()))[1]


def segment_of(language: str, employees: int | None) -> str:
    """Who is likely to be reached at the same times: the language, and how large the company is."""
    if employees is None:
        return f"{language}:unknown"
    size = "small" if employees < 10 else "medium" if employees < 50 else "large"
    return f"{language}:{size}"


def sizes_by_score(scores: Mapping[str, Mapping[str, float]], language: str, time_of_day: str) -> tuple[str, ...]:
    """The sizes of companies by how likely people of this language answer at a time of day, the likeliest first.

    Empty while nothing is known that makes a difference. A size of which nothing is known counts as the average.
    """
    rated = {
        size: by_time[time_of_day] for size in SIZES if time_of_day in (by_time := scores.get(f"{language}:{size}", {}))
    }
    if len(rated) < 2 or max(rated.values()) - min(rated.values()) < NOTICEABLE:
        return ()
    average = sum(rated.values()) / len(rated)
    return tuple(sorted(SIZES, key=lambda size: -rated.get(size, average)))


def learn(heard: Iterable[Heard]) -> dict[str, dict[str, float]]:
    """How likely a person answers, by segment and time of day. Little evidence leaves it near the overall rate."""
    known = list(heard)
    rang = sum(one.rang for one in known)
    overall = sum(one.answered for one in known) / rang if rang else 0.0
    scores: dict[str, dict[str, float]] = {}
    for one in known:
        score = (one.answered + overall * _CALLS_THAT_CONVINCE) / (one.rang + _CALLS_THAT_CONVINCE)
        scores.setdefault(one.segment, {})[one.time_of_day] = round(score, 4)
    return scores


def _openings(earliest: datetime, time_zone: str) -> list[tuple[str, datetime]]:
    """From when on each time of day can be used, in order, on the days from `earliest` on."""
    zone = _zone(time_zone)
    today = earliest.astimezone(zone).date()
    found = []
    for ahead in range(_DAYS_TO_LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        ends = [*list(STARTS.values())[1:], END]
        for (name, start), end in zip(STARTS.items(), ends, strict=True):
            if datetime.combine(day, time(end), zone) > earliest:
                found.append(
                    (name, max(earliest, datetime.combine(day, time(start), zone).astimezone(earliest.tzinfo)))
                )
    return found


def _zone(time_zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(time_zone or _DEFAULT_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(_DEFAULT_ZONE)
