"""Business hours: what counts, over nights, weekends, holidays and changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.postcodes import CANTONS
from leads.business_clock import (
    AROUND_THE_CLOCK,
    OFFICE_HOURS,
    BusinessCalendar,
    NoBusinessHours,
    after_hours,
    is_open,
    read_hours,
    time_between,
)

ZURICH = BusinessCalendar("ZH")
HERE = ZoneInfo("Europe/Zurich")


def at(text: str) -> datetime:
    """A local moment such as 2026-03-02 09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02 09:00", 2, "2026-03-02 11:00"),
        ("2026-03-02 11:30", 2, "2026-03-02 14:30"),  # over noon
        ("2026-03-02 12:30", 2, "2026-03-02 15:00"),  # begun at noon
        ("2026-03-02 10:00", 8, "2026-03-03 10:00"),  # a whole working day
        ("2026-03-02 08:00", 8, "2026-03-02 17:00"),  # ends with the day, not the next morning
        ("2026-03-06 16:00", 2, "2026-03-09 09:00"),  # over a weekend
        ("2026-03-07 23:00", 1, "2026-03-09 09:00"),  # on a weekend
        ("2026-04-02 16:00", 2, "2026-04-07 09:00"),  # over Easter: Good Friday to Easter Monday
        ("2026-03-27 16:00", 8, "2026-03-30 16:00"),  # summer time begins on Sunday
        ("2026-10-23 16:00", 8, "2026-10-26 16:00"),  # and ends
        ("2026-12-31 16:30", 1, "2027-01-04 08:30"),  # New Year's Day, Berchtold's Day is no weekday
    ],
)
def test_hours_end_when_so_much_office_time_has_gone_by(start: str, hours: float, end: str) -> None:
    assert after_hours(at(start), hours, ZURICH) == at(end)


def test_holidays_are_those_of_the_canton() -> None:
    start = at("2026-06-28 12:00")  # the Sunday before Saints Peter and Paul
    assert after_hours(start, 1, BusinessCalendar("TI")) == at("2026-06-30 09:00")
    assert after_hours(start, 1, BusinessCalendar("ZH")) == at("2026-06-29 09:00")


def test_where_the_canton_is_unknown_only_days_off_of_the_whole_country_count() -> None:
    nowhere = BusinessCalendar()
    assert not nowhere.is_working_day(date(2026, 12, 25))
    assert nowhere.is_working_day(date(2026, 6, 29))
    assert nowhere.is_working_day(date(2026, 4, 3))


def test_closed_days_of_a_house_do_not_count() -> None:
    bridge = BusinessCalendar("ZH", frozenset({date(2026, 5, 15)}))  # the Friday after Ascension
    assert after_hours(at("2026-05-13 16:00"), 2, bridge) == at("2026-05-18 09:00")
    assert after_hours(at("2026-05-13 16:00"), 2, ZURICH) == at("2026-05-15 09:00")


def test_around_the_clock_counts_every_hour_also_at_weekends() -> None:
    always = BusinessCalendar("ZH", frozenset({date(2026, 3, 8)}), AROUND_THE_CLOCK)
    assert after_hours(at("2026-03-06 16:00"), 60, always) == at("2026-03-09 04:00")


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    always = BusinessCalendar(hours=AROUND_THE_CLOCK)
    assert time_between(at("2026-03-29 00:00"), at("2026-03-30 00:00"), always) == timedelta(hours=23)
    assert time_between(at("2026-10-25 00:00"), at("2026-10-26 00:00"), always) == timedelta(hours=25)


@pytest.mark.parametrize("text", ["", "8-12", "12:00-08:00", "08:00-12:00 11:00-13:00", "08:60-09:00", "00:00-24:01"])
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(NoBusinessHours):
        read_hours(text)


def test_calendar_without_working_days_is_refused() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=number) for number in range(1500))
    with pytest.raises(NoBusinessHours):
        after_hours(at("2026-03-02 09:00"), 1, BusinessCalendar("ZH", closed))


moments = st.integers(0, 7 * 365 * 24 * 60).map(
    lambda count: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=count)
)
calendars = st.builds(
    BusinessCalendar,
    st.sampled_from(("", *CANTONS)),
    st.frozensets(st.dates(date(2024, 1, 1), date(2030, 12, 31)), max_size=20),
    st.sampled_from((OFFICE_HOURS, "08:00-18:00", "06:30-11:45 12:15-17:10 19:00-24:00", AROUND_THE_CLOCK)),
)
minutes = st.integers(1, 60 * 60)


@given(moments, minutes, calendars)
def test_time_between_start_and_end_is_what_was_asked_for(
    start: datetime, asked: int, calendar: BusinessCalendar
) -> None:
    end = after_hours(start, asked / 60, calendar)
    assert abs(time_between(start, end, calendar) - timedelta(minutes=asked)) <= timedelta(microseconds=1)
    assert end - start >= timedelta(minutes=asked) - timedelta(microseconds=1)


@given(moments, minutes, calendars)
def test_end_lies_in_business_hours_or_at_their_close(start: datetime, asked: int, calendar: BusinessCalendar) -> None:
    end = after_hours(start, asked / 60, calendar)
    assert is_open(end - timedelta(seconds=1), calendar)


@given(moments, minutes, minutes, calendars)
def test_hours_add_up(start: datetime, one: int, two: int, calendar: BusinessCalendar) -> None:
    at_once = after_hours(start, (one + two) / 60, calendar)
    in_two = after_hours(after_hours(start, one / 60, calendar), two / 60, calendar)
    # Where one part ends with the day, the next begins with the following one, and nothing is counted between.
    assert abs(at_once - in_two) <= timedelta(milliseconds=1)


@given(moments, moments, minutes, calendars)
def test_later_start_never_ends_earlier(one: datetime, two: datetime, asked: int, calendar: BusinessCalendar) -> None:
    first, second = sorted((one, two))
    assert after_hours(first, asked / 60, calendar) <= after_hours(second, asked / 60, calendar)
