"""Status callbacks per second: the real webhooks app, which keeps each on disk before it answers, against an app that
verifies the signature and forgets. The two take turns, so that both meet the same foreign load.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.client import Plan, read_seen, write_plan
from benchmarks.figures import Figure, Goal
from benchmarks.grounds import Ground, Grounds
from benchmarks.load import ForeignLoad, cpu_seconds
from benchmarks.programs import HALALI, Errand, free_port, module_words, running
from benchmarks.settings import Stage
from dialer.tables import InboxEntry
from foundation.database import Database

GOAL = Goal(0.6, of_ratio=True)
WARM_UP = 400


class LostRows(RuntimeError):
    """An answer of 204 without its row, or a row without its answer: no figure is worth that."""


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """One figure for each kind of database."""
    rounds, count = (3, 2000) if is_quick else (7, 6000)
    for kind in grounds.kinds:
        with grounds.fresh(kind) as ground:
            yield _measure_on(ground, rounds, count)


def _measure_on(ground: Ground, rounds: int, count: int) -> Figure:
    with _app(ground, [HALALI, "run", "webhooks"]) as real, _app(ground, module_words("verify_only")) as baseline:
        real.send("warm", WARM_UP)
        baseline.send("warm", WARM_UP)
        real.forget()
        baseline.forget()
        load = ForeignLoad()
        for number in range(rounds):
            baseline.send(f"{number}r", count)
            real.send(f"{number}r", count)
        foreign = load.cores()
    stored = _rows(ground)
    if stored != real.acknowledged:
        raise LostRows(f"{real.acknowledged} callbacks were acknowledged on {ground.kind} and {stored} are stored")
    return Figure(
        benchmark="callbacks",
        what="durable status callbacks, one webhooks process, 32 connections",
        where=ground.kind,
        unit="/s",
        runs=tuple(real.rates),
        samples=rounds * count,
        foreign_cores=foreign,
        baseline_runs=tuple(baseline.rates),
        baseline_is="verify and parse only",
        goal=GOAL,
        note=f"{stored} rows stored = {real.acknowledged} acknowledged; processor time of the app for each: "
        f"{real.cpu_ms:.2f} ms, baseline {baseline.cpu_ms:.2f} ms",
    )


class _App:
    """An app under load, and what is known of it so far."""

    def __init__(self, port: int, pid: int, folder: Path) -> None:
        self._port, self._pid, self._folder = port, pid, folder
        self.acknowledged = 0
        self.forget()

    def forget(self) -> None:
        """Begin the figures anew; what was acknowledged stays."""
        self.rates: list[float] = []
        self._sent, self._cpu_before = 0, cpu_seconds(self._pid)

    def send(self, run: str, count: int) -> None:
        """Send callbacks as fast as they are answered."""
        with Errand("client", {}, self._folder) as client:
            client.give(write_plan(Plan(self._port, run, count)))
            seen = read_seen(client.result())
        self.rates.append(count / seen.seconds)
        self.acknowledged += seen.statuses.get("204", 0)
        self._sent += count
        self.cpu_ms = (cpu_seconds(self._pid) - self._cpu_before) / self._sent * 1000


@contextmanager
def _app(ground: Ground, words: Sequence[str]) -> Iterator[_App]:
    stage = Stage(ground, time.time(), free_port())
    with running(words, stage.environment(), ground.folder, stage.webhooks_port) as program:
        yield _App(stage.webhooks_port, program.pid, ground.folder)


def _rows(ground: Ground) -> int:
    database = Database(ground.database_url)
    with database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(InboxEntry)) or 0
    database.dispose()
    return rows
