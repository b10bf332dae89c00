"""The sandbox carrier by itself: calls carried at once and callbacks sent while REST stays quick, REST requests a
second, memory per call, and hours of calls simulated on the virtual clock.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks import carrier_load, quiet_centre
from benchmarks.figures import Figure, Goal, median, quantile
from benchmarks.grounds import Grounds
from benchmarks.load import ForeignLoad, cpu_seconds
from benchmarks.programs import Errand, free_port, module_words, running

STANDING = 2200
CALL_SECONDS = 40.0
# Little's law: so many new calls a second keep as many of 40 s alive, and each is told of four times.
PER_SECOND = STANDING / CALL_SECONDS
# Phones like those of agents: they pick up within a second or two and stay as long as the program lasts.
PATIENT = "+4179*"


class LostCalls(RuntimeError):
    """An order that was refused, or calls and callbacks that do not add up: no figure is worth that."""


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """All figures; no database is behind the sandbox, so they are measured once."""
    yield from _carry(grounds.folder, 12.0 if is_quick else 40.0)
    yield from _ask(grounds.folder, 3 if is_quick else 7, 2000 if is_quick else 6000)
    yield from _simulate(grounds.folder, 3 if is_quick else 5, 4000 if is_quick else 20_000)


def _carry(folder: Path, seconds: float) -> Iterator[Figure]:
    load = ForeignLoad()
    with _sandbox(folder) as (port, pid):
        empty = _resident_kilobytes(pid)
        plan = carrier_load.Plan(port, STANDING, PER_SECOND, seconds, CALL_SECONDS)
        with Errand("carrier_load", {}, folder) as errand:
            errand.give(json.dumps(asdict(plan)).encode())
            time.sleep(plan.head_start)
            began = time.monotonic(), cpu_seconds(pid)
            seen = carrier_load.Seen(**json.loads(errand.result()))
            cores = (cpu_seconds(pid) - began[1]) / (time.monotonic() - began[0])
        summary = _ask_admin(port, "summary?prospects=0")
        grown = _resident_kilobytes(pid) - empty
    orders = int(PER_SECOND * seconds)
    if seen.statuses != {"201": orders} or summary["placed"] + summary["calls"] < orders:
        raise LostCalls(f"{seen.statuses} instead of {orders} calls")
    seen_by = _Seen(orders, load.cores())
    note = f"{seen.fetches / seen.seconds:.0f} requests for TwiML a second as well; the carrier used {cores:.2f} cores"
    yield seen_by.figure("calls carried at once", " calls", (summary["live_calls"],), Goal(2000.0), note)
    yield seen_by.figure("callbacks sent meanwhile", "/s", (seen.callbacks / seen.seconds,), Goal(200.0))
    for share, goal in ((0.5, None), (0.99, Goal(50.0, is_upper=True))):
        what = f"p{share * 100:.0f} of ordering a call meanwhile, from when it was due"
        yield seen_by.figure(what, " ms", (quantile(seen.milliseconds, share),), goal)
    yield seen_by.figure("memory per call, ended ones and ledger included", " kB", (grown / summary["calls"],))


def _ask(folder: Path, rounds: int, count: int) -> Iterator[Figure]:
    """Closed loops on 8 connections; the baseline is aiohttp alone with a fixed answer."""
    for asks, what in ((False, "calls ordered"), (True, "calls fetched")):
        load = ForeignLoad()
        rates: dict[str, list[float]] = {"sandbox": [], "baseline": []}
        port = free_port()
        fixed = {"TWILIO_API_URL": f"http://127.0.0.1:{port}"}
        with _sandbox(folder) as (sandbox, _), running(module_words("fixed_answer"), fixed, folder, port):
            for _ in range(rounds):
                for name, at in (("baseline", port), ("sandbox", sandbox)):
                    with Errand("carrier_load", {}, folder) as errand:
                        plan = carrier_load.Plan(at, count=count, asks=asks)
                        errand.give(json.dumps(asdict(plan)).encode())
                        seen = carrier_load.Seen(**json.loads(errand.result()))
                    rates[name].append(count / seen.seconds)
                    if sum(seen.statuses.values()) != count or set(seen.statuses) - {"200", "201"}:
                        raise LostCalls(str(seen.statuses))
        yield Figure(
            benchmark="sandbox",
            what=f"REST: {what}, 8 connections",
            where="",
            unit="/s",
            runs=tuple(rates["sandbox"]),
            samples=rounds * count,
            foreign_cores=load.cores(),
            baseline_runs=tuple(rates["baseline"]),
            baseline_is="aiohttp with a fixed answer",
        )


def _simulate(folder: Path, rounds: int, calls: int) -> Iterator[Figure]:
    """Processor time, so that other people's load counts less."""
    load = ForeignLoad()
    runs = []
    for _ in range(rounds):
        with Errand("quiet_centre", {}, folder) as errand:
            # 200 agents, two people called a second: about what they can talk to.
            errand.give(json.dumps(asdict(quiet_centre.Plan(200, calls, 2.0))).encode())
            runs.append(quiet_centre.Carried(**json.loads(errand.result())))
    one = runs[0]
    each = median([run.processor_seconds for run in runs]) / one.calls * 1e6
    note = f"{one.calls} calls, {one.callbacks} callbacks, {one.entries} ledger entries; {each:.0f} µs a call"
    seen_by = _Seen(rounds * calls, load.cores())
    what = "virtual clock: hours of calls in a second of processor time"
    hours = tuple(run.hours / run.processor_seconds for run in runs)
    yield seen_by.figure(f"{what}, agents' legs too", " h", hours, Goal(500.0), note)
    hours = tuple(run.people_hours / run.processor_seconds for run in runs)
    yield seen_by.figure(f"{what}, people's legs alone", " h", hours)


@dataclass(frozen=True)
class _Seen:
    """What the figures of one measurement share."""

    samples: int
    foreign_cores: float

    def figure(self, what: str, unit: str, runs: tuple[float, ...], goal: Goal | None = None, note: str = "") -> Figure:
        """One of them."""
        return Figure("sandbox", what, "", unit, runs, self.samples, self.foreign_cores, goal=goal, note=note)


@contextmanager
def _sandbox(folder: Path) -> Iterator[tuple[int, int]]:
    port = free_port()
    options = ["--port", str(port), "--calls-per-second", "0", "--agents", PATIENT]
    words = [sys.executable, "-m", "sandbox", *options]
    with running(words, {}, folder, port) as program:
        yield port, program.pid


def _ask_admin(port: int, path: str) -> Any:
    with urlopen(f"http://127.0.0.1:{port}/_sandbox/{path}", timeout=30) as answer:
        return json.load(answer)


def _resident_kilobytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has no resident memory")
