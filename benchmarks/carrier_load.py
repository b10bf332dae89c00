"""Load for the sandbox carrier, in a process of its own: orders calls on a schedule or as fast as they are taken, and
is the application that hears the callbacks.

Each order is timed from the moment at which it was due, so that a carrier that stalls cannot hide it.
"""

import asyncio
import base64
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar, cast
from urllib.parse import urlencode

import uvloop

from benchmarks.connection import Connection, connect
from benchmarks.programs import take_plan

ACCOUNT_SID, AUTH_TOKEN = "AC" + "5a" * 16, "sandbox-token"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """`standing` calls are ordered first, as fast as they are taken, and end one after the other from `head_start`
    seconds later on; then `per_second` a second for `seconds`, each of `call_seconds`. With `count` instead: so many
    over `connections`, no callbacks.
    """

    port: int
    standing: int = 0
    per_second: float = 0.0
    seconds: float = 0.0
    call_seconds: float = 40.0
    head_start: float = 12.0
    count: int = 0
    connections: int = 8
    asks: bool = False  # fetch a call again and again instead of ordering


@dataclass(frozen=True)
class Seen:
    """What came back: orders by status, milliseconds of each, and callbacks and requests for TwiML heard meanwhile."""

    seconds: float
    statuses: dict[str, int]
    milliseconds: list[float]
    callbacks: int
    fetches: int


class _Application(asyncio.Protocol):
    """The customer's end: takes every callback, and answers a request for TwiML with a pause as long as it says."""

    heard: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, received: bytes) -> None:
        self._received += received
        while self._take_one():
            pass

    def _take_one(self) -> bool:
        head, found, rest = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        wanted = int(length.group(1)) if length else 0
        if not found or len(rest) < wanted:
            return False
        self._received = rest[wanted:]
        path = head.split(b" ", 2)[1]
        assert self._transport is not None
        if path.startswith(b"/answer/"):
            self.heard["fetch"] += 1
            body = b"<Response><Pause length='%s'/></Response>" % path[8:]
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
        else:
            self.heard["callback"] += 1
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        return True


class _Orders:
    """Requests as bytes. `home` is the application's address; without one nobody is told anything."""

    def __init__(self, port: int, home: str = "") -> None:
        sign_in = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        self._head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Basic {sign_in}\r\nAccept: */*\r\n"
        self._home = home

    def create(self, number: int, call_seconds: float) -> bytes:
        """Order the `number`th call."""
        fields = [("To", f"+4179{number:07d}"), ("From", "+41445550100")]
        if self._home:
            fields.append(("Url", f"{self._home}/answer/{call_seconds:.0f}"))
            fields.append(("StatusCallback", f"{self._home}/status/{number}"))
            fields += [("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")]
        else:
            fields.append(("Twiml", "<Response><Pause length='1'/></Response>"))
        body = urlencode(fields)
        return (
            f"POST /2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json HTTP/1.1\r\n{self._head}"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def fetch(self, sid: str) -> bytes:
        """Ask for one call."""
        return f"GET /2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{sid}.json HTTP/1.1\r\n{self._head}\r\n".encode()


async def _stand(plan: Plan) -> Seen:
    """Fill the lines, then keep ordering on schedule."""
    server = await asyncio.get_running_loop().create_server(_Application, "127.0.0.1", 0)
    orders = _Orders(plan.port, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    start_at = time.perf_counter() + plan.head_start
    step = plan.call_seconds / max(plan.standing, 1)

    def standing() -> Iterator[bytes]:
        for number in range(plan.standing):
            yield orders.create(number, start_at - time.perf_counter() + number * step)

    await _closed(plan, standing())
    await asyncio.sleep(max(0.0, start_at - time.perf_counter()))
    _Application.heard.clear()
    seen = await _open(plan, orders)
    server.close()
    return seen


async def _open(plan: Plan, orders: _Orders) -> Seen:
    free = [await connect(plan.port) for _ in range(8)]
    statuses, milliseconds = Counter[str](), list[float]()

    async def ask(request: bytes, due_at: float) -> None:
        while free and not free[-1].is_open:
            free.pop()
        connection = free.pop() if free else await connect(plan.port)
        status, _ = await connection.ask(request)
        milliseconds.append((time.perf_counter() - due_at) * 1000)
        statuses[str(status)] += 1
        free.append(connection)

    began_at = time.perf_counter()
    asking = []
    for number in range(int(plan.per_second * plan.seconds)):
        due_at = began_at + number / plan.per_second
        await asyncio.sleep(max(0.0, due_at - time.perf_counter()))
        asking.append(asyncio.create_task(ask(orders.create(plan.standing + number, plan.call_seconds), due_at)))
    await asyncio.gather(*asking)
    seconds = time.perf_counter() - began_at
    return Seen(seconds, dict(statuses), milliseconds, _Application.heard["callback"], _Application.heard["fetch"])


async def _closed(plan: Plan, requests: Iterator[bytes]) -> Seen:
    statuses, milliseconds = Counter[str](), list[float]()

    async def keep_asking(connection: Connection) -> None:
        for request in requests:
            asked_at = time.perf_counter()
            status, _ = await connection.ask(request)
            milliseconds.append((time.perf_counter() - asked_at) * 1000)
            statuses[str(status)] += 1

    connections = [await connect(plan.port) for _ in range(plan.connections)]
    began_at = time.perf_counter()
    await asyncio.gather(*map(keep_asking, connections))
    return Seen(time.perf_counter() - began_at, dict(statuses), milliseconds, 0, 0)


async def _as_fast_as_possible(plan: Plan) -> Seen:
    orders = _Orders(plan.port)
    if not plan.asks:
        return await _closed(plan, (orders.create(number, 1.0) for number in range(plan.count)))
    _, body = await (await connect(plan.port)).ask(orders.create(0, 1.0))
    sid = json.loads(body)["sid"]
    return await _closed(plan, (orders.fetch(sid) for _ in range(plan.count)))


def main() -> None:
    """Carry out the plan that this process is given."""
    plan = Plan(**take_plan())
    seen = uvloop.run(_as_fast_as_possible(plan) if plan.count else _stand(plan))
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main()
