"""What the rules say at a moment, also when clocks change and on holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.calling_hours import NoOpening, Place, first_opening, next_opening, open_windows
from compliance.gate_facts import HeldGround
from compliance.jurisdictions import Jurisdiction, all_jurisdictions, find_jurisdiction
from compliance.rule_rows import OUTCOMES, Hours, Rule
from compliance.rules import judge
from compliance.verdicts import Allowed, Blocked, Deferred, Verdict
from tests.unit.compliance.told_facts import facts

ZURICH = ZoneInfo("Europe/Zurich")
CH = all_jurisdictions()["CH"]
FR = all_jurisdictions()["FR"]
DE = all_jurisdictions()["DE"]
IT = all_jurisdictions()["IT"]
GB = all_jurisdictions()["GB"]
US = all_jurisdictions()["US"]


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
    assert next_opening(CH, Place("ZH", ("Europe/Zurich",)), zurich(now)) == zurich(opens)


@pytest.mark.parametrize("year", range(2020, 2041))
def test_the_hours_keep_to_the_wall_clock_around_every_change_of_clocks(year: int) -> None:
    for month in (3, 10):
        sunday = max(date(year, month, day) for day in range(25, 32) if date(year, month, day).weekday() == 6)
        for day, hours in ((sunday - timedelta(1), ("09:00", "16:00")), (sunday + timedelta(1), ("08:00", "20:30"))):
            if open_windows(CH, Place("ZH"), day) == ():
                continue  # Easter Monday
            opens, closes = (zurich(f"{day}T{hour}") for hour in hours)
            assert next_opening(CH, Place("ZH"), opens - timedelta(seconds=1)) == opens
            assert next_opening(CH, Place("ZH"), closes - timedelta(seconds=1)) == closes - timedelta(seconds=1)
            assert next_opening(CH, Place("ZH"), closes) > closes
        assert open_windows(CH, Place("ZH"), sunday) == ()


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
    assert bool(open_windows(CH, Place(canton), day)) is is_open


def test_an_unknown_canton_opens_no_earlier_than_any_canton() -> None:
    day = date(2026, 1, 1)
    while day.year == 2026:
        if open_windows(CH, Place(), day):
            assert all(open_windows(CH, Place(canton), day) for canton in ("ZH", "TI", "GE", "NE", "AI", "SO"))
        day += timedelta(1)


def test_a_country_is_closed_only_where_it_is_closed_everywhere() -> None:
    jeune_genevois = zurich("2026-09-10T10:00")
    assert first_opening(CH, jeune_genevois) == jeune_genevois
    sunday = zurich("2026-03-08T10:00")
    assert first_opening(CH, sunday) == zurich("2026-03-09T08:00")


def test_french_hours_leave_lunch_and_the_weekend_alone() -> None:
    lunch = datetime(2026, 3, 2, 13, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert next_opening(FR, Place(), lunch) == lunch.replace(hour=14, minute=0)
    friday_night = datetime(2026, 3, 6, 20, tzinfo=ZoneInfo("Europe/Paris"))
    assert next_opening(FR, Place(), friday_night) == datetime(2026, 3, 9, 10, tzinfo=ZoneInfo("Europe/Paris"))


def test_italian_hours_are_shorter_on_the_eve_of_a_holiday() -> None:
    eve = date(2026, 12, 7)  # Monday before the Immaculate Conception
    assert open_windows(IT, Place(), eve) == ((10 * 60, 19 * 60),)
    assert open_windows(IT, Place(), eve + timedelta(7)) == ((9 * 60, 20 * 60),)


def test_hours_are_those_of_the_callees_zone() -> None:
    now = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)  # 8:30 in Zürich, 7:30 in Lisbon
    assert next_opening(CH, Place("ZH", ("Europe/Zurich",)), now) == now
    assert next_opening(CH, Place("ZH", ("Europe/Lisbon",)), now) == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_time_zone_that_does_not_exist_is_a_surprise() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        next_opening(CH, Place("ZH", ("Europe/Atlantis",)), zurich("2026-03-02T08:00"))


def test_after_two_attempts_a_swiss_number_rests_until_the_next_day() -> None:
    now = zurich("2026-03-06T15:00")
    once = (now - timedelta(hours=5),)
    assert isinstance(judge(CH, facts(CH, now, "ZH", once)), Allowed)
    twice = (*once, now - timedelta(hours=1))
    verdict = judge(CH, facts(CH, now, "ZH", twice))
    assert verdict == Deferred(zurich("2026-03-07T09:00"), ("CH-attempts-day",), "too_many_attempts")


def test_yesterdays_attempts_do_not_count_for_the_day() -> None:
    now = zurich("2026-03-03T08:00")
    yesterday = tuple(zurich(f"2026-03-02T{hour}:00") for hour in ("18", "20"))
    assert isinstance(judge(CH, facts(CH, now, "ZH", yesterday)), Allowed)


def test_a_french_number_rests_for_thirty_days_after_four_attempts() -> None:
    now = datetime(2026, 3, 9, 10, tzinfo=ZoneInfo("Europe/Paris"))
    attempts = tuple(now - timedelta(days=days) for days in (7, 6, 5, 4))
    verdict = judge(FR, facts(FR, now, "", attempts))
    assert isinstance(verdict, Deferred)
    # The oldest of the four, of Monday 2 March, leaves the count on 1 April.
    assert verdict.until == datetime(2026, 4, 1, 10, tzinfo=ZoneInfo("Europe/Paris"))


def test_a_country_without_rules_has_no_jurisdiction() -> None:
    assert find_jurisdiction("XX") is None
    assert find_jurisdiction("CH") is CH


def _with_hours(jurisdiction: Jurisdiction, in_force_to: date) -> Jurisdiction:
    rules = tuple(
        replace(rule, in_force_to=in_force_to) if rule.kind == "hours" else rule for rule in jurisdiction.rules
    )
    return replace(jurisdiction, rules=rules)


HOURS_DE = next(rule for rule in DE.rules if rule.kind == "hours")


def _hours(name: str, begins: date = date(2015, 1, 1), **windows: tuple[tuple[int, int], ...]) -> Rule:
    return replace(HOURS_DE, id=name, in_force_from=begins, terms=Hours(windows))


def test_where_no_rule_of_hours_is_in_force_nothing_is_dialed() -> None:
    lapsed = _with_hours(DE, in_force_to=date(2025, 12, 31))
    monday = datetime(2026, 3, 2, 10, tzinfo=UTC)
    verdict = judge(lapsed, facts(DE, monday))
    assert isinstance(verdict, Blocked)
    assert verdict.reason == "no_opening"
    with pytest.raises(NoOpening):
        next_opening(lapsed, Place(), monday)


def test_a_second_rule_only_tightens() -> None:
    looser = _hours("looser", weekday=((0, 1440),), sunday=((0, 1440),))
    tighter = _hours("tighter", weekday=((9 * 60, 12 * 60), (13 * 60, 17 * 60)))
    monday, sunday = date(2026, 3, 2), date(2026, 3, 8)
    both = replace(DE, rules=(*DE.rules, looser))
    assert open_windows(both, Place(), monday) == open_windows(DE, Place(), monday)
    assert open_windows(both, Place(), sunday) == ()
    assert open_windows(replace(DE, rules=(*DE.rules, tighter)), Place(), monday) == ((540, 720), (780, 1020))


def test_a_rule_that_begins_next_year_is_not_asked_this_year() -> None:
    later = replace(DE, rules=(*DE.rules, _hours("later", date(2027, 1, 1), weekday=((600, 720),))))
    assert open_windows(later, Place(), date(2026, 12, 30)) == ((480, 1200),)
    assert open_windows(later, Place(), date(2027, 1, 4)) == ((600, 720),)


def _day(text: str, hour: int = 10) -> datetime:
    return zurich(f"{text}T{hour:02}:00")


@pytest.mark.parametrize(
    ("outcome", "at", "until"),
    [
        ("abandoned", "2026-03-02T10:00", "2026-03-05T10:00"),  # 72 hours
        ("not_interested", "2026-03-02T10:00", "2026-05-02T09:00"),  # sixty days, and Labour Day
        ("wrong_number", "2026-03-02T10:00", "2027-03-02T10:00"),
        ("no_answer", "2026-03-02T10:00", "2026-03-02T10:15"),
    ],
)
def test_a_number_rests_by_what_came_of_the_last_call(outcome: str, at: str, until: str) -> None:
    verdict = judge(CH, facts(CH, zurich(at) + timedelta(minutes=1), "ZH", [zurich(at)], outcome))
    assert isinstance(verdict, Deferred)
    assert (verdict.reason, verdict.until) == ("too_soon", zurich(until))


def test_an_italian_number_rests_for_a_week_after_a_silent_call() -> None:
    silent = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Europe/Rome"))
    verdict = judge(IT, facts(IT, silent + timedelta(days=4), "", [silent], "abandoned"))
    assert isinstance(verdict, Deferred)
    assert verdict.until == silent + timedelta(days=7)


def test_without_a_ground_nobody_is_called_in_switzerland() -> None:
    now = _day("2026-03-02")
    assert judge(CH, facts(CH, now, grounds=())) == Blocked("no_ground", ("CH-ground",))


@pytest.mark.parametrize(
    ("kind", "days", "holds"),
    [
        ("listed_without_star", 89, True),
        ("listed_without_star", 90, False),
        ("business_relationship", 182, True),
        ("business_relationship", 183, False),
        ("consent", 2000, True),
        ("presumed_consent", 1, False),
        ("consent", -1, False),  # of tomorrow
    ],
)
def test_a_ground_holds_as_long_as_the_law_lets_it(kind: str, days: int, holds: bool) -> None:
    now = _day("2026-06-02")
    ground = HeldGround("ground_1", kind, now - timedelta(days=days))
    assert isinstance(judge(CH, facts(CH, now, grounds=(ground,))), Allowed) is holds


def test_a_ground_that_was_extended_with_a_reason_outlasts_the_usual_span_and_not_its_own_end() -> None:
    now = _day("2026-06-02")
    renewed = HeldGround("ground_1", "business_relationship", now - timedelta(days=400), now + timedelta(days=1), True)
    assert judge(CH, facts(CH, now, grounds=(renewed,))) == Allowed(
        tuple(rule.id for rule in CH.rules if rule.is_in_force(date(2026, 6, 2))), "ground_1"
    )
    over = replace(renewed, expires_at=now)
    assert isinstance(judge(CH, facts(CH, now, grounds=(over,))), Blocked)


def test_german_businesses_may_be_presumed_to_consent_and_consumers_not() -> None:
    now = _day("2026-06-02")
    presumed = (HeldGround("ground_1", "presumed_consent", now - timedelta(days=1)),)
    for party, is_allowed in (("businesses", True), ("consumers", False), ("", False)):
        verdict = judge(DE, facts(DE, now, grounds=presumed, place=Place("", (), party)))
        assert isinstance(verdict, Allowed) is is_allowed


def test_french_consumers_have_to_consent_from_august_2026_on_and_businesses_not() -> None:
    before, after = _day("2026-08-10", 11), _day("2026-08-11", 11)
    for now, party, is_allowed in (
        (before, "consumers", True),
        (after, "consumers", False),
        (after, "", False),
        (after, "businesses", True),
    ):
        verdict = judge(FR, facts(FR, now, grounds=(), place=Place("", (), party)))
        assert isinstance(verdict, Allowed) is is_allowed, (now, party)


def test_a_caller_number_that_nobody_looked_up_lately_is_not_shown() -> None:
    now = _day("2026-06-02")
    for seen in (None, now - timedelta(days=90), now + timedelta(minutes=1)):
        assert judge(CH, facts(CH, now, caller_listed_at=seen)) == Blocked(
            "caller_number_not_listed", ("CH-caller-number",)
        )


def test_a_register_of_last_month_is_too_old() -> None:
    now = datetime(2026, 6, 2, 14, tzinfo=UTC)
    old = {"tps": now - timedelta(days=28), "ctps": now}
    verdict = judge(GB, facts(GB, now, registers=old))
    assert isinstance(verdict, Blocked)
    assert verdict.reason == "register_not_checked"
    assert "GB-register-tps" in verdict.rules


def test_do_not_call_outweighs_everything() -> None:
    sunday = _day("2026-03-08")
    assert judge(CH, facts(CH, sunday, blocks=("dnc_1",))) == Blocked("do_not_call", ("do_not_call",))


def test_an_unknown_zone_is_open_only_where_all_are() -> None:
    # Eight in the evening in New York and two in the afternoon in Honolulu: the last moment of a weekday there.
    monday = datetime(2026, 6, 1, tzinfo=ZoneInfo("America/New_York"))
    opens = next_opening(US, Place(), monday)
    assert opens.astimezone(ZoneInfo("Pacific/Honolulu")).hour == 10  # Kentucky's ten o'clock, as the state is unknown
    closed = next_opening(US, Place(), monday.replace(hour=20))
    assert closed.astimezone(ZoneInfo("America/New_York")).date() == date(2026, 6, 2)


def test_an_unknown_state_has_the_rules_of_all_states_and_a_known_one_its_own() -> None:
    sunday = date(2026, 6, 7)
    assert open_windows(US, Place(), sunday) == ()
    assert open_windows(US, Place("AL"), sunday) == ()
    assert open_windows(US, Place("TX"), sunday) == ((720, 1260),)
    assert open_windows(US, Place("NY"), sunday) == ((480, 1260),)


def test_a_rule_that_nobody_has_seen_the_source_of_only_tightens() -> None:
    doubtful = replace(_hours("doubtful", weekday=((0, 1440),), sunday=((0, 1440),)), confidence="unverified")
    alone = replace(DE, rules=(doubtful,))
    monday, saturday, sunday = date(2026, 3, 2), date(2026, 3, 7), date(2026, 3, 8)
    assert open_windows(alone, Place(), monday) == ((480, 1200),)  # no more than is cautious
    assert open_windows(alone, Place(), saturday) == ()  # and no more than it says itself
    assert open_windows(alone, Place(), sunday) == ()
    for_consumers = replace(doubtful, party="consumers", terms=Hours({"weekday": ((600, 660),)}))
    both = replace(DE, rules=(*DE.rules, for_consumers))
    assert open_windows(both, Place("", (), "businesses"), monday) == ((600, 660),)


# Minutes of sixteen years.
MOMENTS = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    country=st.sampled_from(sorted(all_jurisdictions())),
    canton=st.sampled_from(["", "ZH", "TI", "GE"]),
    now=MOMENTS,
    days_ago=st.lists(st.floats(0, 90), max_size=6),
    outcome=st.sampled_from(["", *sorted(OUTCOMES)]),
)
def test_what_is_deferred_is_allowed_when_its_time_comes(
    country: str, canton: str, now: datetime, days_ago: list[float], outcome: str
) -> None:
    jurisdiction = all_jurisdictions()[country]

    def said_at(moment: datetime) -> Verdict:
        attempts = (now - timedelta(days=days) for days in days_ago)
        return judge(jurisdiction, facts(jurisdiction, moment, canton, attempts, outcome))

    match said_at(now):
        case Allowed():
            assert next_opening(jurisdiction, Place(canton), now) == now
        case Deferred(until, rules):
            assert until > now
            assert rules
            assert isinstance(said_at(until), Allowed)
            just_before = until - timedelta(seconds=1)
            assert just_before < now or isinstance(said_at(just_before), Deferred)
        case refused:
            pytest.fail(f"{refused}")
