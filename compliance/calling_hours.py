"""When the rules of hours are open: by local day, at a moment, and next. Pure: no storage, no clock.

Rules are intersected, and so are the time zones of a callee whose own is unknown: each can only tighten.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from compliance.holiday_calendar import is_holiday, regions_of
from compliance.jurisdictions import Jurisdiction
from compliance.rule_rows import Hours, Rule, Window

# Longer than any run of closed days; beyond it something is wrong with the rules, not with the calendar.
_DAYS_TO_LOOK_AHEAD = 60
# What is open where only unsure rules speak of hours: the strictest practice of the countries around. An unsure rule
# may take from this, and never add to it.
CAUTIOUS: dict[str, tuple[Window, ...]] = {"weekday": ((480, 1200),), "saturday": ((540, 960),)}


class NoOpening(LookupError):
    """The rules leave no moment to dial in the weeks ahead."""


class Place(NamedTuple):
    """Where and who a callee is: a canton or state, time zones that it may be in, and consumers or businesses.

    Empty means unknown: each region's rules apply, all of the country's zones must be open, both parties are protected.
    """

    region: str = ""
    time_zones: tuple[str, ...] = ()
    party: str = ""


def rules_for(jurisdiction: Jurisdiction, place: Place, day: date, kind: str = "") -> tuple[Rule, ...]:
    """The rules in force for this callee on a local day, of one kind or of all."""
    return _rules_for(jurisdiction, known_region(jurisdiction, place.region), place.party, day, kind)


def known_region(jurisdiction: Jurisdiction, region: str) -> str:
    """The region if the jurisdiction knows it; otherwise empty, which is the strictest."""
    # Whoever has none does not wait for all calendars to be loaded.
    return region if region and region in regions_of(jurisdiction) else ""


def zones_of(jurisdiction: Jurisdiction, place: Place) -> tuple[ZoneInfo, ...]:
    """The time zones in which it must be a lawful hour.

    Raises:
        zoneinfo.ZoneInfoNotFoundError, ValueError: a zone of the callee does not exist.
    """
    return tuple(ZoneInfo(name) for name in place.time_zones or jurisdiction.time_zones)


def next_opening(jurisdiction: Jurisdiction, place: Place, now: datetime) -> datetime:
    """The first moment from `now` on at which calling hours are open in each of the zones, in UTC; `now` when they are.

    Raises:
        NoOpening: the rules leave no moment in the next weeks.
        zoneinfo.ZoneInfoNotFoundError, ValueError: a zone of the callee does not exist.
    """
    if is_open_at(jurisdiction, place, now):
        return now.astimezone(UTC)
    zones = zones_of(jurisdiction, place)
    moment, last = now.astimezone(UTC), now + timedelta(days=_DAYS_TO_LOOK_AHEAD)
    while moment <= last:
        latest = max(_next_opening_in(zone, jurisdiction, place, moment) for zone in zones)
        if latest == moment:
            return moment
        moment = latest
    raise NoOpening(f"{jurisdiction.country} has no calling hours common to its zones from {now.date()} on")


def is_open_at(jurisdiction: Jurisdiction, place: Place, moment: datetime) -> bool:
    """Whether calling hours are open at a moment in each of the zones.

    Raises:
        zoneinfo.ZoneInfoNotFoundError, ValueError: a zone of the callee does not exist.
    """
    for zone in zones_of(jurisdiction, place):
        day = _local_day(zone, moment)
        if not _is_open(zone, day, open_windows(jurisdiction, place, day), moment):
            return False
    return True


def first_opening(jurisdiction: Jurisdiction, now: datetime) -> datetime:
    """The first moment from `now` on at which somebody of the country may be called; `now` when somebody may.

    Raises:
        NoOpening: the rules leave no moment in the next weeks.
    """
    somewhere = (
        Place(region, (zone,), party)
        for region in regions_of(jurisdiction)
        for zone in jurisdiction.time_zones
        for party in ("consumers", "businesses")
    )
    soonest: datetime | None = None
    for place in somewhere:
        opening = next_opening(jurisdiction, place, now)
        if opening <= now:
            return opening
        soonest = opening if soonest is None else min(soonest, opening)
    assert soonest is not None
    return soonest


def closing_rules(jurisdiction: Jurisdiction, place: Place, now: datetime) -> tuple[Rule, ...]:
    """The rules of hours that forbid this moment; all of them where none is in force or only caution forbids it."""
    closing: dict[str, Rule] = {}
    is_closed = False
    for zone in zones_of(jurisdiction, place):
        day, rules = _local_day(zone, now), rules_for(jurisdiction, place, _local_day(zone, now), "hours")
        is_closed = is_closed or not _is_open(zone, day, open_windows(jurisdiction, place, day), now)
        for rule in rules:
            if not _is_open(zone, day, _windows_of(rule, jurisdiction, place.region, day), now):
                closing[rule.id] = rule
    if is_closed and not closing:
        return tuple(rule for rule in jurisdiction.rules if rule.kind == "hours")
    return tuple(closing.values())


def open_windows(jurisdiction: Jurisdiction, place: Place, day: date) -> tuple[Window, ...]:
    """The minutes of a local day at which all rules of hours allow to dial; none when no such rule is in force."""
    region = known_region(jurisdiction, place.region)
    return _open_windows(jurisdiction, region, place.party, day)


@lru_cache(maxsize=65536)
def _open_windows(jurisdiction: Jurisdiction, region: str, party: str, day: date) -> tuple[Window, ...]:
    rules = _rules_for(jurisdiction, region, party, day, "hours")
    if not rules:
        return ()
    windows: tuple[Window, ...] = ((0, 24 * 60),)
    if not any(rule.is_sure for rule in rules):
        windows = _on_this_day(CAUTIOUS, jurisdiction, region, day, ())
    for rule in rules:
        windows = _intersect(windows, _windows_of(rule, jurisdiction, region, day))
    return windows


@lru_cache(maxsize=65536)
def _rules_for(jurisdiction: Jurisdiction, region: str, party: str, day: date, kind: str) -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in jurisdiction.rules
        if (not kind or rule.kind == kind)
        and rule.is_in_force(day)
        and rule.is_for(party)
        and (not region or not rule.regions or region in rule.regions)
    )


def _windows_of(rule: Rule, jurisdiction: Jurisdiction, region: str, day: date) -> tuple[Window, ...]:
    assert isinstance(rule.terms, Hours)
    return _on_this_day(rule.terms.windows, jurisdiction, region, day, rule.regions)


def _on_this_day(
    hours: Mapping[str, tuple[Window, ...]], jurisdiction: Jurisdiction, region: str, day: date, among: Sequence[str]
) -> tuple[Window, ...]:
    if is_holiday(jurisdiction, region, day, among):
        return tuple(hours.get("holiday", ()))
    if day.weekday() == 6:
        return tuple(hours.get("sunday", ()))
    usual = tuple(hours.get("saturday" if day.weekday() == 5 else "weekday", ()))
    if "holiday_eve" in hours and is_holiday(jurisdiction, region, day + timedelta(days=1), among):
        return _intersect(usual, hours["holiday_eve"])
    return usual


def _next_opening_in(zone: ZoneInfo, jurisdiction: Jurisdiction, place: Place, now: datetime) -> datetime:
    today = _local_day(zone, now)
    for ahead in range(_DAYS_TO_LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        for start, end in open_windows(jurisdiction, place, day):
            if now < moment_of(zone, day, end):
                return max(now, moment_of(zone, day, start))
    raise NoOpening(f"{jurisdiction.country} has no calling hours in the {_DAYS_TO_LOOK_AHEAD} days from {today}")


def _is_open(zone: ZoneInfo, day: date, windows: Iterable[Window], now: datetime) -> bool:
    return any(moment_of(zone, day, start) <= now < moment_of(zone, day, end) for start, end in windows)


def _intersect(some: Sequence[Window], others: Sequence[Window]) -> tuple[Window, ...]:
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple(sorted((start, end) for start, end in both if start < end))


def _local_day(zone: ZoneInfo, moment: datetime) -> date:
    return moment.astimezone(zone).date()


@lru_cache(maxsize=65536)
def moment_of(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """The moment at which the local clock of that day shows so many minutes after midnight."""
    if minutes == 24 * 60:
        return moment_of(zone, day + timedelta(days=1), 0)
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)
