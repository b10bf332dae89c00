"""The policy lab: a policy against itself changes nothing, and a change is carried on from lead to lead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from foundation.errors import Invalid
from leads.facts import PartnerFacts, Policy
from leads.lab import Refusal, Trial, try_policy
from leads.policy_dials import SCORING, turned
from leads.ranking import Inputs, choose
from leads.yardstick import Terms
from tests.unit.leads.test_ranking import LEAD, inputs, partner, relation

TERMS = {"partner_near": Terms(10, 10), "partner_able": Terms(10, 10)}
NEAR = partner("near", {"home_postcode": "8005", "levels": (1,)})
ABLE = partner("able", {"home_postcode": "8400", "levels": (3,)})


def past(count: int, *those: PartnerFacts) -> list[Inputs]:
    asked = inputs(*(those or (NEAR, ABLE)))
    return [
        replace(asked, lead=replace(LEAD, lead_id=f"lead_{number}"), now=asked.now + timedelta(minutes=number))
        for number in range(count)
    ]


def received(trial: Trial) -> dict[str, tuple[int, int]]:
    return {one.holder: (one.before, one.after) for one in trial.effects}


def near_counts() -> Policy:
    points = SCORING | {"solution": 50, "region": 500}
    return turned(Policy(), {}, points)


def test_policy_against_itself_changes_nothing() -> None:
    trial = try_policy(past(6), TERMS, Policy())
    assert (trial.leads, trial.changed) == (6, 0)
    assert trial.before == trial.after


def test_other_points_move_leads_and_the_room_and_credit_that_go_with_them() -> None:
    asked = past(12)
    assert choose(asked[0]).partner_id == "partner_able"
    trial = try_policy(asked, TERMS, near_counts())
    assert trial.changed > 0
    before, after = received(trial)["partner_near"]
    assert before == 0 < after <= 10  # what it has room for in a week
    assert after + received(trial)["partner_able"][1] == 12


def test_leads_that_a_relation_bound_stay_where_they_were() -> None:
    asked = [replace(one, relations=(relation("able"),)) for one in past(4)]
    assert try_policy(asked, TERMS, near_counts()).changed == 0


def test_lead_goes_on_from_whoever_declined_it_in_fact_under_either_policy() -> None:
    refused = {"lead_0": {"partner_able": Refusal("declined", 0)}}
    trial = try_policy(past(1), TERMS, Policy(), refused)
    assert (received(trial), trial.followed, trial.changed) == (
        {"partner_able": (0, 0), "partner_near": (1, 1)},
        (1, 1),
        0,
    )
    other = try_policy(past(1), TERMS, near_counts(), refused)
    assert (received(other)["partner_near"], other.followed) == ((1, 1), (1, 0))


def test_lead_that_all_let_go_as_far_as_the_policy_asks_finds_nobody() -> None:
    both = dict.fromkeys(("partner_able", "partner_near"), Refusal("timed_out", 500))
    trial = try_policy(past(1), TERMS, Policy(), {"lead_0": both})
    assert (trial.before.routed, trial.after.routed) == (0, 0)
    able = {"lead_0": {"partner_able": Refusal("timed_out", 500)}}
    only_one_is_asked = try_policy(past(1), TERMS, turned(Policy(), {"max_offers": 1}, {}), able)
    assert (only_one_is_asked.before.routed, only_one_is_asked.after.routed) == (1, 0)


@pytest.mark.parametrize(("cost", "of_near"), [(0, 2), (8000, 1)])
def test_who_is_not_asked_does_not_pay_for_letting_a_lead_lapse(cost: int, of_near: int) -> None:
    lapsed = {"lead_0": {"partner_able": Refusal("timed_out", cost)}}
    near_and_credit = turned(Policy(), {"credit_points_a_week": 500}, SCORING | {"solution": 50, "region": 500})
    trial = try_policy(past(2), TERMS, near_and_credit, lapsed)
    assert (trial.followed, received(trial)["partner_near"][1]) == ((1, 0), of_near)


def test_more_weight_on_credit_moves_a_lead_to_whoever_is_owed() -> None:
    asked = past(1, NEAR, replace(ABLE, credit_milli=-900))
    asked = [replace(one, partners=(replace(NEAR, credit_milli=900), one.partners[1])) for one in asked]
    light, heavy = (turned(Policy(), {"credit_points_a_week": weight}, {}) for weight in (0, 500))
    assert received(try_policy(asked, TERMS, light))["partner_near"][1] == 0
    assert received(try_policy(asked, TERMS, heavy))["partner_near"][1] == 1


@pytest.mark.parametrize(
    ("dials", "points"),
    [
        ({"credit_points_a_week": 501}, {}),
        ({"max_offers": 0}, {}),
        ({"no_such_dial": 1}, {}),
        ({}, SCORING | {"solution": 351}),
        ({}, {"solution": 1000}),
    ],
)
def test_dials_out_of_bounds_are_refused(dials: dict[str, int], points: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        turned(Policy(), dials, points)


def test_points_as_they_are_leave_the_policy_what_it_is() -> None:
    assert turned(Policy(), {}, dict(SCORING)).mark == Policy().mark
    changed = near_counts()
    assert changed.mark != Policy().mark
    assert Policy.from_json(changed.to_json()) == changed
