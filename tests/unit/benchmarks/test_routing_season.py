"""The routing benchmark measures what it says: small seasons with known answers."""

import json
from dataclasses import replace

import pytest

from benchmarks.routing.__main__ import PRODUCT, main
from benchmarks.routing.measures import optima_of, score
from benchmarks.routing.people import claimants, hoarders, sham_branches
from benchmarks.routing.play import Course, play
from benchmarks.routing.world import ComingLead, World, draw_world, points_of
from leads.facts import Policy, Profile

PROFILE = Profile("A", True, ("de", "fr", "it"), (), (), ("erp", "crm", "collaboration"), None, None, 8)
TWO = (PROFILE, replace(PROFILE, name="B", solutions=("erp", "security", "cloud", "infrastructure")))
WORLD = draw_world(1, 120, 2, TWO)


def test_season_keeps_every_promise_and_no_assignment_beats_the_optimum() -> None:
    optima = optima_of(WORLD)
    found = score(WORLD, play(WORLD, Policy()), optima)
    assert (found.ineligible, found.broken, found.routed) == (0, 0, 1.0)
    assert 0 < found.of_free <= found.of_promised <= 1
    assert optima.promised <= optima.free


def test_points_are_those_of_the_product_and_leave_room_aside() -> None:
    full = [replace(one, taken=99) for one in WORLD.partners]
    assert all(points_of(lead, full) == points for lead, points in zip(WORLD.leads, WORLD.points, strict=True))


def test_lead_given_to_a_partner_that_the_rules_exclude_is_counted() -> None:
    wrong = [
        next((one.partner_id for one in WORLD.partners if one.partner_id not in points), "") for points in WORLD.points
    ]
    found = score(WORLD, Course(wrong, [""] * len(wrong)), optima_of(WORLD))
    assert found.ineligible == sum(map(bool, wrong)) > 0
    assert found.of_free == 0


def test_owner_that_splits_up_gets_no_more_than_before() -> None:
    def received(world: World, course: Course) -> int:
        owned = {one.partner_id for one in world.partners if one.profile.owner}
        return sum(name in owned for name in course.given)

    split, answer = sham_branches(WORLD, 1)
    holder = next(one.partner_id for one in split.partners if one.profile.owner)
    before = play(WORLD, Policy()).given.count(holder)
    assert abs(received(split, play(split, Policy(), answer)) - before) <= 6


def test_declined_lead_goes_to_the_other_partner() -> None:
    def only_second(lead: ComingLead, partner_id: str, points: int) -> str:
        return "accepted" if partner_id == "partner_001" else "declined"

    assert set(play(WORLD, Policy(), only_second).given) == {"partner_001", ""}


def test_false_claims_and_hoarded_registrations_break_no_promise_and_are_found_out() -> None:
    for trouble in (claimants, hoarders):
        troubled, answer = trouble(draw_world(2, 90, 8), 1)
        found = score(troubled, play(troubled, Policy(), answer), optima_of(troubled))
        assert (found.ineligible, found.broken) == (0, 0)
    claimed, _ = claimants(draw_world(2, 600, 8), 1)
    own = [number for number, lead in enumerate(claimed.leads) if any(one.kind == "past" for one in lead.relations)]
    assert 0 < len(own) < 60


def test_benchmark_plays_with_the_partners_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "1", "--leads", "40", "--partners", "examples/partners.csv", "--json"]) == 0
    assert PRODUCT in json.loads(capsys.readouterr().out)
