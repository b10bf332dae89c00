"""A second answer to "may one call at this moment?", by brute force and with none of the program's code.

It reads the files as they are and holds a clock of each zone against each window of each rule, one moment at a time.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

FILES = Path(__file__).parents[3] / "compliance" / "jurisdictions"
_CAUTIOUS = {"weekday": [["08:00", "20:00"]], "saturday": [["09:00", "16:00"]]}


@cache
def file_of(country: str) -> Mapping[str, Any]:
    """A jurisdiction's file as it is written."""
    return tomllib.loads((FILES / f"{country.lower()}.toml").read_text(encoding="utf-8"))


@cache
def regions_of(country: str) -> tuple[str, ...]:
    """The regions with calendars of their own."""
    calendar = file_of(country)["holidays"]
    if not calendar["by_region"]:
        return ()
    known = holidays.country_holidays(country).subdivisions
    return tuple(region for region in known if region not in calendar.get("regions_left_out", []))


@cache
def days_off(country: str, region: str, among: tuple[str, ...] = ()) -> frozenset[date]:
    """All holidays of 2019 to 2041, in a region; of all regions, or those among which it is, where it is unknown."""
    wanted: Iterable[str | None] = (region,)
    if region not in regions_of(country):
        wanted = among or regions_of(country) or (None,)
    found: set[date] = set()
    for one in wanted:
        categories = tuple(file_of(country)["holidays"]["categories"])
        calendar = holidays.country_holidays(country, subdiv=one, years=range(2019, 2042), categories=categories)
        found |= set(calendar)
    return frozenset(found)


def may_call(country: str, region: str, zones: Iterable[str], party: str, moment: datetime) -> bool:
    """Whether every rule of hours is open at a moment in every zone."""
    return all(_open_in(country, region, zone, party, moment) for zone in zones)


def _open_in(country: str, region: str, zone: str, party: str, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(zone))
    demands = _demands(country, region, party, local.date())
    clock = local.time()
    return bool(demands) and all(any(start <= clock < end for start, end in windows) for windows in demands)


@cache
def _demands(country: str, region: str, party: str, day: date) -> tuple[tuple[tuple[time, time], ...], ...]:
    """The windows of each rule in force on a local day, all of which must be open; none when no rule is in force."""
    rules = [rule for rule in _rules(country, region, party) if _in_force(rule, day)]
    if not rules:
        return ()
    if all(rule["confidence"] == "unverified" for rule in rules):
        rules = [*rules, {"hours": _CAUTIOUS}]
    demands = [_windows(country, region, rule, day) for rule in rules]
    demands += [rule["hours"]["holiday_eve"] for rule in rules if _is_on_an_eve(country, region, rule, day)]
    return tuple(tuple((_at(start), _at(end)) for start, end in windows) for windows in demands)


@cache
def _at(text: str) -> time:
    return time.fromisoformat(text)


@cache
def _rules(country: str, region: str, party: str) -> tuple[Mapping[str, Any], ...]:
    known = region if region in regions_of(country) else ""
    return tuple(
        rule
        for rule in file_of(country)["rule"]
        if rule["kind"] == "hours"
        and (not known or not rule.get("regions") or known in rule["regions"])
        and (not party or rule["party"] in {"any", party} or rule["confidence"] == "unverified")
    )


def _in_force(rule: Mapping[str, Any], day: date) -> bool:
    return bool(rule["from"] <= day <= rule.get("to", date.max))


def _windows(country: str, region: str, rule: Mapping[str, Any], day: date) -> list[list[str]]:
    hours: Mapping[str, list[list[str]]] = rule["hours"]
    if day in days_off(country, region, tuple(rule.get("regions", ()))):
        return hours.get("holiday", [])
    return hours.get(("weekday", "weekday", "weekday", "weekday", "weekday", "saturday", "sunday")[day.weekday()], [])


def _is_on_an_eve(country: str, region: str, rule: Mapping[str, Any], day: date) -> bool:
    """Whether the rule has hours for the eve of a holiday, and this is one."""
    off = days_off(country, region, tuple(rule.get("regions", ())))
    return "holiday_eve" in rule["hours"] and day + timedelta(1) in off and day not in off and day.weekday() != 6


def changes_of_clocks(zones: Iterable[str]) -> Iterator[date]:
    """The days of 2020 to 2040 on which a zone's clocks are changed."""
    for zone in zones:
        yield from _changes_in(zone)


@cache
def _changes_in(zone: str) -> tuple[date, ...]:
    day, changes = date(2020, 1, 1), []
    before = datetime.combine(day - timedelta(1), time(12), ZoneInfo(zone)).utcoffset()
    while day.year <= 2040:
        offset = datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset()
        if offset != before:
            changes.append(day)
        day, before = day + timedelta(1), offset
    return tuple(changes)


def telling_moments(country: str, region: str, zones: Iterable[str], day: date) -> Iterator[datetime]:
    """The moments of a local day at which something may change in some zone, each with the second before it."""
    for zone in zones:
        for edge in _edges(country, region):
            at = datetime.combine(day, edge, ZoneInfo(zone)).astimezone(UTC)
            yield at
            yield at - timedelta(seconds=1)


@cache
def _edges(country: str, region: str) -> frozenset[time]:
    rules = (*_rules(country, region, ""), {"hours": _CAUTIOUS})
    windows = [window for rule in rules for windows in rule["hours"].values() for window in windows]
    return frozenset({time(0), time(12), *(_at(clock) for window in windows for clock in window)})
