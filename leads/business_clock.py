"""Counts in business hours: office hours of working days, Swiss time, without a canton's holidays and own closed days.

Pure. Which canton and days are a partner's is `leads.partner_calendar`'s affair.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from foundation.marking import N_

SWISS_TIME = ZoneInfo("Europe/Zurich")
# Eight hours with a break, so that an offer of eight hours is before a partner for just one working day.
OFFICE_HOURS = "08:00-12:00 13:00-17:00"
AROUND_THE_CLOCK = "00:00-24:00"
HOURS_OF_A_DAY = 8
# `public` alone misses days on which offices are shut, such as Good Friday in Graubünden.
_CATEGORIES = ("public", "optional", "de_facto")
_SATURDAY = 5
_MINUTES_OF_A_DAY = 24 * 60
# Longer than any run of days on which everybody is off; past it, the calendar itself is wrong.
_DAYS_TO_LOOK_AHEAD = 800
_SPAN = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


class NoBusinessHours(ValueError):
    """These hours or closed days leave no time to work in."""

    def __init__(self, message: str, **facts: str) -> None:
        self.text = message
        self.facts = facts
        super().__init__(message % facts if facts else message)


@dataclass(frozen=True)
class BusinessCalendar:
    """Whose hours are counted: canton (empty: only the days off of the whole country), closed days, office hours.

    `hours` is written as `08:00-12:00 13:00-17:00`, local time, in order. Around the clock means every day as well.
    """

    canton: str = ""
    closed_days: frozenset[date] = frozenset()
    hours: str = OFFICE_HOURS

    def is_working_day(self, day: date) -> bool:
        """Whether any hour of this day counts."""
        if self.hours == AROUND_THE_CLOCK:
            return True
        return not (day.weekday() >= _SATURDAY or day in self.closed_days or day in _days_off(self.canton, day.year))


def read_hours(text: str) -> tuple[tuple[int, int], ...]:
    """Office hours as minutes of the day, from and to.

    Raises:
        NoBusinessHours: not written as `08:00-12:00 13:00-17:00`, not in order, or nothing at all.
    """
    spans = []
    last = 0
    for word in text.split():
        found = _SPAN.fullmatch(word)
        if found is None:
            raise NoBusinessHours(N_("%(word)s: write hours as %(example)s"), word=repr(word), example=OFFICE_HOURS)
        first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
        begin, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
        if max(first_minute, last_minute) > 59 or not last <= begin < end <= _MINUTES_OF_A_DAY:
            raise NoBusinessHours(N_("%(word)s: hours follow each other within one day"), word=repr(word))
        spans.append((begin, end))
        last = end
    if not spans:
        raise NoBusinessHours("business hours are empty")
    return tuple(spans)


def is_open(moment: datetime, calendar: BusinessCalendar) -> bool:
    """Whether this moment counts."""
    return any(begin <= moment < end for begin, end in _spans(moment, calendar, days=1))


def after_hours(start: datetime, hours: float, calendar: BusinessCalendar) -> datetime:
    """The moment, in UTC, at which so many business hours have gone by since `start`.

    What ends with the last minute of a day ends that evening, and not the next morning.

    Raises:
        NoBusinessHours: the calendar has no working day for more than two years.
    """
    left = timedelta(hours=hours)
    for opens, end in _spans(start, calendar, _DAYS_TO_LOOK_AHEAD):
        begin = max(opens, start)
        if left <= end - begin:
            return (begin + left).astimezone(UTC)
        left -= max(timedelta(0), end - begin)
    raise NoBusinessHours("this calendar has no working days")


def time_between(start: datetime, end: datetime, calendar: BusinessCalendar) -> timedelta:
    """How much business time lies between two moments; nothing when `end` is not later."""
    total = timedelta(0)
    if end > start:
        days = (end.astimezone(SWISS_TIME).date() - start.astimezone(SWISS_TIME).date()).days + 1
        for opens, closes in _spans(start, calendar, days):
            total += max(timedelta(0), min(closes, end) - max(opens, start))
    return total


def _spans(start: datetime, calendar: BusinessCalendar, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Opening and closing moments in UTC, from the local day of `start` on."""
    first = start.astimezone(SWISS_TIME).date()
    spans = _read(calendar.hours)
    for offset in range(days):
        day = first + timedelta(days=offset)
        if not calendar.is_working_day(day):
            continue
        for begin, end in spans:
            yield _moment(day, begin), _moment(day, end)


def _moment(day: date, minute: int) -> datetime:
    """A minute of a local day. In UTC, so that a day on which clocks change is as long as it is."""
    whole_days, minute = divmod(minute, _MINUTES_OF_A_DAY)
    local = datetime.combine(day + timedelta(days=whole_days), time(minute // 60, minute % 60), SWISS_TIME)
    return local.astimezone(UTC)


@lru_cache(maxsize=32)
def _read(hours: str) -> tuple[tuple[int, int], ...]:
    return read_hours(hours)


@lru_cache(maxsize=512)
def _days_off(canton: str, year: int) -> frozenset[date]:
    known = holidays.country_holidays("CH", subdiv=canton or None, years=year, categories=_CATEGORIES)
    return frozenset(day for day in known if day.year == year)
