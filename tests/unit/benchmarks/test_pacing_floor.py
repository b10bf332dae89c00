"""The simulated floor on which ways of pacing are compared."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from benchmarks.pacing.result import Goal, Result
from benchmarks.pacing.rivals import Vicidial
from dialer.forecast import steered
from dialer.forecast.floor import Day, Floor
from dialer.forecast.world import Break, World, read_world

HALF_AN_HOUR = replace(World(), hours=0.5)


def play(world: World, seed: str = "1") -> Day:
    return Floor(world, steered.progressive(), Random(seed)).run()


def test_same_seed_gives_the_same_day() -> None:
    assert play(HALF_AN_HOUR) == play(HALF_AN_HOUR)
    assert play(HALF_AN_HOUR) != play(HALF_AN_HOUR, "2")


def test_progressive_abandons_nobody_and_keeps_agents_busy_two_thirds_of_the_time() -> None:
    day = play(replace(World(), hours=4.0))
    assert day.abandoned.total() == 0
    assert day.busy / day.signed_in == pytest.approx(0.657, abs=0.03)  # by hand: 65.4 %
    assert day.dials / day.answered.total() == pytest.approx(4.2, abs=0.4)


def test_predictive_learns_within_the_hour_and_keeps_agents_busier() -> None:
    hour = replace(World(), hours=1.0)
    predictive = Floor(hour, steered.predictive("p"), Random("1")).run()
    assert predictive.busy / predictive.signed_in > play(hour).busy / play(hour).signed_in + 0.08
    assert predictive.share <= 0.04


def test_who_waits_longer_than_the_law_allows_is_abandoned_even_when_an_agent_comes_later() -> None:
    day = Floor(replace(World(), hours=1.0), Vicidial("as shipped"), Random("3")).run()
    assert day.abandoned.total() > day.dropped > 0


def test_breaks_are_not_signed_in_time() -> None:
    day = play(replace(HALF_AN_HOUR, breaks=(Break(0.1, 6.0, 1.0),)))
    assert day.signed_in == pytest.approx(15 * 24 * 60, rel=0.1)


def test_people_taken_for_machines_are_counted_and_reach_nobody() -> None:
    day = play(replace(HALF_AN_HOUR, machine_errors=1.0))
    assert day.answered.total() == 0
    assert day.machine_errors > 0
    assert day.share == 1.0


@pytest.mark.parametrize("path", sorted(Path("benchmarks/pacing/worlds").glob("*.toml")), ids=lambda path: path.stem)
def test_every_world_file_is_read(path: Path) -> None:
    world = read_world(path)
    assert world.agents == 15
    assert play(replace(world, hours=0.1)).dials > 0


def test_goal_asks_for_occupancy_and_for_days_within_the_limit() -> None:
    busy = Day(signed_in=100, busy=90)
    busy.answered["de"] = 100
    busy.abandoned["de"] = 3
    over = Day(signed_in=100, busy=90)
    over.answered["de"] = 100
    over.abandoned["de"] = 4
    assert Result("a", [busy] * 20, goal=Goal(0.9, 0.031)).is_met
    assert not Result("a", [busy] * 18 + [over] * 2, goal=Goal(0.9, 0.031)).is_met
    assert not Result("a", [busy], goal=Goal(0.91, 0.031)).is_met
