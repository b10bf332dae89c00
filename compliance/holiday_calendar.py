"""Public holidays as sets of days, by country and region, counted once per year and kept. Pure: it is arithmetic."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import holidays

from compliance.jurisdictions import Jurisdiction


def is_holiday(jurisdiction: Jurisdiction, region: str, day: date, among: Sequence[str] = ()) -> bool:
    """Whether people are off on this day. Where regions differ and ours is unknown, a holiday of any region counts.

    `among` are the only regions that an unknown one may be, where a rule holds for these alone.
    """
    regions = _regions(jurisdiction.country, jurisdiction.regions_left_out) if jurisdiction.by_region else ()
    asked = (region,) if region in regions else tuple(among) or regions
    return day in _holidays(jurisdiction.country, asked, jurisdiction.holiday_categories, day.year)


def regions_of(jurisdiction: Jurisdiction) -> tuple[str, ...]:
    """The cantons or states whose calendars or rules differ; one empty name where there is one calendar for all."""
    if not jurisdiction.by_region:
        return ("",)
    return _regions(jurisdiction.country, jurisdiction.regions_left_out)


@lru_cache(maxsize=4096)
def _holidays(country: str, regions: tuple[str, ...], categories: tuple[str, ...], year: int) -> frozenset[date]:
    days: set[date] = set()
    for region in regions or (None,):
        days.update(holidays.country_holidays(country, subdiv=region, years=year, categories=categories))
    return frozenset(day for day in days if day.year == year)


@lru_cache(maxsize=64)
def _regions(country: str, left_out: tuple[str, ...]) -> tuple[str, ...]:
    known = holidays.country_holidays(country).subdivisions
    return tuple(region for region in known if region not in left_out)
