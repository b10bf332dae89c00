"""Calling windows on each change of clocks and each holiday from 2020 to 2040, against a second, brute-force answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.calling_hours import Place, is_open_at, next_opening, open_windows
from compliance.jurisdictions import all_jurisdictions
from compliance.rule_rows import Hours, Rule
from foundation.postcodes import CANTONS
from tests.unit.compliance import hours_oracle as oracle

YEARS = range(2020, 2041)
# Each state with hours of its own, and one without.
SOME_STATES = ("AL", "CT", "FL", "KY", "MI", "NY", "PA", "TX", "WA")
CASES = [
    *(("CH", canton, "") for canton in ("", *CANTONS)),
    *(("DE", region, "") for region in ("", "BY", "BE")),
    *(("AT", region, "") for region in ("", "9")),
    *(("FR", region, party) for region in ("", "57") for party in ("", "businesses")),
    *(("IT", "", ""), ("LI", "", "")),
    *(("GB", region, "") for region in ("", "ENG", "NIR", "SCT", "WLS")),
    *(("US", state, "") for state in ("", *SOME_STATES)),
    *(("CA", region, "") for region in ("", "ON", "QC")),
]


def _zones(country: str, region: str) -> tuple[str, ...]:
    """All zones where the region is unknown; otherwise one, as no file says which region lies where."""
    zones = all_jurisdictions()[country].time_zones
    return zones if not region else zones[:1]


@pytest.mark.parametrize(("country", "region", "party"), CASES, ids=lambda one: one or "any")
def test_every_holiday_and_change_of_clocks_for_twenty_one_years(country: str, region: str, party: str) -> None:
    jurisdiction, zones = all_jurisdictions()[country], _zones(country, region)
    place = Place(region, zones, party)
    off = {day for day in oracle.days_off(country, region) if day.year in YEARS}
    days = off | {day - timedelta(1) for day in off} | set(oracle.changes_of_clocks(zones[:2]))
    compared = 0
    for day in sorted(days):
        for moment in oracle.telling_moments(country, region, zones[:1], day):
            expected = oracle.may_call(country, region, zones, party, moment)
            assert is_open_at(jurisdiction, place, moment) is expected, (moment.isoformat(), region)
            compared += 1
    assert compared > 3500


@pytest.mark.parametrize("country", sorted(all_jurisdictions()))
def test_the_next_opening_is_the_first_moment_that_the_second_answer_finds(country: str) -> None:
    """Every half hour, at which all windows begin and end, around the end of a year and the changes of clocks."""
    edges = {edge for rule in all_jurisdictions()[country].rules for edge in _edges(rule)}
    assert all(edge % 30 == 0 for edge in edges)
    zones = _zones(country, "")
    for first in (date(2026, 12, 23), date(2027, 3, 13), date(2027, 3, 27), date(2027, 10, 30)):
        begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
        half_hours = [begin + timedelta(minutes=30 * count) for count in range(2 * 24 * 8)]
        opens: datetime | None = None
        for moment in reversed(half_hours):
            opens = moment if oracle.may_call(country, "", zones, "", moment) else opens
            if opens is not None:
                assert next_opening(all_jurisdictions()[country], Place(), moment) == opens


def _edges(rule: Rule) -> Iterator[int]:
    """The minutes of the day at which a rule's windows begin and end."""
    if isinstance(rule.terms, Hours):
        yield from (edge for windows in rule.terms.windows.values() for window in windows for edge in window)


def test_the_cases_are_all_cantons_and_all_jurisdictions() -> None:
    assert {country for country, _, _ in CASES} == set(all_jurisdictions())
    assert {region for country, region, _ in CASES if country == "CH" and region} == set(CANTONS)
    assert len(CANTONS) == 26


def _easter(year: int) -> date:
    """Easter Sunday by the rule of 1876 (Nature, 20 April 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month, day = divmod(h - m + r + 90, 25)[0], 0
    day = (h - m + r + month + 19) % 32
    return date(year, month, day)


@pytest.mark.parametrize("canton", CANTONS)
def test_the_days_that_all_of_switzerland_has_off_are_closed_in_every_canton(canton: str) -> None:
    jurisdiction = all_jurisdictions()["CH"]
    for year in YEARS:
        ascension = _easter(year) + timedelta(39)
        for day in (date(year, 1, 1), ascension, date(year, 8, 1), date(year, 12, 25)):
            assert open_windows(jurisdiction, Place(canton), day) == (), day
        assert open_windows(jurisdiction, Place(canton), _easter(year)) == ()


def test_easter_is_when_it_was() -> None:
    assert [_easter(year) for year in (2020, 2026, 2038)] == [date(2020, 4, 12), date(2026, 4, 5), date(2038, 4, 25)]


@pytest.mark.parametrize("canton", CANTONS)
def test_an_ordinary_tuesday_is_open_from_eight_to_half_past_eight(canton: str) -> None:
    zurich = ZoneInfo("Europe/Zurich")
    for year in YEARS:
        first = date(year, 2, 3)
        tuesday = first + timedelta((1 - first.weekday()) % 7)
        assert open_windows(all_jurisdictions()["CH"], Place(canton), tuesday) == ((480, 1230),)
        opens = datetime(tuesday.year, tuesday.month, tuesday.day, 8, tzinfo=zurich)
        assert next_opening(all_jurisdictions()["CH"], Place(canton), opens - timedelta(hours=1)) == opens
