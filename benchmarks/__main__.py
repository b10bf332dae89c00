"""`python -m benchmarks [--only NAME]… [--json] [--quick]`: measures, and prints each figure as it is known."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

from benchmarks import answers, callbacks, deciding, imports, picking, placing, sandbox_carrier, tick
from benchmarks.conditions import describe_machine
from benchmarks.figures import Figure
from benchmarks.grounds import Grounds, open_grounds

BENCHMARKS: dict[str, Callable[..., Iterator[Figure]]] = {
    "callbacks": callbacks.measure,
    "answers": answers.measure,
    "placing": placing.measure,
    "tick": tick.measure,
    "routing": deciding.measure,
    "sandbox": sandbox_carrier.measure,
    "picking": picking.measure,
    "imports": imports.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Ends with 0 whatever the speed: a slow machine is no error; 1 when work was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed on this machine, as ratios.")
    parser.add_argument("--only", action="append", choices=sorted(BENCHMARKS), help="measure this one; repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--quick", action="store_true", help="short runs, for a first look; figures scatter more")
    asked = parser.parse_args(arguments)
    with open_grounds() as grounds:
        conditions = describe_machine(grounds)
        tell(f"{conditions}", is_json=asked.json)
        figures = []
        for figure in _measured(grounds, asked.only or list(BENCHMARKS), is_quick=asked.quick):
            figures.append(figure)
            tell(figure_line(figure), is_json=asked.json)
    if asked.json:
        json.dump({"conditions": asdict(conditions), "figures": [_record(figure) for figure in figures]}, sys.stdout)
        print()
    return 0


def _measured(grounds: Grounds, names: Sequence[str], *, is_quick: bool) -> Iterator[Figure]:
    for name in names:
        yield from BENCHMARKS[name](grounds, is_quick=is_quick)


def tell(line: str, *, is_json: bool) -> None:
    """Talk goes to standard error when standard output is for the result alone."""
    print(line, file=sys.stderr if is_json else sys.stdout, flush=True)


def figure_line(figure: Figure) -> str:
    """One figure for reading: the median, the range of its runs, the baseline, the goal and the conditions."""
    parts = [f"{figure.benchmark:<10}{figure.where:<9}{figure.what}: {_number(figure.value)}{figure.unit}"]
    if len(figure.runs) > 1:
        parts.append(f"[{_number(min(figure.runs))}–{_number(max(figure.runs))}] ")
    parts.append(f"(runs {len(figure.runs)}, n {figure.samples})")
    if figure.ratio is not None and figure.baseline is not None:
        spread = f"[{_number(min(figure.baseline_runs))}–{_number(max(figure.baseline_runs))}]"
        parts.append(f"| {figure.baseline_is} {_number(figure.baseline)}{figure.unit} {spread}")
        parts.append(f"| ratio {figure.ratio:.2f}")
    if figure.goal is not None:
        parts.append(f"| goal {figure.goal}: {'met' if figure.is_met else 'MISSED'}")
    parts.append(f"| foreign load {figure.foreign_cores:.2f} cores")
    return " ".join(parts) + (f"\n{'':19}{figure.note}" if figure.note else "")


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.4f}"


def _record(figure: Figure) -> dict[str, object]:
    computed = {"value": figure.value, "baseline": figure.baseline, "ratio": figure.ratio, "is_met": figure.is_met}
    return {**asdict(figure), **computed, "goal": str(figure.goal) if figure.goal else None}


if __name__ == "__main__":
    raise SystemExit(main())
