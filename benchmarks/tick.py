"""Seconds of one tick, which decides, reserves contacts and queues their calls, with few and with many who wait.

The two take turns. Between ticks the calls of the last one are ended through the product's own doors, untimed.
"""

import time
from collections.abc import Iterator

from sqlalchemy import select

from benchmarks.figures import Figure, Goal, median, quantile
from benchmarks.grounds import Ground, Grounds
from benchmarks.load import ForeignLoad
from benchmarks.rows import CAMPAIGN_ID, add_campaign, add_contacts, add_parked_agents, settle
from benchmarks.settings import Stage
from dialer import calls, endings, lifecycle
from dialer.call_states import CallStatus
from dialer.tables import Call
from dialer.wiring import Parts, build_parts

AGENTS = 15
FEW, MANY = 3_000, 1_000_000
QUICK_MANY = 200_000
WARM_UP = 5
GOAL = Goal(1.5, is_upper=True, of_ratio=True)


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """One figure for each kind of database; the baseline is the tick over few."""
    many, ticks = (QUICK_MANY, 20) if is_quick else (MANY, 60)
    for kind in grounds.kinds:
        with grounds.fresh(kind) as small, grounds.fresh(kind) as large:
            yield _measure_on(_fill(small, FEW), _fill(large, many), ticks, many)


def _measure_on(few: Parts, many: Parts, ticks: int, count: int) -> Figure:
    for _ in range(WARM_UP):
        _timed_tick(few)
        _timed_tick(many)
    load = ForeignLoad()
    of_few, of_many = [], []
    for _ in range(ticks):
        of_few.append(_timed_tick(few))
        of_many.append(_timed_tick(many))
    foreign = load.cores()
    kind = "sqlite" if few.database.is_sqlite else "postgres"
    few.database.dispose()
    many.database.dispose()
    return Figure(
        benchmark="tick",
        what=f"one tick that dials {AGENTS} of {count:,} who wait",
        where=kind,
        unit=" ms",
        runs=tuple(of_many),
        samples=ticks,
        foreign_cores=foreign,
        baseline_runs=tuple(of_few),
        baseline_is=f"of {FEW:,}",
        goal=GOAL,
        note=f"nine of ten ticks below {quantile(of_many, 0.9):.1f} ms, baseline {quantile(of_few, 0.9):.1f} ms; "
        f"median {median(of_many):.1f} ms, baseline {median(of_few):.1f} ms",
    )


def _fill(ground: Ground, contacts: int) -> Parts:
    # What the carrier takes a second must not hold back what is measured.
    parts = build_parts(Stage(ground, time.time(), further={"CALLS_PER_SECOND": "1000"}).settings())
    now = parts.clock.now()
    with parts.database.transaction() as session:
        add_campaign(session, now)
        add_parked_agents(session, AGENTS, now)
    add_contacts(parts.database, contacts, now)
    settle(parts.database)
    return parts


def _timed_tick(parts: Parts) -> float:
    """Milliseconds of one tick that dials for every agent."""
    began_at = time.perf_counter()
    decision = lifecycle.dial_due_contacts(parts, CAMPAIGN_ID, "benchmark", parts.clock.now())
    spent = (time.perf_counter() - began_at) * 1000
    dialed = sum(decision.dial.values()) if decision else 0
    if dialed != AGENTS:
        raise RuntimeError(f"a tick dialed {dialed} contacts for {AGENTS} agents: {decision}")
    _take_back(parts)
    return spent


def _take_back(parts: Parts) -> None:
    """Withdraw what the tick has queued; the contacts go to the end of their line."""
    now = parts.clock.now()
    with parts.database.transaction(relaxed=True) as session:
        queued = select(Call.id).where(Call.status == CallStatus.QUEUED)
        for call_id in list(session.scalars(queued)):
            call = calls.lock_call(session, call_id)
            assert call is not None
            endings.withdraw(session, call, now)
    parts.runtime.redis.flushall()
