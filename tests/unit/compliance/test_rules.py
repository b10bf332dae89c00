"""What the rules say at a moment, also when clocks change and on holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.jurisdictions import Jurisdiction, all_jurisdictions
from compliance.rules import Callee, NoOpening, find_jurisdiction, first_opening, judge, next_opening, open_windows
from compliance.verdicts import Allowed, Deferred

ZURICH = ZoneInfo("Europe/Zurich")
CH = all_jurisdictions()["CH"]
FR = all_jurisdictions()["FR"]
DE = all_jurisdictions()["DE"]
IT = all_jurisdictions()["IT"]


def zurich(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-02T07:59:59", "2026-03-02T08:00"),  # Monday, a second too early
        ("2026-03-02T08:00", "2026-03-02T08:00"),
        ("2026-03-02T20:29:59", "2026-03-02T20:29:59"),
        ("2026-03-02T20:30", "2026-03-03T08:00"),
        ("2026-03-06T21:00", "2026-03-07T09:00"),  # Friday night
        ("2026-03-07T16:00", "2026-03-09T08:00"),  # Saturday afternoon
        ("2026-03-08T10:00", "2026-03-09T08:00"),  # Sunday
        ("2026-07-31T20:30", "2026-08-03T08:00"),  # the national day is a Saturday
        ("2026-12-24T21:00", "2026-12-28T08:00"),  # Christmas, St Stephen's, Sunday
        ("2026-03-28T17:00", "2026-03-30T08:00"),  # clocks go forward that Sunday
        ("2026-10-24T17:00", "2026-10-26T08:00"),  # clocks go back that Sunday
    ],
)
def test_swiss_hours_open_when_they_should(now: str, opens: str) -> None:
    assert next_opening(CH, "ZH", "Europe/Zurich", zurich(now)) == zurich(opens)


@pytest.mark.parametrize("year", range(2020, 2041))
def test_the_hours_keep_to_the_wall_clock_around_every_change_of_clocks(year: int) -> None:
    for month in (3, 10):
        sunday = max(date(year, month, day) for day in range(25, 32) if date(year, month, day).weekday() == 6)
        for day, hours in ((sunday - timedelta(1), ("09:00", "16:00")), (sunday + timedelta(1), ("08:00", "20:30"))):
            if open_windows(CH, "ZH", day) == ():
                continue  # Easter Monday
            opens, closes = (zurich(f"{day}T{hour}") for hour in hours)
            assert next_opening(CH, "ZH", "", opens - timedelta(seconds=1)) == opens
            assert next_opening(CH, "ZH", "", closes - timedelta(seconds=1)) == closes - timedelta(seconds=1)
            assert next_opening(CH, "ZH", "", closes) > closes
        assert open_windows(CH, "ZH", sunday) == ()


@pytest.mark.parametrize(
    ("canton", "day", "is_open"),
    [
        ("ZH", date(2026, 4, 3), False),  # Good Friday
        ("TI", date(2026, 4, 3), True),
        ("GR", date(2026, 4, 3), False),
        ("TI", date(2026, 3, 19), False),  # St Joseph
        ("ZH", date(2026, 3, 19), True),
        ("GE", date(2026, 9, 10), False),  # Jeûne genevois
        ("VD", date(2026, 9, 10), True),
        ("LU", date(2026, 12, 8), False),  # Immaculate Conception
        ("", date(2026, 12, 8), False),  # unknown: a holiday of any canton
        ("??", date(2026, 9, 10), False),
        ("NE", date(2026, 3, 2), True),
        ("NE", date(2027, 3, 1), False),  # Republic day
    ],
)
def test_holidays_are_those_of_the_canton_and_of_all_where_it_is_unknown(canton: str, day: date, is_open: bool) -> None:
    assert bool(open_windows(CH, canton, day)) is is_open


def test_an_unknown_canton_opens_no_earlier_than_any_canton() -> None:
    day = date(2026, 1, 1)
    while day.year == 2026:
        if open_windows(CH, "", day):
            assert all(open_windows(CH, canton, day) for canton in ("ZH", "TI", "GE", "NE", "AI", "SO"))
        day += timedelta(1)


def test_a_country_is_closed_only_where_it_is_closed_everywhere() -> None:
    jeune_genevois = zurich("2026-09-10T10:00")
    assert first_opening(CH, jeune_genevois) == jeune_genevois
    sunday = zurich("2026-03-08T10:00")
    assert first_opening(CH, sunday) == zurich("2026-03-09T08:00")


def test_french_hours_leave_lunch_and_the_weekend_alone() -> None:
    lunch = datetime(2026, 3, 2, 13, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert next_opening(FR, "", "", lunch) == lunch.replace(hour=14, minute=0)
    friday_night = datetime(2026, 3, 6, 20, tzinfo=ZoneInfo("Europe/Paris"))
    assert next_opening(FR, "", "", friday_night) == datetime(2026, 3, 9, 10, tzinfo=ZoneInfo("Europe/Paris"))


def test_italian_hours_are_shorter_on_the_eve_of_a_holiday() -> None:
    eve = date(2026, 12, 7)  # Monday before the Immaculate Conception
    assert open_windows(IT, "", eve) == ((10 * 60, 19 * 60),)
    assert open_windows(IT, "", eve + timedelta(7)) == ((9 * 60, 20 * 60),)


def test_hours_are_those_of_the_callees_zone() -> None:
    now = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)  # 8:30 in Zürich, 7:30 in Lisbon
    assert next_opening(CH, "ZH", "Europe/Zurich", now) == now
    assert next_opening(CH, "ZH", "Europe/Lisbon", now) == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_time_zone_that_does_not_exist_is_a_surprise() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        next_opening(CH, "ZH", "Europe/Atlantis", zurich("2026-03-02T08:00"))


def test_after_three_attempts_a_swiss_number_rests_until_the_next_day() -> None:
    now = zurich("2026-03-06T15:00")
    two = (now - timedelta(hours=5), now - timedelta(hours=2))
    assert isinstance(judge(CH, Callee("ZH", "", two), now), Allowed)
    three = (*two, now - timedelta(hours=1))
    verdict = judge(CH, Callee("ZH", "", three), now)
    assert verdict == Deferred(zurich("2026-03-07T09:00"), ("CH-attempts-day",), "too_many_attempts")


def test_yesterdays_attempts_do_not_count_for_the_day() -> None:
    now = zurich("2026-03-03T08:00")
    yesterday = tuple(zurich(f"2026-03-02T{hour}:00") for hour in ("18", "19", "20"))
    assert isinstance(judge(CH, Callee("ZH", "", yesterday), now), Allowed)


def test_a_french_number_rests_for_thirty_days_after_four_attempts() -> None:
    now = datetime(2026, 3, 9, 10, tzinfo=ZoneInfo("Europe/Paris"))
    attempts = tuple(now - timedelta(days=days) for days in (7, 6, 5, 4))
    verdict = judge(FR, Callee("", "", attempts), now)
    assert isinstance(verdict, Deferred)
    # The oldest of the four, of Monday 2 March, leaves the count on 1 April.
    assert verdict.until == datetime(2026, 4, 1, 10, tzinfo=ZoneInfo("Europe/Paris"))


def test_a_country_without_rules_has_no_jurisdiction() -> None:
    assert find_jurisdiction("XX") is None
    assert find_jurisdiction("CH") is CH


def _with_hours(jurisdiction: Jurisdiction, **changes: object) -> Jurisdiction:
    rules = tuple(
        replace(rule, **changes) if rule.kind == "hours" else rule  # type: ignore[arg-type]
        for rule in jurisdiction.rules
    )
    return replace(jurisdiction, rules=rules)


def test_where_no_rule_of_hours_is_in_force_nothing_is_dialed() -> None:
    lapsed = _with_hours(DE, in_force_to=date(2025, 12, 31))
    with pytest.raises(NoOpening):
        judge(lapsed, Callee(), datetime(2026, 3, 2, 10, tzinfo=UTC))


def test_a_second_rule_only_tightens() -> None:
    hours = next(rule for rule in DE.rules if rule.kind == "hours")
    looser = replace(hours, id="looser", hours={"weekday": ((0, 1440),), "sunday": ((0, 1440),)})
    tighter = replace(hours, id="tighter", hours={"weekday": ((9 * 60, 12 * 60), (13 * 60, 17 * 60))})
    monday, sunday = date(2026, 3, 2), date(2026, 3, 8)
    both = replace(DE, rules=(*DE.rules, looser))
    assert open_windows(both, "", monday) == open_windows(DE, "", monday)
    assert open_windows(both, "", sunday) == ()
    assert open_windows(replace(DE, rules=(*DE.rules, tighter)), "", monday) == ((540, 720), (780, 1020))


def test_a_rule_that_begins_next_year_is_not_asked_this_year() -> None:
    closing = replace(DE.rules[0], id="later", in_force_from=date(2027, 1, 1), hours={"weekday": ((600, 720),)})
    later = replace(DE, rules=(*DE.rules, closing))
    assert open_windows(later, "", date(2026, 12, 30)) == ((480, 1200),)
    assert open_windows(later, "", date(2027, 1, 4)) == ((600, 720),)


# Minutes of sixteen years.
MOMENTS = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    country=st.sampled_from(sorted(all_jurisdictions())),
    canton=st.sampled_from(["", "ZH", "TI", "GE"]),
    now=MOMENTS,
    days_ago=st.lists(st.floats(0, 29), max_size=6),
)
def test_what_is_deferred_is_allowed_when_its_time_comes(
    country: str, canton: str, now: datetime, days_ago: list[float]
) -> None:
    jurisdiction = all_jurisdictions()[country]
    callee = Callee(canton, "", tuple(now - timedelta(days=days) for days in days_ago))
    match judge(jurisdiction, callee, now):
        case Allowed():
            assert next_opening(jurisdiction, canton, "", now) == now
        case Deferred(until, rules):
            assert until > now
            assert rules
            assert isinstance(judge(jurisdiction, callee, until), Allowed)
            just_before = until - timedelta(seconds=1)
            assert just_before < now or isinstance(judge(jurisdiction, callee, just_before), Deferred)
