"""What a jurisdiction's rules say at a moment: calling hours and attempts per number. Pure: no storage, no clock.

Several rules of a kind are intersected, so each of them can only tighten. Do-not-call and the last word are the gate's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from compliance.holiday_calendar import is_holiday, regions_of
from compliance.jurisdictions import Jurisdiction, Rule, Window, all_jurisdictions
from compliance.verdicts import Allowed, Deferred

# Longer than any run of closed days; beyond it something is wrong with the rules, not with the calendar.
_DAYS_TO_LOOK_AHEAD = 60


class NoOpening(LookupError):
    """The rules leave no moment to dial in the weeks ahead."""


@dataclass(frozen=True)
class Callee:
    """What the rules need to know of who is called. `region` is a canton or empty; attempts are moments in the past."""

    region: str = ""
    time_zone: str = ""  # empty: the jurisdiction's own
    recent_attempts: tuple[datetime, ...] = ()


def find_jurisdiction(country: str) -> Jurisdiction | None:
    """The jurisdiction of a country code such as `CH`; None where we have no rules, and so may not dial."""
    return all_jurisdictions().get(country)


def judge(jurisdiction: Jurisdiction, callee: Callee, now: datetime) -> Allowed | Deferred:
    """Whether this callee may be dialed now by hours and attempts, and if not, from when on.

    Raises:
        NoOpening: the rules leave no moment in the next weeks.
        zoneinfo.ZoneInfoNotFoundError: the callee's time zone does not exist.
    """
    zone = _zone(jurisdiction, callee.time_zone)
    too_many = _exceeded(jurisdiction, zone, callee.recent_attempts, now)
    closed = _closing_rules(jurisdiction, callee.region, zone, now)
    if not too_many and not closed:
        return Allowed(tuple(rule.id for rule in jurisdiction.rules if rule.is_in_force(_local_day(zone, now))))
    until = _next_permitted(jurisdiction, callee, now)
    blocking = tuple(rule.id for rule in (*too_many, *closed))
    return Deferred(until, blocking, "too_many_attempts" if too_many else "outside_hours")


def next_opening(jurisdiction: Jurisdiction, canton: str, time_zone: str, now: datetime) -> datetime:
    """The first moment from `now` on at which calling hours are open, in UTC; `now` itself when they are.

    Raises:
        NoOpening: the rules leave no moment in the next weeks.
    """
    zone = _zone(jurisdiction, time_zone)
    today = _local_day(zone, now)
    for ahead in range(_DAYS_TO_LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        for start, end in open_windows(jurisdiction, canton, day):
            if now < _moment(zone, day, end):
                return max(now.astimezone(UTC), _moment(zone, day, start))
    raise NoOpening(f"{jurisdiction.country} has no calling hours in the {_DAYS_TO_LOOK_AHEAD} days from {today}")


def first_opening(jurisdiction: Jurisdiction, now: datetime) -> datetime:
    """The first moment from `now` on at which calling hours are open in any region; `now` when they are in one.

    Raises:
        NoOpening: the rules leave no moment in the next weeks.
    """
    return min(next_opening(jurisdiction, region, "", now) for region in regions_of(jurisdiction))


def open_windows(jurisdiction: Jurisdiction, region: str, day: date) -> tuple[Window, ...]:
    """The minutes of a local day at which all rules of hours allow to dial; none when no such rule is in force."""
    rules = [rule for rule in jurisdiction.rules if rule.kind == "hours" and rule.is_in_force(day)]
    if not rules:
        return ()
    windows = _windows_of(rules[0], jurisdiction, region, day)
    for rule in rules[1:]:
        windows = _intersect(windows, _windows_of(rule, jurisdiction, region, day))
    return windows


def _windows_of(rule: Rule, jurisdiction: Jurisdiction, region: str, day: date) -> tuple[Window, ...]:
    hours = rule.hours or {}
    if is_holiday(jurisdiction, region, day):
        return hours.get("holiday", ())
    if day.weekday() == 6:
        return hours.get("sunday", ())
    usual = hours.get("saturday" if day.weekday() == 5 else "weekday", ())
    if "holiday_eve" in hours and is_holiday(jurisdiction, region, day + timedelta(days=1)):
        return _intersect(usual, hours["holiday_eve"])
    return usual


def _intersect(some: Sequence[Window], others: Sequence[Window]) -> tuple[Window, ...]:
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple(sorted((start, end) for start, end in both if start < end))


def _closing_rules(jurisdiction: Jurisdiction, region: str, zone: ZoneInfo, now: datetime) -> list[Rule]:
    """The rules of hours that forbid this moment; all of them stand for a day on which none is in force."""
    day = _local_day(zone, now)
    hours = [rule for rule in jurisdiction.rules if rule.kind == "hours"]
    in_force = [rule for rule in hours if rule.is_in_force(day)]
    return [
        rule
        for rule in in_force or hours
        if not in_force
        or not any(
            _moment(zone, day, start) <= now < _moment(zone, day, end)
            for start, end in _windows_of(rule, jurisdiction, region, day)
        )
    ]


def _exceeded(jurisdiction: Jurisdiction, zone: ZoneInfo, attempts: Sequence[datetime], now: datetime) -> list[Rule]:
    """The rules whose number of attempts has been reached on the local days that they look back on."""
    today = _local_day(zone, now)
    reached = []
    for rule in jurisdiction.rules:
        if rule.kind != "attempts" or not rule.is_in_force(today):
            continue
        first_day = today - timedelta(days=rule.within_days - 1)
        if sum(_local_day(zone, attempt) >= first_day for attempt in attempts) >= rule.attempts:
            reached.append(rule)
    return reached


def _next_permitted(jurisdiction: Jurisdiction, callee: Callee, now: datetime) -> datetime:
    """The first moment at which both hours and attempts allow. Each round moves on by a day or ends."""
    zone = _zone(jurisdiction, callee.time_zone)
    moment = now
    for _ in range(_DAYS_TO_LOOK_AHEAD):
        moment = next_opening(jurisdiction, callee.region, callee.time_zone, moment)
        if not _exceeded(jurisdiction, zone, callee.recent_attempts, moment):
            return moment
        moment = _moment(zone, _local_day(zone, moment) + timedelta(days=1), 0)
    raise NoOpening(f"{jurisdiction.country} allows no attempt in the {_DAYS_TO_LOOK_AHEAD} days from {now.date()}")


def _zone(jurisdiction: Jurisdiction, time_zone: str) -> ZoneInfo:
    return ZoneInfo(time_zone or jurisdiction.time_zone)


def _local_day(zone: ZoneInfo, moment: datetime) -> date:
    return moment.astimezone(zone).date()


@lru_cache(maxsize=4096)
def _moment(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """The moment at which the local clock of that day shows so many minutes after midnight."""
    if minutes == 24 * 60:
        return _moment(zone, day + timedelta(days=1), 0)
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)
