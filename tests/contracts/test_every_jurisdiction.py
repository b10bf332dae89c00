"""What holds for every jurisdiction, also for one that is added tomorrow."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import holidays
import pytest

from compliance.holiday_calendar import is_holiday
from compliance.jurisdictions import Jurisdiction, Rule, all_jurisdictions
from compliance.rules import Callee, judge, next_opening, open_windows
from compliance.verdicts import Deferred

EVERY = pytest.mark.parametrize("jurisdiction", all_jurisdictions().values(), ids=lambda one: one.country)
RULES = [rule for jurisdiction in all_jurisdictions().values() for rule in jurisdiction.rules]
EVERY_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_the_countries_of_the_product_are_there() -> None:
    assert {"CH", "LI", "DE", "AT", "FR", "IT"} <= set(all_jurisdictions())


def test_no_two_rules_share_an_id() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@EVERY_RULE
def test_a_rule_says_where_it_comes_from(rule: Rule) -> None:
    assert len(rule.source) > 10
    assert rule.source_date
    assert rule.in_force_to is None or rule.in_force_from <= rule.in_force_to


@EVERY_RULE
def test_a_rule_says_something(rule: Rule) -> None:
    if rule.kind == "attempts":
        assert rule.attempts >= 1
        # The dialer hands in a month of history; a longer rule would silently count too little.
        assert 1 <= rule.within_days <= 30
    else:
        assert rule.hours
        assert all(0 <= start < end <= 1440 for windows in rule.hours.values() for start, end in windows)


@EVERY
def test_a_file_is_called_by_its_country_and_names_a_real_zone_and_calendar(jurisdiction: Jurisdiction) -> None:
    assert len(jurisdiction.country) == 2
    assert jurisdiction.country.isupper()
    assert jurisdiction.time_zone in available_timezones()
    calendar = holidays.country_holidays(jurisdiction.country)
    assert set(jurisdiction.holiday_categories) <= set(calendar.supported_categories)
    assert set(jurisdiction.regions_left_out) <= set(calendar.subdivisions)


@EVERY
def test_hours_and_attempts_are_limited_from_today_on(jurisdiction: Jurisdiction) -> None:
    for kind in ("hours", "attempts"):
        assert any(rule.kind == kind and rule.in_force_to is None for rule in jurisdiction.rules)


@EVERY
@pytest.mark.parametrize("year", [2025, 2026, 2028, 2032, 2036, 2040])
def test_nobody_is_called_at_night_on_sundays_or_on_holidays(jurisdiction: Jurisdiction, year: int) -> None:
    day = date(year, 1, 1)
    open_days = 0
    while day.year == year:
        windows = open_windows(jurisdiction, "", day)
        if day.weekday() == 6 or is_holiday(jurisdiction, "", day):
            assert windows == ()
        assert all(start >= 8 * 60 and end <= 21 * 60 for start, end in windows)
        open_days += bool(windows)
        day += timedelta(1)
    assert open_days > 200


@EVERY
def test_christmas_is_a_holiday_whatever_language_the_machine_speaks(jurisdiction: Jurisdiction) -> None:
    assert is_holiday(jurisdiction, "", date(2026, 12, 25))


@EVERY
def test_the_next_opening_is_never_far_and_never_in_the_past(jurisdiction: Jurisdiction) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        opens = next_opening(jurisdiction, "", "", moment)
        assert timedelta(0) <= opens - moment <= timedelta(days=6)
        moment += timedelta(hours=7)


@EVERY
def test_enough_attempts_on_a_day_end_that_day(jurisdiction: Jurisdiction) -> None:
    now = next_opening(jurisdiction, "", "", datetime(2026, 3, 2, 11, tzinfo=UTC))
    verdict = judge(jurisdiction, Callee(recent_attempts=(now,) * 20), now)
    assert isinstance(verdict, Deferred)
    assert verdict.reason == "too_many_attempts"
    assert verdict.until.date() > now.date()
