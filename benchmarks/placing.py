"""Calls placed by one dial worker process against a carrier that takes 150 ms: how many a second without a limit, and
how well a limit of ten a second is kept and used.

The real worker takes real jobs, as the ticker queues them. The baseline is the same carrier asked by as many threads
that do nothing else: what the carrier's delay and its SDK leave possible.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from redis import Redis
from sqlalchemy import func, select

from benchmarks.figures import Figure, Goal, busiest_window, mean_rate
from benchmarks.grounds import Ground, Grounds
from benchmarks.load import ForeignLoad
from benchmarks.programs import HALALI, free_port, module_words, running
from benchmarks.rows import CAMPAIGN_ID, LANGUAGES, add_campaign, add_contacts, add_parked_agents
from benchmarks.settings import Stage
from campaigns import contact_queue
from campaigns.tables import Campaign
from dialer import calls, job_names
from dialer.call_states import CallStatus
from dialer.tables import Call
from dialer.wiring import Parts, build_parts
from foundation.queue import QueueName
from telephony.carrier import PlaceOrder
from telephony.carriers import build_carrier

AGENTS = 50
LIMIT = 10.0
WARM_UP = 12
UNLIMITED = 100_000.0
PATIENCE_SECONDS = 90.0
FASTEST_GOAL = Goal(50.0)
BUSIEST_GOAL = Goal(LIMIT, is_upper=True)
MEAN_GOAL = Goal(9.8)


@dataclass(frozen=True)
class _Bench:
    """One worker at one limit, and the carrier that it asks."""

    ground: Ground
    parts: Parts
    carrier_url: str


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """Three figures for each kind of database."""
    rounds, count = (2, 150) if is_quick else (3, 300)
    limited_seconds = 12 if is_quick else 30
    for kind in grounds.kinds:
        yield _fastest(grounds, kind, rounds, count)
        yield from _limited(grounds, kind, int(limited_seconds * LIMIT))


def _fastest(grounds: Grounds, kind: str, rounds: int, count: int) -> Figure:
    with grounds.fresh(kind) as ground, _set_up(ground, UNLIMITED, rounds * count) as bench:
        load = ForeignLoad()
        placed, baseline = [], []
        for _ in range(rounds):
            baseline.append(mean_rate(_ask_barely(bench, count)))
            placed.append(mean_rate(_place(bench, count)))
        foreign = load.cores()
    return Figure(
        benchmark="placing",
        what="calls placed by one dial worker, carrier takes 150 ms",
        where=kind,
        unit="/s",
        runs=tuple(placed),
        samples=rounds * count,
        foreign_cores=foreign,
        baseline_runs=tuple(baseline),
        baseline_is=f"SDK alone on {bench.parts.settings.placing_threads} threads",
        goal=FASTEST_GOAL,
    )


def _limited(grounds: Grounds, kind: str, count: int) -> Iterator[Figure]:
    with grounds.fresh(kind) as ground, _set_up(ground, LIMIT, count) as bench:
        load = ForeignLoad()
        arrivals = _place(bench, count)
        foreign = load.cores()
    for what, unit, value, goal in (
        ("most calls in any second at CALLS_PER_SECOND=10", "", float(busiest_window(arrivals, 1.0)), BUSIEST_GOAL),
        ("mean rate at CALLS_PER_SECOND=10", "/s", mean_rate(arrivals), MEAN_GOAL),
    ):
        yield Figure(
            benchmark="placing",
            what=what,
            where=kind,
            unit=unit,
            runs=(value,),
            samples=count,
            foreign_cores=foreign,
            goal=goal,
        )


@contextmanager
def _set_up(ground: Ground, calls_per_second: float, contacts: int) -> Iterator[_Bench]:
    carrier_url = f"http://127.0.0.1:{free_port()}"
    further = {"CALLS_PER_SECOND": str(calls_per_second)}
    stage = Stage(ground, time.time(), carrier_url=carrier_url, further=further)
    parts = build_parts(stage.settings())
    now = parts.clock.now()
    with parts.database.transaction() as session:
        add_campaign(session, now)
        add_parked_agents(session, AGENTS, now)
    add_contacts(parts.database, 2 * contacts + 100, now)  # languages take turns: none may run out
    environment = stage.environment()
    with (
        Redis.from_url(ground.redis_url) as redis,
        running(module_words("stub_carrier"), environment, ground.folder, int(carrier_url.rpartition(":")[2])),
        running([HALALI, "run", "dial-worker"], environment, ground.folder),
    ):
        bench = _Bench(ground, parts, carrier_url)
        _place(bench, WARM_UP)  # the worker imports its jobs and connects
        yield bench
        redis.flushall()
    parts.database.dispose()


def _place(bench: _Bench, count: int) -> list[float]:
    """Queue calls as ticks do, one job for as many as there are agents; the moments at which the carrier was asked."""
    httpx.post(f"{bench.carrier_url}/forget").raise_for_status()
    batches = [min(AGENTS, count - begun) for begun in range(0, count, AGENTS)]
    queued: list[list[str]] = [_queue_calls(bench.parts, size) for size in batches]
    for call_ids in queued:
        bench.parts.queue.put(QueueName.DIAL, job_names.PLACE_CALLS, call_ids)
    _wait_until_placed(bench.parts, [call_id for call_ids in queued for call_id in call_ids])
    arrivals = _arrivals(bench)
    if len(arrivals) != count:
        raise RuntimeError(f"{count} calls were to be placed, the carrier was asked for {len(arrivals)}")
    return arrivals


def _queue_calls(parts: Parts, count: int) -> list[str]:
    now = parts.clock.now()
    with parts.database.transaction() as session:
        campaign = session.get(Campaign, CAMPAIGN_ID)
        assert campaign is not None
        contacts = [
            contact
            for number in range(count)
            for contact in contact_queue.reserve_next(session, CAMPAIGN_ID, LANGUAGES[number % 3], 1, now)
        ]
        return [
            calls.queue_call(
                session,
                Call(
                    id=calls.new_call_id(),
                    kind="contact",
                    campaign_id=campaign.id,
                    contact_id=contact.id,
                    attempt_number=1,
                    language=contact.language,
                    to_number=contact.phone_number,
                    from_number=campaign.caller_number,
                    status=CallStatus.QUEUED,
                    status_since=now,
                    queued_at=now,
                ),
            ).id
            for contact in contacts
        ]


def _wait_until_placed(parts: Parts, call_ids: Sequence[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    placed = select(func.count()).select_from(Call).where(Call.id.in_(call_ids), Call.status == CallStatus.PLACED)
    while True:
        with parts.database.reading() as session:
            done = session.scalar(placed) or 0
        if done == len(call_ids):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {done} of {len(call_ids)} calls were placed in {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.25)


def _ask_barely(bench: _Bench, count: int) -> list[float]:
    """The carrier asked by the same number of threads, without rows, gate or pace."""
    httpx.post(f"{bench.carrier_url}/forget").raise_for_status()
    carrier = build_carrier(bench.parts.settings)
    orders = [PlaceOrder(f"call_{number}", "+41445550199", "+41445550100", 25) for number in range(count)]
    with ThreadPoolExecutor(bench.parts.settings.placing_threads) as threads:
        list(threads.map(carrier.place, orders))
    return _arrivals(bench)


def _arrivals(bench: _Bench) -> list[float]:
    answer = httpx.get(f"{bench.carrier_url}/arrivals").raise_for_status()
    return [float(moment) for moment in answer.json()]
