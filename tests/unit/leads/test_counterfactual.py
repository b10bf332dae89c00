"""What would have changed a decision: one value at a time, by the choice itself."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leads.counterfactual import ALL_OF_THEM, MENDS, MORE_POINTS, WhatIf, what_if
from leads.facts import LeadFacts, PartnerFacts
from leads.pseudonyms import pseudonym
from leads.ranking import Inputs, choose, judge_all
from leads.verdicts import Excluded
from tests.unit.leads.lead_strategies import lead_facts, partners
from tests.unit.leads.test_ranking import LEAD, inputs, partner, relation


def found(asked: Inputs, name: str) -> dict[str, WhatIf]:
    return {one.change: one for one in what_if(asked, f"partner_{name}")}


def test_partner_without_the_language_learns_its_place_with_it() -> None:
    asked = inputs(partner("a", price_milli=-50), partner("b", {"languages": ("fr",)}), partner("c", price_milli=50))
    assert what_if(asked, "partner_b") == (WhatIf("LANGUAGE", "de", 2, gets_it=False),)


def test_partner_that_several_rules_exclude_learns_that_one_alone_would_not_have_helped() -> None:
    asked = inputs(partner("a", price_milli=900), partner("b", {"languages": ("fr",), "cantons": ("GE",)}))
    changes = found(asked, "b")
    assert (changes["LANGUAGE"].place, changes["REGION"].place) == (0, 0)
    assert changes[ALL_OF_THEM].gets_it
    assert changes["REGION"].value == "ZH"


def test_partner_that_was_second_learns_how_many_points_it_lacked() -> None:
    asked = inputs(partner("a"), partner("b", price_milli=4))
    more = found(asked, "b")[MORE_POINTS]
    assert (more.value, more.place, more.gets_it) == ("5", 1, True)


def test_partner_that_is_ahead_of_its_share_learns_that_this_was_it() -> None:
    asked = inputs(partner("a", price_milli=1), partner("b", credit_milli=-2_000, weekly_milli=1_000))
    assert found(asked, "b")["settled_credit"].value == "0"


def test_a_claim_is_told_as_one_that_nothing_would_have_changed() -> None:
    asked = inputs(partner("a"), partner("b", {"languages": ("fr",)}), related=(relation("a"),))
    (language,) = what_if(asked, "partner_b")
    assert not language.gets_it


def test_size_is_told_as_a_band_and_not_as_the_customers_own() -> None:
    lead = replace(LEAD, employees=37)
    asked = inputs(partner("a"), partner("b", {"min_employees": 100}), lead=lead)
    assert found(asked, "b")["TOO_SMALL"].value == "≥ 10"


def test_who_got_the_lead_and_who_was_no_candidate_are_told_nothing() -> None:
    asked = inputs(partner("a"))
    assert what_if(asked, "partner_a") == what_if(asked, "partner_z") == ()


@given(lead_facts(), partners())
def test_each_change_lets_its_rule_pass_and_all_of_them_give_a_place(
    lead: LeadFacts, those: tuple[PartnerFacts, ...]
) -> None:
    asked = inputs(*those, lead=replace(lead, has_origin=True))
    for one in those[:3]:
        codes = {verdict.code for verdict in judge_all(asked, one).values() if isinstance(verdict, Excluded)}
        changes = {change.change: change for change in what_if(asked, one.partner_id)}
        for code in codes & set(MENDS):
            mended, _ = MENDS[code](asked.lead, one)
            left = {verdict.code for verdict in judge_all(asked, mended).values() if isinstance(verdict, Excluded)}
            assert left <= codes - {code}
        if ALL_OF_THEM in changes:
            assert changes[ALL_OF_THEM].place > 0


@given(lead_facts(), partners())
def test_with_the_points_it_lacked_the_second_would_have_been_first(
    lead: LeadFacts, those: tuple[PartnerFacts, ...]
) -> None:
    asked = inputs(*those, lead=replace(lead, wish="", names_partner="", has_origin=True))
    choice = choose(asked)
    for name, _ in choice.ranked[1:]:
        more = next(one for one in what_if(asked, name) if one.change == MORE_POINTS)
        assert (more.place, more.gets_it) == (1, True)


@given(st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=20, unique=True))
def test_pseudonyms_differ_by_viewer_month_partner_and_key(names: list[str]) -> None:
    viewer, *others = names
    seen = [pseudonym(b"key", "2026-03", viewer, name) for name in others]
    assert len(set(seen)) == len(others)
    assert seen == [pseudonym(b"key", "2026-03", viewer, name) for name in others]
    for other in others:
        mine = pseudonym(b"key", "2026-03", viewer, other)
        assert mine != pseudonym(b"key", "2026-04", viewer, other)
        assert mine != pseudonym(b"key", "2026-03", other, viewer)
        assert mine != pseudonym(b"other", "2026-03", viewer, other)
