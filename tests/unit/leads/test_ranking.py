"""The choice: lawful origin, protection, wish, relation, worth, tie-break; and everybody's reasons."""

import hmac
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.explanation import explain
from leads.facts import LeadFacts, PartnerFacts, Policy, Profile, ProtectionFacts, RelationFacts
from leads.kept_inputs import digest_of, pack, read, unpack, written
from leads.ranking import (
    NO_RECEIPT,
    NOBODY_LIVE,
    PROTECTED,
    PROTECTION,
    RELATION,
    TURN,
    WISH,
    Inputs,
    choose,
    share_out,
    tie_break,
)
from leads.roster import Roster
from leads.worth import start_of_week, week_gone_milli, worth_of
from tests.unit.leads.lead_strategies import lead_facts, partners, protections, relations

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = LeadFacts("lead_1", "de", solution="erp", postcode="8005", canton="ZH", employees=40)
PROFILE = Profile("", True, ("de",), ("ZH",), (), ("erp",), None, None, 10)


def partner(name: str, changes: dict[str, Any] | None = None, **counts: Any) -> PartnerFacts:
    return PartnerFacts(f"partner_{name}", 1, replace(PROFILE, name=name, **(changes or {})), **counts)


def inputs(*those: PartnerFacts, lead: LeadFacts = LEAD, related: tuple[RelationFacts, ...] = ()) -> Inputs:
    return Inputs(lead, those, related, Policy(), NOW, seed="seed")


def relation(name: str, known_by: str = "uid") -> RelationFacts:
    return RelationFacts(f"partner_{name}", known_by, "running contract", "2025-01-01")


def test_partner_that_a_hard_rule_excludes_is_not_chosen_however_owed() -> None:
    owed = partner("a", {"languages": ("fr",)}, credit_milli=50_000)
    assert choose(inputs(owed, partner("b", credit_milli=-9_000))).partner_id == "partner_b"


LIVE = {"takes_live_calls": True, "live_number": "+41446681900", "live_hours": "00:00-24:00"}
ON_THE_LINE = replace(LEAD, live_hours="08:00-12:00 13:00-17:00")


def test_who_takes_no_live_call_is_passed_over_on_the_phone_and_keeps_its_share() -> None:
    choice = choose(inputs(partner("a", credit_milli=9_000), partner("b", LIVE), lead=ON_THE_LINE))
    assert (choice.partner_id, choice.basis) == ("partner_b", TURN)
    assert dict(choice.shares) == {"partner_a": 500, "partner_b": 500}
    assert choice.shares == choose(inputs(partner("a", credit_milli=9_000), partner("b", LIVE))).shares


@pytest.mark.parametrize("had", ["", "timed_out", "declined"])
def test_nobody_else_is_put_through_to_the_customer_of_a_partner_that_takes_no_call_now(had: str) -> None:
    own = partner("a", LIVE if had else None, had_this_lead=had)
    choice = choose(inputs(own, partner("b", LIVE), lead=ON_THE_LINE, related=(relation("a"),)))
    assert (choice.partner_id, choice.human_reason) == ("", NOBODY_LIVE)


def test_partner_of_the_customer_that_could_not_have_the_lead_anyway_holds_up_nobody() -> None:
    own = partner("a", {"languages": ("fr",)})
    choice = choose(inputs(own, partner("b", LIVE), lead=ON_THE_LINE, related=(relation("a"),)))
    assert (choice.partner_id, choice.basis) == ("partner_b", TURN)
    taken = choose(inputs(partner("a", LIVE), partner("b", LIVE), lead=ON_THE_LINE, related=(relation("a"),)))
    assert (taken.partner_id, taken.basis) == ("partner_a", RELATION)


def test_decision_about_a_customer_on_the_line_replays_to_the_same_bytes_and_others_are_written_as_before() -> None:
    asked = inputs(partner("a", LIVE), partner("b"), lead=ON_THE_LINE)
    roster = Roster([(one.partner_id, 1) for one in asked.partners], [one.profile for one in asked.partners])
    again = read(unpack(pack(written(asked))), roster, asked.policy)
    assert digest_of(written(again), choose(again)) == digest_of(written(asked), choose(asked))
    assert "live_hours" not in LEAD.to_json()


def test_nobody_is_chosen_when_nobody_fits() -> None:
    asked = inputs(partner("a", {"is_active": False}))
    choice = choose(asked)
    assert (choice.partner_id, choice.basis, choice.human_reason) == ("", "", "NO_PARTNER_FITS")
    assert [exclusion.code for exclusion in explain(asked).candidates[0].exclusions] == ["NOT_ACTIVE"]


def test_lead_without_a_lawful_origin_goes_to_nobody_not_even_to_the_partner_of_a_protection() -> None:
    asked = inputs(partner("a"), lead=replace(LEAD, has_origin=False), related=(relation("a"),))
    choice = choose(replace(asked, protections=(ProtectionFacts("partner_a", "2026-05-31"),)))
    assert (choice.partner_id, choice.human_reason) == ("", NO_RECEIPT)


def test_protected_customer_goes_to_its_partner_before_wish_and_relation() -> None:
    lead = replace(LEAD, wish="a")
    asked = inputs(partner("a"), partner("b"), lead=lead, related=(relation("a"),))
    choice = choose(replace(asked, protections=(ProtectionFacts("partner_b", "2026-05-31"),)))
    assert (choice.partner_id, choice.basis, choice.shares) == ("partner_b", PROTECTION, ())


def test_protected_customer_of_a_partner_that_cannot_have_it_goes_to_nobody_else() -> None:
    asked = inputs(partner("a"), partner("b", {"solutions": ("crm",)}))
    choice = choose(replace(asked, protections=(ProtectionFacts("partner_b", "2026-05-31"),)))
    assert (choice.partner_id, choice.human_reason) == ("", PROTECTED)
    assert choice.incumbents[0].excluded_by[0].code == "SOLUTION"


def test_customers_wish_goes_before_a_relation_where_the_rules_admit_it() -> None:
    asked = inputs(partner("a"), partner("b"), lead=replace(LEAD, wish="B AG"), related=(relation("a"),))
    assert (choose(asked).partner_id, choose(asked).basis) == ("partner_b", WISH)
    full = inputs(partner("a"), partner("b", taken=10), lead=replace(LEAD, wish="B AG"), related=(relation("a"),))
    assert (choose(full).partner_id, choose(full).basis) == ("partner_a", RELATION)
    assert choose(full).incumbents[0].verdict == "excluded"


def test_partner_with_a_relation_goes_before_the_one_that_is_owed_most() -> None:
    choice = choose(
        inputs(partner("a", credit_milli=20_000), partner("b", credit_milli=-9_000), related=(relation("b"),))
    )
    assert (choice.partner_id, choice.basis) == ("partner_b", RELATION)


def test_partner_that_the_contact_names_goes_before_another_relation() -> None:
    lead = replace(LEAD, names_partner="Bär S.A.")
    named = replace(partner("b"), profile=replace(PROFILE, name="BAER SA"))
    choice = choose(inputs(partner("a"), named, lead=lead, related=(relation("a"),)))
    assert choice.partner_id == "partner_b"
    assert [incumbent.verdict for incumbent in choice.incumbents] == ["chosen", "next_in_line"]


def test_excluded_incumbent_is_recorded_with_the_reason_and_the_next_relation_is_honoured() -> None:
    full = partner("a", taken=10)
    choice = choose(inputs(full, partner("b"), partner("c"), related=(relation("a"), relation("c"))))
    assert choice.partner_id == "partner_c"
    first = choice.incumbents[0]
    assert (first.partner_id, first.verdict, first.excluded_by[0].code) == ("partner_a", "excluded", "NO_ROOM")


def test_named_partner_that_we_do_not_know_is_noted() -> None:
    choice = choose(inputs(partner("a"), lead=replace(LEAD, names_partner="Somebody AG")))
    assert choice.unknown_partner_named
    assert choice.basis == TURN


@pytest.mark.parametrize(
    "better",
    [
        partner("b", {"min_employees": 10, "max_employees": 160}),
        partner("b", credit_milli=2_000, weekly_milli=1_000),
        partner("b", price_milli=-100),
        partner("b", {"postcodes": ("80",)}),
        partner("b", response_milli=950),
    ],
    ids=["fit", "credit", "price", "near", "record"],
)
def test_greater_worth_decides(better: PartnerFacts) -> None:
    assert choose(inputs(partner("a"), better, partner("c"))).partner_id == "partner_b"


def test_week_that_is_fuller_than_it_is_old_loses_points() -> None:
    assert choose(inputs(partner("a", taken=9), partner("b", taken=1))).partner_id == "partner_b"
    friday_evening = NOW + timedelta(days=4, hours=8)
    assert week_gone_milli(friday_evening) == 1000
    assert worth_of(partner("a", taken=9), 800, Policy(), 1000).load_discount == 0
    assert worth_of(partner("a", taken=9), 800, Policy(), 0).load_discount == 36


def test_week_begins_on_monday_in_switzerland() -> None:
    sunday_night = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert start_of_week(sunday_night) == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert start_of_week(NOW) == start_of_week(sunday_night)


def test_credit_weighs_by_weeks_of_ones_own_entitlement_and_within_bounds() -> None:
    small, large = (
        partner("a", credit_milli=1_000, weekly_milli=700),
        partner("b", credit_milli=1_000, weekly_milli=9_700),
    )
    policy = Policy(credit_points_a_week=50, credit_steepness_milli=0, late_credit_milli=0, ahead_points_a_week=20)
    assert worth_of(small, 500, policy, 0).credit == 50
    assert worth_of(large, 500, policy, 0).credit == 5
    assert worth_of(partner("c", credit_milli=900_000), 500, policy, 0).credit == 400
    assert worth_of(partner("c", credit_milli=-900_000), 500, policy, 0).credit == -160


def test_a_little_that_is_owed_does_not_count_yet() -> None:
    policy = Policy(credit_points_a_week=100, credit_band_milli=200, credit_steepness_milli=0, late_credit_milli=0)
    owed = [partner("a", credit_milli=milli, weekly_milli=700) for milli in (200, 201, 700)]
    assert [worth_of(one, 500, policy, 0).credit for one in owed] == [0, 0, 50]


def test_much_that_is_owed_counts_more_than_by_its_weeks_and_the_more_the_later_in_the_week() -> None:
    policy = Policy(credit_points_a_week=100, credit_steepness_milli=500, late_credit_milli=500)
    half, two = (partner("a", credit_milli=milli, weekly_milli=700) for milli in (500, 2_000))
    assert [worth_of(half, 500, policy, gone).credit for gone in (0, 500, 1000)] == [18, 37, 56]
    assert [worth_of(two, 500, policy, gone).credit for gone in (0, 500, 1000)] == [150, 300, 450]


def test_room_that_would_stay_empty_earns_where_the_share_fills_every_week() -> None:
    policy = Policy(open_room_points=200)
    entitled_to_all, to_half = (partner("a", weekly_milli=milli, taken=2) for milli in (10_000, 5_000))
    assert worth_of(entitled_to_all, 500, policy, 100).open_room == 0
    assert worth_of(entitled_to_all, 500, policy, 700).open_room == 100
    assert worth_of(to_half, 500, policy, 700).open_room == 25
    assert worth_of(partner("a", weekly_milli=90_000), 500, policy, 1000).open_room == 200


def test_policy_of_before_the_later_dials_decides_and_is_marked_as_it_was() -> None:
    old = Policy(version="2", credit_points_a_week=50).to_json()
    later = ("credit_steepness_milli", "late_credit_milli", "ahead_points_a_week", "open_room_points")
    for name in later:
        del old[name]
    policy = Policy.from_json(old)
    assert policy.to_json() == old
    assert [getattr(policy, name) for name in ("credit_band_milli", *later)] == [0, 0, 0, 50, 0]
    assert worth_of(partner("c", credit_milli=-900_000), 500, policy, 1000).value == 500 - 400


def test_full_ties_fall_on_each_partner_for_some_leads_and_always_the_same_for_one() -> None:
    three = (partner("a"), partner("b"), partner("c"))
    leads = [replace(LEAD, lead_id=f"lead_{number}") for number in range(60)]
    chosen = [choose(inputs(*three, lead=lead)).partner_id for lead in leads]
    assert set(chosen) == {"partner_a", "partner_b", "partner_c"}
    assert chosen == [choose(inputs(*reversed(three), lead=lead)).partner_id for lead in leads]
    assert chosen != [choose(replace(inputs(*three, lead=lead), seed="other")).partner_id for lead in leads]


def test_partner_without_room_keeps_its_share_of_the_lead() -> None:
    choice = choose(inputs(partner("a", taken=10), partner("b")))
    assert choice.partner_id == "partner_b"
    assert dict(choice.shares) == {"partner_a": 500, "partner_b": 500}


def test_branches_of_one_owner_share_one_entitlement() -> None:
    branches = [partner(f"b{number}", {"owner": "Holding"}) for number in range(3)]
    choice = choose(inputs(partner("a"), *branches))
    assert sorted(share for _, share in choice.shares) == [500, 500]


def test_shares_follow_capacity_over_many_leads() -> None:
    capacity = {"partner_a": 100, "partner_b": 200, "partner_c": 700}
    credit, got = Counter[str](), Counter[str]()
    for number in range(500):
        those = [
            replace(
                partner(name.removeprefix("partner_"), {"weekly_capacity": room}),
                credit_milli=credit[name],
                weekly_milli=room * 100,
            )
            for name, room in capacity.items()
        ]
        choice = choose(inputs(*those, lead=replace(LEAD, lead_id=f"lead_{number}")))
        for name, share in choice.shares:
            credit[name] += share
        credit[choice.partner_id] -= 1000
        got[choice.partner_id] += 1
    for name, room in capacity.items():
        assert abs(got[name] - room / 2) < 10


def test_reasons_say_what_would_have_changed_it() -> None:
    those = (
        partner("a", {"postcodes": ("80",)}),
        partner("b"),
        partner("c", {"languages": ("fr",)}, credit_milli=9_000),
    )
    first, second, excluded = explain(inputs(*those)).candidates
    assert [one.partner_id for one in (first, second, excluded)] == ["partner_a", "partner_b", "partner_c"]
    assert (first.rank, second.rank, excluded.rank) == (1, 2, 0)
    assert second.short_by == first.worth.value - second.worth.value == 40
    assert excluded.would_rank == 1
    assert first.credit_after_milli == first.credit_before_milli + first.share_milli - 1000


@given(lead=lead_facts(), those=partners(), related=relations(), protected=protections(), seed=st.integers(0, 1000))
def test_choice_is_sound_and_does_not_depend_on_the_order_of_partners(
    lead: LeadFacts,
    those: tuple[PartnerFacts, ...],
    related: tuple[RelationFacts, ...],
    protected: tuple[ProtectionFacts, ...],
    seed: int,
) -> None:
    asked = Inputs(lead, those, related, Policy(), NOW, protected, str(seed))
    choice = choose(asked)
    shuffled = list(those)
    random.Random(seed).shuffle(shuffled)
    again = choose(replace(asked, partners=tuple(shuffled)))
    assert json.dumps(again.to_json(), sort_keys=True) == json.dumps(choice.to_json(), sort_keys=True)

    explained = explain(asked)
    fitting = [candidate.partner_id for candidate in explained.candidates if candidate.fits]
    assert choice.partner_id in {*fitting, ""}
    assert bool(choice.partner_id) != bool(choice.human_reason)
    if choice.basis == TURN:
        # Stopping at the first rule that excludes finds the same order as judging by all of them.
        assert [partner_id for partner_id, _ in choice.ranked] == fitting
        assert sum(share for _, share in choice.shares) == 1000
        assert not {incumbent.partner_id for incumbent in choice.incumbents} & set(fitting)
    if lead.has_origin and not protected and fitting:
        assert choice.partner_id
    for candidate in explained.candidates:
        assert candidate.fits == (not candidate.exclusions)
        assert 0 <= candidate.worth.points <= 1000


@given(lead=lead_facts(), those=partners(), related=relations(), protected=protections())
def test_inputs_come_back_from_keeping_as_they_were(
    lead: LeadFacts,
    those: tuple[PartnerFacts, ...],
    related: tuple[RelationFacts, ...],
    protected: tuple[ProtectionFacts, ...],
) -> None:
    asked = Inputs(lead, those, related, Policy(), NOW, protected, "seed")
    profiles = [Profile.from_json(json.loads(json.dumps(one.profile.to_json()))) for one in those]
    roster = Roster([(one.partner_id, one.revision) for one in those], profiles)
    again = read(unpack(pack(written(asked))), roster, Policy())
    assert again == asked
    assert digest_of(written(again), choose(again)) == digest_of(written(asked), choose(asked))


@given(st.dictionaries(st.text(max_size=4), st.integers(1, 1000), min_size=1, max_size=50))
def test_shares_sum_to_one_lead_and_follow_the_weights(weights: dict[str, int]) -> None:
    shares = share_out(weights, "seed", "lead_1")
    assert sum(shares.values()) == 1000
    for name, share in shares.items():
        assert abs(share - 1000 * weights[name] / sum(weights.values())) < 1


@given(seed=st.text(max_size=100), partner_id=st.text(max_size=40))
def test_ties_are_broken_by_an_hmac_that_anybody_can_check(seed: str, partner_id: str) -> None:
    expected = hmac.new(seed.encode(), f"lead_1|{partner_id}".encode(), "sha256")
    assert tie_break(seed, "lead_1", partner_id) == expected.hexdigest()
