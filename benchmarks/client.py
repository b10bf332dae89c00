"""The load, in a process of its own: gets a plan, writes what it saw.

Closed loop: each connection sends its next request once it has its answer. Open loop: requests leave on a schedule,
whatever the answers do, and each is timed from the moment at which it was due.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field

import uvloop

from benchmarks.connection import Connection, connect
from benchmarks.programs import take_plan
from benchmarks.requests_to_send import Sender

CONNECTIONS_READY = 8  # of an open loop; more are opened when these are busy


@dataclass(frozen=True)
class Plan:
    """What to send. `call_ids`: one answer webhook for each, at `per_second` from the Unix time `start_at`; without
    them `count` status callbacks of `run`, over `connections`.
    """

    port: int
    run: str = ""
    count: int = 0
    connections: int = 32
    call_ids: list[str] = field(default_factory=list)
    per_second: float = 0.0
    start_at: float = 0.0


@dataclass(frozen=True)
class Seen:
    """What came back: answers by status, what was answered, and milliseconds for each request."""

    seconds: float
    statuses: dict[str, int]
    joined: int
    milliseconds: list[float]


async def _closed_loop(plan: Plan) -> Seen:
    sender = Sender(plan.port)
    requests = iter([sender.status(plan.run, number) for number in range(plan.count)])
    statuses: Counter[str] = Counter()
    milliseconds: list[float] = []

    async def keep_asking(connection: Connection) -> None:
        for request in requests:
            asked_at = time.perf_counter()
            status, _ = await connection.ask(request)
            milliseconds.append((time.perf_counter() - asked_at) * 1000)
            statuses[str(status)] += 1

    connections = [await connect(plan.port) for _ in range(plan.connections)]
    began_at = time.perf_counter()
    await asyncio.gather(*map(keep_asking, connections))
    return Seen(time.perf_counter() - began_at, dict(statuses), 0, milliseconds)


async def _open_loop(plan: Plan) -> Seen:
    sender = Sender(plan.port)
    requests = [sender.answer(call_id) for call_id in plan.call_ids]
    free = [await connect(plan.port) for _ in range(CONNECTIONS_READY)]
    statuses: Counter[str] = Counter()
    joined = 0
    milliseconds: list[float] = []

    async def ask(request: bytes, due_at: float) -> None:
        nonlocal joined
        while free and not free[-1].is_open:
            free.pop()
        connection = free.pop() if free else await connect(plan.port)
        status, body = await connection.ask(request)
        milliseconds.append((time.time() - due_at) * 1000)
        statuses[str(status)] += 1
        joined += b"<Conference" in body
        free.append(connection)

    asking: list[asyncio.Task[None]] = []
    for number, request in enumerate(requests):
        due_at = plan.start_at + number / plan.per_second
        await asyncio.sleep(max(0.0, due_at - time.time()))
        asking.append(asyncio.create_task(ask(request, due_at)))
    await asyncio.gather(*asking)
    return Seen(time.time() - plan.start_at, dict(statuses), joined, milliseconds)


def read_seen(text: bytes) -> Seen:
    """What a client process wrote."""
    return Seen(**json.loads(text))


def write_plan(plan: Plan) -> bytes:
    """What a client process reads."""
    return json.dumps(asdict(plan)).encode()


def main() -> None:
    """Carry out the plan that this process is given."""
    plan = Plan(**take_plan())
    seen = uvloop.run(_open_loop(plan) if plan.call_ids else _closed_loop(plan))
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main()
