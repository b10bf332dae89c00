"""The courier: sends signed callbacks and asks for TwiML over HTTP, with Twilio's headers, timeouts and retries.

What is sent is decided by the engine; what goes wrong on purpose is decided by the fault book.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import aiohttp
from yarl import URL

from sandbox.engine.agenda import Agenda
from sandbox.engine.orders import Params, Webhook
from sandbox.engine.ports import Fetched, FetchOrder, Report
from sandbox.faults import FaultBook
from sandbox.ledger import Ledger
from sandbox.office.deliveries import Delivery
from sandbox.overrides import Overrides, split_url
from sandbox.signature import sign

CONNECTION_FAILURE, RETRIEVAL_FAILURE = 11205, 11200
_TWILIO_ERROR = {"ct": CONNECTION_FAILURE, "rt": RETRIEVAL_FAILURE, "tt": RETRIEVAL_FAILURE}


@dataclass(frozen=True, slots=True)
class Letter:
    """One request to the application, whatever it is for."""

    kind: str
    event: str
    sid: str
    webhook: Webhook
    params: Params
    spoils_signature: bool = False


@dataclass(frozen=True, slots=True)
class CourierParts:
    """What a courier works with. `token_of` gives the token with which an account's letters are signed."""

    token_of: Callable[[str], str]
    tried: Callable[[Delivery], None]
    ledger: Ledger
    faults: FaultBook
    agenda: Agenda
    now: Callable[[], float]
    is_virtual: bool


class Courier:
    """Delivers letters: each on its own on a running clock, one after the other on the virtual one."""

    def __init__(self, parts: CourierParts) -> None:
        self._parts = parts
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._queue: deque[Callable[[], Awaitable[None]]] = deque()
        self._generation = 0
        self.pending_callbacks = 0
        self.pending_fetches = 0

    async def open(self) -> None:
        """Open the pool of connections. Idle ones are dropped before usual servers drop them (5 s)."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        """Drop everything that is under way."""
        self.forget()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def forget(self) -> None:
        """Cancel what is under way and what waits."""
        self._queue.clear()
        self._generation += 1
        for task in list(self._tasks):
            task.cancel()
        self.pending_callbacks = self.pending_fetches = 0

    def report(self, report: Report) -> None:
        """Send a callback, unless a fault loses it; a fault may also double, delay or spoil it."""
        faults = self._parts.faults
        if faults.strike("callback_lost", report.event):
            self._note(report.topic, report, {"fault": "callback_lost"})
            return
        spoiled = faults.strike("callback_bad_signature", report.event) is not None
        letter = Letter(report.topic, report.event, report.sid, report.webhook, report.params, spoiled)
        copies = 2 if faults.strike("callback_doubled", report.event) else 1
        for _ in range(copies):
            self.pending_callbacks += 1
            late = faults.strike("callback_late", report.event)
            if late is None:
                self._start(lambda: self._deliver(letter))
            else:
                at = self._parts.now() + late.seconds * faults.share("callback_late")
                self._parts.agenda.put(at, lambda: self._start(lambda: self._deliver(letter)))

    def fetch(self, order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        """Ask for TwiML and hand the outcome to `done`."""
        self.pending_fetches += 1
        self._start(lambda: self._fetch(order, done))

    async def settle(self) -> None:
        """Virtual clock only: deliver all that waits, in order."""
        while self._queue:
            await self._queue.popleft()()

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        if self._parts.is_virtual:
            self._queue.append(work)
            return

        async def run() -> None:
            await work()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, letter: Letter) -> None:
        generation = self._generation
        try:
            await self._send(letter)
        finally:
            if generation == self._generation:
                self.pending_callbacks -= 1

    async def _fetch(self, order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        letter = Letter("twiml", "fetch", order.call_sid, order.webhook, order.params)
        faults = self._parts.faults
        generation = self._generation
        try:
            if faults.strike("fetch_lost", order.webhook.url):
                self._note("twiml", letter, {"fault": "fetch_lost"})
                fetched = Fetched(status=0, failure=CONNECTION_FAILURE)
            else:
                if faults.strike("fetch_doubled", order.webhook.url):
                    await self._send(letter)
                fetched = await self._send(letter)
        finally:
            if generation == self._generation:
                self.pending_fetches -= 1
        done(fetched)

    async def _send(self, letter: Letter) -> Fetched:
        url, overrides = split_url(letter.webhook.url)
        token = str(uuid4()) if not self._parts.is_virtual else f"{letter.sid}-{letter.event}"
        deadline = time.monotonic() + overrides.total_seconds
        fetched = Fetched(status=0, failure=CONNECTION_FAILURE)
        for attempt in range(1 + overrides.retries):
            started, at = time.monotonic(), self._parts.now()
            fetched, failure = await self._try(letter, url, overrides, token, deadline - started)
            milliseconds = 0 if self._parts.is_virtual else int((time.monotonic() - started) * 1000)
            self._parts.tried(
                Delivery(
                    letter.sid,
                    at,
                    letter.webhook.method,
                    url,
                    letter.params,
                    fetched.status,
                    fetched.content_type,
                    fetched.body,
                    milliseconds,
                )
            )
            outcome: dict[str, object] = {"try": attempt + 1, "status": fetched.status, "failure": failure}
            if not self._parts.is_virtual:
                outcome["ms"] = round((time.monotonic() - started) * 1000, 1)
            self._note(letter.kind, letter, outcome)
            if failure is None or not overrides.retries_after(failure) or time.monotonic() >= deadline:
                break
        return fetched

    async def _try(
        self, letter: Letter, url: str, overrides: Overrides, token: str, seconds_left: float
    ) -> tuple[Fetched, str | None]:
        assert self._session is not None
        is_get = letter.webhook.method == "GET"
        if is_get:
            url += ("&" if urlsplit(url).query else "?") + urlencode(letter.params)
        headers = {
            "Accept": "*/*",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": token,
            "X-Twilio-Signature": self._sign(letter, url),
        }
        if not is_get:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        limits = aiohttp.ClientTimeout(sock_connect=overrides.connect_seconds, sock_read=overrides.read_seconds)
        body = None if is_get else urlencode(letter.params).encode()
        try:
            async with asyncio.timeout(seconds_left):
                # encoded=True: the URL goes out letter by letter as it was signed.
                target = URL(url, encoded=True)
                method = letter.webhook.method
                async with self._session.request(method, target, data=body, headers=headers, timeout=limits) as answer:
                    text = await answer.text(errors="replace")
                    content_type = answer.headers.get("Content-Type", "")
        except (aiohttp.SocketTimeoutError, TimeoutError) as error:
            failure = "ct" if isinstance(error, aiohttp.ConnectionTimeoutError) else "rt"
            return Fetched(status=0, failure=_TWILIO_ERROR[failure]), failure
        except (aiohttp.ClientError, ValueError, OSError):
            return Fetched(status=0, failure=CONNECTION_FAILURE), "ct"
        failed = "4xx" if 400 <= answer.status < 500 else "5xx" if answer.status >= 500 else None
        return Fetched(answer.status, content_type, text), failed

    def _sign(self, letter: Letter, url: str) -> str:
        account_sid = next((value for key, value in letter.params if key == "AccountSid"), "")
        token = self._parts.token_of(account_sid) + ("-wrong" if letter.spoils_signature else "")
        return sign(token, url, () if letter.webhook.method == "GET" else letter.params)

    def _note(self, kind: str, what: Report | Letter, outcome: dict[str, object]) -> None:
        said = dict(what.params)
        facts: dict[str, object] = {
            "sid": what.sid,
            "event": what.event,
            "sequence": said.get("SequenceNumber"),
            "call_status": said.get("CallStatus"),
            "url": what.webhook.url.split("?")[0].split("#")[0],
            **outcome,
        }
        if kind in ("conference", "announce"):
            facts["call"] = said.get("CallSid")
        self._parts.ledger.note("twiml_fetched" if kind == "twiml" else "callback_tried", {"topic": kind, **facts})
