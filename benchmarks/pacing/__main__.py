"""`python -m benchmarks.pacing`: how much agents talk under each way of pacing, at which share of abandoned calls.

Every policy plays the same number of days in the same world; they take turns day by day.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from benchmarks.pacing import found
from benchmarks.pacing.decision_time import time_of_decision
from benchmarks.pacing.prototype import HazardPrototype
from benchmarks.pacing.result import Goal, Result, line_of
from benchmarks.pacing.rivals import BinomialConstraint, OmniLeads, Vicidial, VicidialSettings
from dialer.forecast.floor import Controller, Floor
from dialer.forecast.steered import predictive, progressive
from dialer.forecast.world import World, read_world, with_agents

# Occupancy by agents at an answer rate of 0.25: without signals, with them, and at a tenth of the limit.
GOALS = {5: (0.795, 0.805, 0.74), 15: (0.874, 0.885, 0.82), 50: (0.94, 0.947, 0.90)}
QUICK_SECONDS = 34.0


@dataclass
class Entry:
    """A policy in its world, and what came of it."""

    controller: Controller
    world: World
    result: Result

    def play(self, seed: int, day: int) -> None:
        """One more day."""
        before = time.process_time()
        self.result.days.append(Floor(self.world, self.controller, Random(f"{seed}-{day}")).run())
        self.result.seconds += time.process_time() - before


def entries(world: World) -> list[Entry]:
    """All policies that are compared."""
    case = found.nearest(world.agents, world.answer_rate)
    best = found.VICIDIAL.get(case, VicidialSettings(available_only_tally=True, drop_seconds=2.0))
    rivals: list[Controller] = [
        progressive(),
        Vicidial("VICIdial adaptive, as shipped"),
        Vicidial("VICIdial, best settings in hindsight", best),
        OmniLeads(),
        BinomialConstraint("binomial constraint, hindsight", found.BINOMIAL[case]),
    ]
    if len(world.shares) == 1:
        rivals.append(HazardPrototype())
    listed = [Entry(each, world, Result(each.name, [])) for each in rivals]
    goals = _goals(world)
    signals = replace(world, form_opens=0.8)
    at_work_end = replace(signals, form_before="work")
    for name, where, share, goal, window_days in (
        ("predictive", world, 0.03, goals[0], 1),
        ("predictive, form near the talk's end", signals, 0.03, goals[1], 1),
        ("predictive, form near the work's end", at_work_end, 0.03, None, 1),
        ("predictive at a tenth, over 30 days", world, 0.003, goals[2], 30),
        ("predictive at a tenth, each day", world, 0.003, None, 1),
    ):
        controller = predictive(name, share, window_days)
        listed.append(Entry(controller, where, Result(name, [], limit=share, goal=goal)))
    return listed


def _chosen(listed: Sequence[Entry], words: Sequence[str]) -> list[Entry]:
    """The policy that has a word for its name, or all whose name holds it."""
    names = [each.result.name for each in listed]
    wanted = {name for word in words for name in names if name == word or (word not in names and word in name)}
    return [each for each in listed if each.result.name in wanted]


def _goals(world: World) -> tuple[Goal | None, Goal | None, Goal | None]:
    is_plain = world == replace(with_agents(World(), world.agents), hours=8.0)
    if not is_plain or world.agents not in GOALS:
        return None, None, None
    plain, with_signals, careful = GOALS[world.agents]
    return Goal(plain, 0.03), Goal(with_signals, 0.03), Goal(careful, 0.003, days_within=0.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and print what came of it."""
    asked = _parser().parse_args(arguments)
    world = _world(asked)
    began = time.monotonic()
    listed = _chosen(entries(world), asked.only or [""])
    days = asked.days or (4 if asked.quick else 10)
    for day in range(days):
        for entry in listed:
            if asked.quick and day and time.monotonic() - began > QUICK_SECONDS:
                break
            entry.play(asked.seed, day)
        if not asked.json and not asked.quick:
            print(f"day {day + 1} of {days} played, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    speed = time_of_decision()
    if asked.json:
        record = {"world": asdict(world), "seed": asked.seed, "policies": [each.result.record() for each in listed]}
        json.dump(record | {"decision_milliseconds": speed}, sys.stdout)
        print()
    else:
        _print(world, listed, speed)
    return 0


def _print(world: World, listed: Sequence[Entry], speed: float) -> None:
    print(
        f"{world.agents} agents, {world.answer_rate:.0%} answer, days of {world.hours:g} h; intervals: 95 %, over days."
    )
    print("A clairvoyant dialer keeps agents busy all the time, so occupancy is also the share of that bound.")
    print(f"{'policy':<38} occupancy %   abandoned %    days within   day 1 from hour 3, processor time")
    for entry in listed:
        print(line_of(entry.result))
    print(f"one decision for 500 agents and 2,000 lines: {speed:.2f} ms of processor time (goal ≤ 5)")


def _world(asked: argparse.Namespace) -> World:
    world = read_world(asked.world) if asked.world else World()
    if asked.agents:
        world = with_agents(world, asked.agents)
    if asked.answer_rate:
        world = replace(world, answer_rate=asked.answer_rate)
    return replace(world, hours=min(1.0, world.hours)) if asked.quick else world


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing", description="Pacing, compared.")
    parser.add_argument("--agents", type=int, help="one crew of so many; default 15, or as the world file says")
    parser.add_argument("--answer-rate", type=float, help="share of calls that a person answers; default 0.25")
    parser.add_argument("--world", type=Path, help="a TOML file: see benchmarks/pacing/worlds")
    parser.add_argument("--days", type=int, help="days to play; default 10")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="only this policy, or those whose name holds it; repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--quick", action="store_true", help="short days, for a first look within 50 s")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
