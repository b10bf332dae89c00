"""What every routing rule keeps to, also one that is added tomorrow."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

import leads.rules
from leads.facts import LeadFacts, PartnerFacts
from leads.rules import RULES, SCALES, SIEVES
from leads.verdicts import OUT, Excluded, Fits
from tests.unit.leads.lead_strategies import lead_facts, partner_facts

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_every_file_in_the_folder_is_a_rule() -> None:
    files = {path.stem for path in Path(leads.rules.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(RULES) == files


def test_all_points_together_make_a_thousand() -> None:
    assert sum(rule.MAX_POINTS for rule in RULES.values()) == 1000


def test_no_two_rules_share_a_code() -> None:
    codes = [code for rule in RULES.values() for code in rule.CODES]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", sorted(SIEVES))
@given(lead=lead_facts(), partner=partner_facts())
def test_sieve_never_shuts_out_whom_its_rule_admits_and_without_points_is_as_strict(
    name: str, lead: LeadFacts, partner: PartnerFacts
) -> None:
    asked = SIEVES[name].asked(lead)
    is_open = not asked or asked in set(SIEVES[name].offered(partner.profile))
    is_admitted = isinstance(RULES[name].judge(lead, partner, NOW), Fits)
    assert is_open or not is_admitted
    if RULES[name].MAX_POINTS == 0:
        assert is_open == is_admitted


@pytest.mark.parametrize("name", sorted(SCALES))
@given(lead=lead_facts(), partner=partner_facts())
def test_scale_says_in_numbers_what_its_rule_says_in_verdicts(
    name: str, lead: LeadFacts, partner: PartnerFacts
) -> None:
    verdict = RULES[name].judge(lead, partner, NOW)
    expected = verdict.points if isinstance(verdict, Fits) else OUT
    scale = SCALES[name].scale(SCALES[name].turns_on(lead, NOW))
    assert scale(getattr(partner, SCALES[name].RESTS_ON)) == expected


@pytest.mark.parametrize("name", sorted(RULES))
@given(lead=lead_facts(), partner=partner_facts())
def test_verdict_is_within_the_rules_own_bounds_and_comes_out_the_same_twice(
    name: str, lead: LeadFacts, partner: PartnerFacts
) -> None:
    rule = RULES[name]
    verdict = rule.judge(lead, partner, NOW)
    assert verdict == rule.judge(lead, partner, NOW)
    if isinstance(verdict, Fits):
        assert 0 <= verdict.points <= rule.MAX_POINTS
        assert verdict.why
    else:
        assert isinstance(verdict, Excluded)
        assert verdict.code in rule.CODES
        assert verdict.wanted
