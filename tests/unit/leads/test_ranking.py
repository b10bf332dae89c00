"""The decision: hard rules, relation, turn, points, tie-break."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leads.facts import LeadFacts, PartnerFacts, Policy, Profile, RelationFacts
from leads.ranking import RELATION, TURN, Inputs, decide, share_out
from tests.unit.leads.lead_strategies import lead_facts, partners, relations

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = LeadFacts("lead_1", "de", solution="erp", postcode="8005", canton="ZH", employees=40)
PROFILE = Profile("", True, ("de",), ("ZH",), (), ("erp",), None, None, 10)


def partner(name: str, changes: dict[str, Any] | None = None, **counts: Any) -> PartnerFacts:
    return PartnerFacts(f"partner_{name}", 1, replace(PROFILE, name=name, **(changes or {})), **counts)


def inputs(*those: PartnerFacts, lead: LeadFacts = LEAD, related: tuple[RelationFacts, ...] = ()) -> Inputs:
    return Inputs(lead, those, related, Policy(), NOW)


def relation(name: str, known_by: str = "uid") -> RelationFacts:
    return RelationFacts(f"partner_{name}", known_by, "running contract", "2025-01-01")


def test_partner_that_a_hard_rule_excludes_is_not_chosen_however_owed() -> None:
    owed = partner("a", {"languages": ("fr",)}, entitled_milli=50_000)
    assert decide(inputs(owed, partner("b", received_milli=9_000))).partner_id == "partner_b"


def test_nobody_is_chosen_when_nobody_fits() -> None:
    decision = decide(inputs(partner("a", {"is_active": False})))
    assert (decision.partner_id, decision.basis) == ("", "")
    assert [exclusion.code for exclusion in decision.candidates[0].exclusions] == ["NOT_ACTIVE"]


def test_partner_with_a_relation_goes_before_the_one_whose_turn_it_is() -> None:
    incumbent = partner("b", received_milli=30_000, entitled_milli=1_000)
    decision = decide(inputs(partner("a", entitled_milli=20_000), incumbent, related=(relation("b"),)))
    assert (decision.partner_id, decision.basis) == ("partner_b", RELATION)


def test_partner_that_the_contact_names_goes_before_another_relation() -> None:
    lead = replace(LEAD, names_partner="Bär S.A.")
    named = replace(partner("b"), profile=replace(PROFILE, name="BAER SA"))
    decision = decide(inputs(partner("a"), named, lead=lead, related=(relation("a"),)))
    assert decision.partner_id == "partner_b"
    assert [incumbent.verdict for incumbent in decision.incumbents] == ["chosen", "next_in_line"]


def test_excluded_incumbent_is_recorded_with_the_reason_and_the_next_relation_is_honoured() -> None:
    full = partner("a", taken_in_window=10)
    decision = decide(inputs(full, partner("b"), partner("c"), related=(relation("a"), relation("c"))))
    assert decision.partner_id == "partner_c"
    first = decision.incumbents[0]
    assert (first.partner_id, first.verdict, first.excluded_by[0].code) == ("partner_a", "excluded", "NO_ROOM")


def test_named_partner_that_we_do_not_know_is_noted() -> None:
    decision = decide(inputs(partner("a"), lead=replace(LEAD, names_partner="Somebody AG")))
    assert decision.unknown_partner_named
    assert decision.basis == TURN


def test_lowest_received_over_entitled_has_the_turn() -> None:
    ahead = partner("a", received_milli=4_000, entitled_milli=3_000)
    behind = partner("b", received_milli=5_000, entitled_milli=6_000)
    assert decide(inputs(ahead, behind)).partner_id == "partner_b"


def test_better_fit_decides_between_equal_turns() -> None:
    narrow = partner("b", {"min_employees": 10, "max_employees": 99})
    assert decide(inputs(partner("a"), narrow)).partner_id == "partner_b"


def test_full_ties_fall_on_each_partner_for_some_leads_and_always_the_same_for_one() -> None:
    three = (partner("a"), partner("b"), partner("c"))
    leads = [replace(LEAD, lead_id=f"lead_{number}") for number in range(60)]
    chosen = [decide(inputs(*three, lead=lead)).partner_id for lead in leads]
    assert set(chosen) == {"partner_a", "partner_b", "partner_c"}
    assert chosen == [decide(inputs(*reversed(three), lead=lead)).partner_id for lead in leads]


def test_turns_follow_capacity_over_many_leads() -> None:
    counts = {name: [0, 0] for name in ("a", "b", "c")}
    capacity = {"a": 100, "b": 200, "c": 700}
    for number in range(500):
        those = tuple(
            partner(name, {"weekly_capacity": capacity[name]}, received_milli=received, entitled_milli=entitled)
            for name, (received, entitled) in counts.items()
        )
        decision = decide(inputs(*those, lead=replace(LEAD, lead_id=f"lead_{number}")))
        for candidate in decision.candidates:
            counts[candidate.partner_id.removeprefix("partner_")][1] += candidate.share_milli
        counts[decision.partner_id.removeprefix("partner_")][0] += 1000
    assert {name: received // 1000 for name, (received, _) in counts.items()} == {"a": 50, "b": 100, "c": 350}


@given(lead=lead_facts(), those=partners(), related=relations(), seed=st.integers(0, 1000))
def test_decision_is_sound_and_does_not_depend_on_the_order_of_partners(
    lead: LeadFacts, those: tuple[PartnerFacts, ...], related: tuple[RelationFacts, ...], seed: int
) -> None:
    asked = Inputs(lead, those, related, Policy(), NOW)
    decision = decide(asked)
    shuffled = list(those)
    random.Random(seed).shuffle(shuffled)
    again = decide(replace(asked, partners=tuple(shuffled)))
    assert json.dumps(again.to_json(), sort_keys=True) == json.dumps(decision.to_json(), sort_keys=True)

    fitting = {candidate.partner_id for candidate in decision.candidates if candidate.fits}
    assert (decision.partner_id in fitting) if fitting else decision.partner_id == ""
    assert len(decision.candidates) == len(those)
    assert sum(candidate.share_milli for candidate in decision.candidates) == (1000 if fitting else 0)
    incumbents = {incumbent.partner_id for incumbent in decision.incumbents}
    if incumbents & fitting:
        assert decision.partner_id in incumbents
    for candidate in decision.candidates:
        assert candidate.fits == (not candidate.exclusions)
        assert 0 <= candidate.points <= 1000


@given(st.dictionaries(st.text(max_size=4), st.integers(1, 1000), min_size=1, max_size=50))
def test_shares_sum_to_one_lead_and_follow_the_weights(weights: dict[str, int]) -> None:
    shares = share_out(weights, "lead_1")
    assert sum(shares.values()) == 1000
    for name, share in shares.items():
        assert abs(share - 1000 * weights[name] / sum(weights.values())) < 1
