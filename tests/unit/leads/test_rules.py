"""Each routing rule at its edges."""

from dataclasses import replace
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest

from foundation.postcodes import all_places
from leads.facts import LeadFacts, PartnerFacts, Profile
from leads.rules import RULES
from leads.rules.region import km_between
from leads.verdicts import Excluded, Fits, Verdict

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = LeadFacts("lead_1", "de", solution="erp", postcode="8005", canton="ZH", employees=40)
PROFILE = Profile("Muster", True, ("de", "fr"), ("ZH",), (), ("crm", "erp"), 10, 99, 5)
PARTNER = PartnerFacts("partner_1", 1, PROFILE)


def judge(rule: str, lead: LeadFacts = LEAD, partner: PartnerFacts = PARTNER, **profile: object) -> Verdict:
    changed = replace(partner, profile=replace(partner.profile, **profile))  # type: ignore[arg-type]
    return RULES[rule].judge(lead, changed, NOW)


def code_of(verdict: Verdict) -> str:
    return verdict.code if isinstance(verdict, Excluded) else ""


def points_of(verdict: Verdict) -> int:
    assert isinstance(verdict, Fits)
    return verdict.points


def test_inactive_partner_gets_nothing() -> None:
    assert code_of(judge("active", is_active=False)) == "NOT_ACTIVE"
    assert code_of(judge("active")) == ""


def test_partner_must_speak_the_language_of_the_call() -> None:
    assert judge("language", languages=("fr", "it")) == Excluded("LANGUAGE", "de", "fr it")


def test_region_by_canton_postcode_beginning_of_postcode_or_whole_country() -> None:
    canton = points_of(judge("region"))
    postcode = points_of(judge("region", cantons=(), postcodes=("8005",)))
    area = points_of(judge("region", cantons=(), postcodes=("80",)))
    country = points_of(judge("region", cantons=(), postcodes=()))
    assert postcode == area > canton > country > 0


def test_region_outside_every_coverage_is_excluded() -> None:
    assert judge("region", cantons=("BE",), postcodes=("30", "31")) == Excluded("REGION", "8005 ZH", "BE 30 31")


def test_long_coverage_is_shortened_in_the_reason() -> None:
    verdict = judge("region", cantons=(), postcodes=tuple(str(number) for number in range(1000, 1100)))
    assert isinstance(verdict, Excluded)
    assert verdict.found.endswith(" 1029 …")


def test_solution_further_down_the_list_earns_less() -> None:
    assert points_of(judge("solution", solutions=("erp",))) > points_of(judge("solution")) > 0
    assert judge("solution", solutions=("crm", "cloud")) == Excluded("SOLUTION", "erp", "crm cloud")


@pytest.mark.parametrize(("employees", "code"), [(9, "TOO_SMALL"), (10, ""), (99, ""), (100, "TOO_LARGE")])
def test_both_ends_of_the_size_band_belong_to_it(employees: int, code: str) -> None:
    assert code_of(judge("size", replace(LEAD, employees=employees))) == code


def test_band_without_an_end_is_open_there() -> None:
    assert code_of(judge("size", replace(LEAD, employees=100_000), max_employees=None)) == ""
    assert code_of(judge("size", replace(LEAD, employees=1), min_employees=None)) == ""


@pytest.mark.parametrize(("taken", "code"), [(0, ""), (4, ""), (5, "NO_ROOM"), (6, "NO_ROOM")])
def test_full_week_takes_no_more(taken: int, code: str) -> None:
    assert code_of(judge("capacity", partner=replace(PARTNER, taken=taken))) == code


def test_room_of_the_owner_counts_where_there_is_one() -> None:
    assert code_of(judge("capacity", partner=replace(PARTNER, taken=6, room=8))) == ""
    assert code_of(judge("capacity", partner=replace(PARTNER, taken=3, room=3))) == "NO_ROOM"


def test_higher_level_in_the_solution_earns_more() -> None:
    by_level = [points_of(judge("solution", levels=(1, level))) for level in (1, 2, 3)]
    assert by_level == sorted(set(by_level))
    assert by_level[-1] == RULES["solution"].MAX_POINTS


def test_partner_reaches_so_many_km_from_home_and_closer_earns_more() -> None:
    near = judge("region", cantons=(), home_postcode="8400", reach_km=30)
    assert points_of(near) > points_of(judge("region", cantons=(), home_postcode="3011", reach_km=150)) > 0
    assert judge("region", cantons=(), home_postcode="3011", reach_km=50) == Excluded("REGION", "8005 ZH", "50 km")


def test_canton_covers_also_beyond_the_reach_in_km() -> None:
    assert points_of(judge("region", cantons=("ZH",), home_postcode="3011", reach_km=10)) > 0


def test_distance_between_zurich_and_bern_is_what_the_map_says() -> None:
    assert km_between("8001", "3011") in range(90, 101)
    assert km_between("8001", "0000") is None


@pytest.mark.parametrize(("complexity", "code"), [(1, "TOO_SIMPLE"), (2, ""), (4, ""), (5, "TOO_COMPLEX"), (None, "")])
def test_both_ends_of_the_complexity_band_belong_to_it(complexity: int | None, code: str) -> None:
    lead = replace(LEAD, complexity=complexity)
    assert code_of(judge("complexity", lead, min_complexity=2, max_complexity=4)) == code


@pytest.mark.parametrize(
    ("span", "code"),
    [(("2026-03-02", "2026-03-02"), "ABSENT"), (("2026-02-20", "2026-03-01"), ""), (("2026-03-03", "2026-03-09"), "")],
)
def test_absent_partner_gets_nothing_on_those_days(span: tuple[str, str], code: str) -> None:
    assert code_of(judge("present", absent=(span,))) == code


def test_partner_gets_no_customer_that_it_excludes_and_the_reason_names_nobody() -> None:
    verdict = judge("exclusion", partner=replace(PARTNER, excludes_customer=True))
    assert verdict == Excluded("EXCLUDED_CUSTOMER", "free", "excluded")


@pytest.mark.parametrize("rule", ["response", "rating"])
def test_better_record_earns_more(rule: str) -> None:
    low = judge(rule, partner=replace(PARTNER, response_milli=300, rating_milli=300))
    assert points_of(judge(rule, partner=PARTNER)) > points_of(low) > 0


def test_middle_of_the_size_band_earns_more_than_its_ends() -> None:
    middle, end = replace(LEAD, employees=31), replace(LEAD, employees=99)
    assert points_of(judge("size", middle)) > points_of(judge("size", end)) > 0


def test_partner_that_had_the_lead_does_not_get_it_again() -> None:
    verdict = judge("not_declined_before", partner=replace(PARTNER, had_this_lead="timed_out"))
    assert verdict == Excluded("HAD_IT_BEFORE", "new", "timed_out")


@pytest.mark.parametrize(
    ("rule", "lead"),
    [
        ("language", replace(LEAD, language="")),
        ("solution", replace(LEAD, solution="")),
        ("size", replace(LEAD, employees=None)),
        ("region", replace(LEAD, canton="", postcode="")),
    ],
)
def test_what_the_call_did_not_bring_out_excludes_nobody_and_earns_nothing(rule: str, lead: LeadFacts) -> None:
    assert points_of(judge(rule, lead)) == 0


def test_further_solutions_that_a_partner_covers_earn_points_and_exclude_nobody() -> None:
    wanted = replace(LEAD, further_solutions=("crm", "cloud"))
    points = [
        points_of(judge("solution", wanted, solutions=own, levels=(3,)))
        for own in (("erp",), ("erp", "crm"), ("erp", "crm", "cloud"))
    ]
    assert points == sorted(set(points))
    assert points[-1] == RULES["solution"].MAX_POINTS


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        ({}, "NOT_LIVE"),
        ({"takes_live_calls": True}, "NOT_LIVE"),  # and no number to call
        ({"takes_live_calls": True, "live_number": "+41446681900"}, ""),
        ({"takes_live_calls": True, "live_number": "+41446681900", "live_hours": "14:00-17:00"}, "CLOSED_NOW"),
        ({"takes_live_calls": True, "live_number": "+41446681900", "closed_days": ("2026-03-02",)}, "CLOSED_NOW"),
    ],
)
def test_customer_on_the_line_needs_somebody_who_takes_live_calls_now(profile: dict[str, Any], code: str) -> None:
    assert code_of(judge("live", replace(LEAD, live_hours="08:00-12:00"), **profile)) == code
    assert code_of(judge("live", **profile)) == ""  # of other leads it asks nothing


def test_distance_is_that_of_the_haversine_formula_to_the_kilometre() -> None:
    places = [those[0] for those in list(all_places().values())[::67]]
    assert len(places) > 40
    for one in places:
        for other in places:
            north, east = radians(other.latitude - one.latitude) / 2, radians(other.longitude - one.longitude) / 2
            across = cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east) ** 2
            expected = round(2 * 6371.0 * asin(sqrt(sin(north) ** 2 + across)))
            assert km_between(one.postcode, other.postcode) == expected
