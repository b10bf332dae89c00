"""`python -m benchmarks.routing [--seeds 1,2,3] [--partners FILE] [--json]`: fit, fairness and kept promises."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from benchmarks.routing.measures import Optima, Score, optima_of, score
from benchmarks.routing.people import cherry_pickers, claimants, hoarders, imperfect, sham_branches
from benchmarks.routing.play import Answer, box_and_dice, greedy, play, round_robin
from benchmarks.routing.world import World, draw_world
from leads.facts import Policy, Profile
from leads.partner_rows import read_partners

LEADS, PARTNERS = 3000, 40
SEEDS = tuple(range(1, 11))
PRODUCT = "Halali"
_TROUBLES: dict[str, Callable[[World, int], tuple[World, Answer]]] = {
    "declines, lapses, absences": imperfect,
    "time out to cherry-pick": cherry_pickers,
    "one owner, five branches": sham_branches,
    "relations claimed to all": claimants,
    "registrations hoarded": hoarders,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Play every seed and print means with the worst seed beside; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routing", description=__doc__)
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="such as 1,2,3")
    parser.add_argument("--leads", type=int, default=LEADS)
    parser.add_argument("--partners", type=Path, help="a partner file to play with, instead of drawn partners")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    asked = parser.parse_args(arguments)
    given = _given(asked.partners) if asked.partners else ()
    scores: dict[str, list[Score]] = {}
    for seed in map(int, asked.seeds.split(",")):
        for name, one in _season(seed, asked.leads, given):
            scores.setdefault(name, []).append(one)
        print(f"seed {seed}: {_line(scores[PRODUCT][-1:])}", file=sys.stderr, flush=True)
    if asked.json:
        json.dump({name: [asdict(one) for one in those] for name, those in scores.items()}, sys.stdout)
        print()
    else:
        _print(scores)
    return int(any(one.broken or one.ineligible for one in scores[PRODUCT]))


def _given(path: Path) -> tuple[Profile, ...]:
    read = read_partners(path.read_bytes())
    if read.problems:
        raise SystemExit("\n".join(problem.sentence() for problem in read.problems))
    return tuple(row.profile for row in read.partners)


def _season(seed: int, leads: int, given: Sequence[Profile]) -> Iterator[tuple[str, Score]]:
    world = draw_world(seed, leads, PARTNERS, given)
    optima = optima_of(world)
    yield "box and dice, as Odoo", score(world, box_and_dice(world, seed), optima)
    yield "weighted round robin", score(world, round_robin(world), optima)
    yield "greedy best fit", score(world, greedy(world), optima)
    yield PRODUCT, score(world, play(world, Policy()), optima)
    for name, trouble in _TROUBLES.items():
        troubled, answer = trouble(world, seed)
        # Branches of one owner are one partner, so the room that the optimum has is that of the world without them.
        best = optima if trouble is sham_branches else _again(world, troubled, optima)
        yield f"{PRODUCT}, {name}", score(troubled, play(troubled, Policy(), answer), best)


def _again(world: World, troubled: World, optima: Optima) -> Optima:
    return optima if troubled.points == world.points else optima_of(troubled)


def _print(scores: dict[str, list[Score]]) -> None:
    print(f"{'':42}of free   of promised  Jain    worst   routed  ineligible  broken")
    for name, those in scores.items():
        print(f"{name:42}{_line(those)}")
    print("Means over seeds; fit is the sum of points over the optimum's, worst is received over entitled.")


def _line(scores: Sequence[Score]) -> str:
    def mean(name: str) -> float:
        return fmean(getattr(one, name) for one in scores)

    return (
        f"{mean('of_free'):.4f}    {mean('of_promised'):.4f}       {mean('jain'):.4f}  {mean('worst'):.4f}  "
        f"{mean('routed'):.4f}  {mean('ineligible'):9.1f}  {mean('broken'):6.1f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
