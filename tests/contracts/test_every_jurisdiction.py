"""What holds for every jurisdiction, also for one that is added tomorrow."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import holidays
import pytest

from campaigns.campaigns import CampaignDraft
from campaigns.tables import Campaign
from compliance.calling_hours import Place, next_opening, open_windows, rules_for
from compliance.holiday_calendar import is_holiday, regions_of
from compliance.jurisdictions import Jurisdiction, all_jurisdictions
from compliance.rule_rows import (
    KINDS,
    Abandonment,
    Attempts,
    CallerNumber,
    Gap,
    Ground,
    Hours,
    Register,
    Remark,
    Rule,
)
from compliance.rules import abandonment_rules, judge
from compliance.verdicts import Allowed, Deferred
from dialer.gate_check import HISTORY_DAYS
from dialer.modes import check_mode
from tests.unit.compliance.told_facts import facts

EVERY = pytest.mark.parametrize("jurisdiction", all_jurisdictions().values(), ids=lambda one: one.country)
RULES = [rule for jurisdiction in all_jurisdictions().values() for rule in jurisdiction.rules]
EVERY_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
TODAY = date(2026, 11, 25)


def test_the_countries_of_the_product_are_there() -> None:
    assert {"CH", "LI", "DE", "AT", "FR", "IT", "GB", "US", "CA"} <= set(all_jurisdictions())


@EVERY
def test_a_campaign_may_dial_as_it_does_when_nobody_says_otherwise(jurisdiction: Jurisdiction) -> None:
    plain = CampaignDraft("Plain", "", country=jurisdiction.country)
    campaign = Campaign(country=plain.country, pacing_mode=plain.pacing_mode)
    campaign.most_abandoned_percent = plain.most_abandoned_percent
    check_mode(campaign, datetime(2026, 11, 25, 9, tzinfo=UTC))


def test_no_two_rules_share_an_id() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_every_kind_of_rule_is_in_use() -> None:
    assert {rule.kind for rule in RULES} == KINDS


@EVERY_RULE
def test_a_rule_says_where_it_comes_from(rule: Rule) -> None:
    assert len(rule.source) > 10
    assert rule.source_date == "undated" or 2000 <= int(rule.source_date[:4]) <= TODAY.year
    assert rule.in_force_to is None or rule.in_force_from <= rule.in_force_to


@EVERY_RULE
def test_a_rule_is_called_by_its_country(rule: Rule) -> None:
    (country,) = (one.country for one in all_jurisdictions().values() if rule in one.rules)
    assert rule.id.startswith(f"{country}-")


@EVERY_RULE
def test_a_law_that_nobody_has_seen_is_not_called_one_that_was(rule: Rule) -> None:
    if rule.basis == "product_default":
        assert rule.confidence in {"unverified", "vendor_page"}
    else:
        assert rule.is_sure or rule.kind == "recording"


@EVERY_RULE
def test_a_rule_says_something(rule: Rule) -> None:
    match rule.terms:
        case Hours(windows):
            assert windows
            assert all(0 <= start < end <= 1440 for spans in windows.values() for start, end in spans)
        case Attempts(at_most, days, hours):
            assert at_most >= 1
            assert (days > 0) != (hours > 0)
            # What the dialer hands in; a longer rule would silently count too little.
            assert days < HISTORY_DAYS
        case Gap(outcomes, rest):
            assert outcomes
            assert timedelta(0) < rest < timedelta(days=HISTORY_DAYS)
        case Abandonment() as terms:
            assert terms.limit_percent is None or 0 <= terms.limit_percent <= 5
            assert 0 < terms.seconds <= 3
            assert terms.window_days in {0, 1, 30}
            assert terms.counts_false_positives
            assert terms.min_ring_seconds >= 15
            assert terms.recall_lock_hours >= 72
        case Ground(accepts):
            assert accepts
            assert all(days >= 0 for days in accepts.values())
        case Register(register, days):
            assert register.isidentifier()
            assert 1 <= days <= 31
        case CallerNumber(_, days):
            assert 1 <= days <= 366
        case Remark(text):
            assert text.endswith(".")


@EVERY
def test_a_file_is_called_by_its_country_and_names_real_zones_and_calendars(jurisdiction: Jurisdiction) -> None:
    assert len(jurisdiction.country) == 2
    assert jurisdiction.country.isupper()
    assert jurisdiction.time_zones
    assert set(jurisdiction.time_zones) <= available_timezones()
    calendar = holidays.country_holidays(jurisdiction.country)
    assert set(jurisdiction.holiday_categories) <= set(calendar.supported_categories)
    assert set(jurisdiction.regions_left_out) <= set(calendar.subdivisions)
    named = {region for rule in jurisdiction.rules for region in rule.regions}
    assert named <= set(regions_of(jurisdiction))


@EVERY
@pytest.mark.parametrize("party", ["", "consumers", "businesses"])
def test_hours_attempts_refusals_and_abandoned_calls_are_ruled_from_today_on(
    jurisdiction: Jurisdiction, party: str
) -> None:
    for region in regions_of(jurisdiction):
        for day in (TODAY, date(2040, 12, 31)):
            rules = rules_for(jurisdiction, Place(region, (), party), day)
            assert {"hours", "attempts", "gap", "abandonment"} <= {rule.kind for rule in rules}
            limits = [terms for _, terms in abandonment_rules(jurisdiction.country, Place(region, (), party), day)]
            assert min(terms.limit_percent for terms in limits if terms.limit_percent is not None) <= 3


@EVERY
def test_consumers_are_not_called_just_because_nobody_has_said_no(jurisdiction: Jurisdiction) -> None:
    for day in (date(2026, 1, 1), TODAY, date(2040, 12, 31)):
        kinds = {rule.kind for rule in rules_for(jurisdiction, Place("", (), "consumers"), day)}
        assert kinds & {"ground", "register"}, day


@EVERY
def test_an_unsure_rule_only_ever_tightens(jurisdiction: Jurisdiction) -> None:
    """Without its unsure rules, no jurisdiction is open less, or lets anybody through whom it stops with them."""
    sure = replace(jurisdiction, rules=tuple(rule for rule in jurisdiction.rules if rule.is_sure), digest="sure")
    day = date(2026, 1, 1)
    while day.year == 2026:
        for party in ("", "businesses"):
            place = Place("", (), party)
            with_them = open_windows(jurisdiction, place, day)
            if rules_for(sure, place, day, "hours"):
                without = open_windows(sure, place, day)
                assert all(any(a <= c and d <= b for a, b in without) for c, d in with_them)
            else:
                cautious = ((480, 1200),) if day.weekday() < 5 else ((540, 960),)
                assert all(any(a <= c and d <= b for a, b in cautious) for c, d in with_them)
        day += timedelta(1)


@EVERY
def test_an_unsure_rule_holds_for_everybody(jurisdiction: Jurisdiction) -> None:
    for rule in jurisdiction.rules:
        if not rule.is_sure:
            assert rule.is_for("consumers")
            assert rule.is_for("businesses")
            assert rule.is_for("")


@EVERY
@pytest.mark.parametrize("year", [2026, 2032, 2040])
def test_nobody_is_called_at_night_and_on_sundays_or_holidays_only_where_a_rule_opens_them(
    jurisdiction: Jurisdiction, year: int
) -> None:
    opened = [
        rule.terms.windows
        for rule in jurisdiction.rules
        if isinstance(rule.terms, Hours) and rule.basis in {"law", "regulator"} and rule.is_sure
    ]
    day = date(year, 1, 1)
    open_days = 0
    while day.year == year:
        windows = open_windows(jurisdiction, Place(), day)
        if is_holiday(jurisdiction, "", day) and not any("holiday" in one for one in opened):
            assert windows == ()
        if day.weekday() == 6 and not any("sunday" in one for one in opened):
            assert windows == ()
        assert all(start >= 8 * 60 and end <= 21 * 60 + 30 for start, end in windows)
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
        opens = next_opening(jurisdiction, Place(), moment)
        assert timedelta(0) <= opens - moment <= timedelta(days=6)
        moment += timedelta(hours=7)


@EVERY
def test_enough_attempts_on_a_day_end_that_day(jurisdiction: Jurisdiction) -> None:
    now = next_opening(jurisdiction, Place(), datetime(2026, 9, 2, 11, tzinfo=UTC))
    assert isinstance(judge(jurisdiction, facts(jurisdiction, now)), Allowed)
    verdict = judge(jurisdiction, facts(jurisdiction, now, "", (now,) * 20))
    assert isinstance(verdict, Deferred)
    assert verdict.reason == "too_many_attempts"
    assert verdict.until.date() > now.date()


@EVERY
def test_an_abandoned_call_is_followed_by_three_days_of_rest(jurisdiction: Jurisdiction) -> None:
    now = next_opening(jurisdiction, Place(), datetime(2026, 9, 2, 11, tzinfo=UTC))
    verdict = judge(jurisdiction, facts(jurisdiction, now, "", [now - timedelta(minutes=1)], "abandoned"))
    assert isinstance(verdict, Deferred)
    assert verdict.until >= now + timedelta(hours=72) - timedelta(minutes=1)
