"""Entitlements, prices and the best that could have been done."""

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.optimum import best_points
from leads.yardstick import PastLead, Terms, entitlements, jain_index, learn

NAMES = ("a", "b", "c")


def test_lead_is_shared_by_weight_among_those_whom_the_rules_admit() -> None:
    terms = {"a": Terms(10, 1), "b": Terms(10, 3), "c": Terms(10, 5)}
    assert entitlements([PastLead("w", {"a": 500, "b": 900})], terms) == {"a": 0.25, "b": 0.75, "c": 0.0}


def test_nobody_is_entitled_to_more_than_it_has_room_for_and_the_rest_passes_on() -> None:
    terms = {"a": Terms(2, 9), "b": Terms(50, 1)}
    shares = entitlements([PastLead("w", {"a": 1, "b": 1})] * 10, terms)
    assert abs(shares["a"] - 2) < 0.01
    assert abs(shares["b"] - 8) < 0.01


def test_leads_that_a_relation_bound_entitle_nobody_and_take_room() -> None:
    terms = {"a": Terms(1, 1), "b": Terms(5, 1)}
    leads = [PastLead("w", {"a": 1, "b": 1}, bound_to="a"), PastLead("w", {"a": 1, "b": 1})]
    assert entitlements(leads, terms) == {"a": 0.0, "b": 1.0}


def test_scarce_room_costs_and_an_owed_share_pays() -> None:
    wanted_by_all = [PastLead("w", {"a": 900, "b": 500}) for _ in range(20)]
    lessons = learn(wanted_by_all, {"a": Terms(10, 1), "b": Terms(30, 1)}, floor=0.0)
    assert lessons["a"].price_milli > 200
    roomy = learn(wanted_by_all, {"a": Terms(30, 1), "b": Terms(30, 1)}, floor=0.95)
    assert roomy["b"].price_milli - roomy["a"].price_milli < -200


def test_evenness_is_one_for_equal_shares_and_one_nth_when_one_has_all() -> None:
    assert jain_index([2.0, 2.0, 2.0]) == 1.0
    assert abs(jain_index([3.0, 0.0, 0.0]) - 1 / 3) < 1e-12


def past_leads() -> st.SearchStrategy[list[PastLead]]:
    points = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 1000), min_size=1)
    return st.lists(
        st.builds(PastLead, period=st.sampled_from(("1", "2")), points=points, bound_to=st.sampled_from(("", "", "a"))),
        max_size=6,
    )


@settings(max_examples=150)
@given(past_leads(), st.fixed_dictionaries({name: st.integers(0, 2) for name in NAMES}))
def test_best_is_what_trying_everything_finds(leads: list[PastLead], capacity: dict[str, int]) -> None:
    best = 0
    for chosen in product(("", *NAMES), repeat=len(leads)):
        used = Counter((lead.period, name) for lead, name in zip(leads, chosen, strict=True) if name)
        if all(count <= capacity[name] for (_, name), count in used.items()):
            best = max(best, sum(lead.points.get(name, 0) for lead, name in zip(leads, chosen, strict=True)))
    assert best_points(leads, capacity) == best


@given(past_leads())
def test_keeping_relations_never_beats_being_free(leads: list[PastLead]) -> None:
    roomy = dict.fromkeys(NAMES, 6)
    assert best_points(leads, roomy, keep_relations=True) <= best_points(leads, roomy)
