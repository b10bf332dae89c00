"""Settings found with hindsight for other dialers: `python -m benchmarks.pacing.search` prints what `found.py` keeps.

VICIdial: all 768 combinations for a day, the 12 best of those at ≤ 3.1 % abandoned for six days more. The binomial
bound is halved in until 3 % are abandoned. Both see the very world they are measured in, which no dialer could.
"""

import argparse
from dataclasses import replace
from itertools import product
from random import Random

from benchmarks.pacing.rivals import BinomialConstraint, Vicidial, VicidialSettings
from dialer.forecast.floor import Controller, Floor
from dialer.forecast.world import World, with_agents

GRID = tuple(
    VicidialSettings(tally, 2.0, target, intensity, level, method=method)
    for tally, target, intensity, level, method in product(
        (False, True),
        (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0),
        (-50.0, -25.0, 0.0, 25.0),
        (1.5, 2.0, 2.5, 3.0, 4.0, 6.0),
        ("HARD_LIMIT", "AVERAGE"),
    )
)


def play(world: World, controller: Controller, days: int, seed: str) -> tuple[float, float]:
    """Occupancy and the share abandoned, over some days."""
    played = [Floor(world, controller, Random(f"{seed}-{day}")).run() for day in range(days)]
    busy, signed_in = sum(day.busy for day in played), sum(day.signed_in for day in played)
    abandoned = sum(day.abandoned.total() for day in played)
    return busy / signed_in, abandoned / max(1, sum(day.answered.total() for day in played))


def best_vicidial(world: World) -> tuple[VicidialSettings, float, float]:
    """The settings of the highest occupancy at no more than 3 % abandoned, with both."""
    first = []
    for settings in GRID:
        occupancy, abandoned = play(world, Vicidial("", settings), 1, "search")
        if abandoned <= 0.031:
            first.append((occupancy, settings))
    first.sort(key=lambda pair: -pair[0])
    best = (VicidialSettings(), 0.0, 0.0)
    for _, settings in first[:12]:
        occupancy, abandoned = play(world, Vicidial("", settings), 6, "search again")
        if abandoned <= 0.03 and occupancy > best[1]:
            best = (settings, occupancy, abandoned)
    return best


def best_bound(world: World) -> tuple[float, float, float]:
    """The bound at which 3 % are abandoned, with occupancy and share."""
    low, high = 0.01, 0.9
    occupancy = abandoned = 0.0
    for _ in range(8):
        middle = (low * high) ** 0.5
        occupancy, abandoned = play(world, BinomialConstraint("", middle), 4, "search")
        low, high = (middle, high) if abandoned < 0.03 else (low, middle)
    return round(low, 4), occupancy, abandoned


def main() -> None:
    """Search for each number of agents and answer rate, and print as it is found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing.search")
    parser.add_argument("--only", help="agents:rate, such as 15:0.25; repeatable", action="append")
    asked = parser.parse_args().only or ["15:0.25", "5:0.25", "50:0.25", "15:0.15", "15:0.4"]
    for each in asked:
        agents, rate = each.split(":")
        world = replace(with_agents(World(), int(agents)), answer_rate=float(rate))
        print(f"({agents}, {rate}):", best_bound(world), flush=True)
        print(f"({agents}, {rate}):", best_vicidial(world), flush=True)


if __name__ == "__main__":
    main()
