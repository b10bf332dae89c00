"""The courier: takes callbacks and requests for TwiML from the engine and sees to it that they are delivered.

What is sent is decided by the engine; what goes wrong on purpose is decided by the fault book; HTTP is `post`'s.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from uuid import UUID, uuid4

import aiohttp

from sandbox.callbacks.letters import Answered, Letter, Spoiling
from sandbox.callbacks.memory import Memory
from sandbox.callbacks.overrides import Overrides, split_url
from sandbox.callbacks.post import Postman, PostOptions
from sandbox.callbacks.troubles import (
    BAD_POLICY,
    CALLBACK_WARNING,
    CONNECTION_FAILURE,
    InvalidRedirect,
    read_trouble,
)
from sandbox.engine.agenda import Agenda
from sandbox.engine.orders import Params
from sandbox.engine.ports import Fetched, FetchOrder, Report
from sandbox.faults import FaultBook
from sandbox.ledger import Ledger
from sandbox.office.deliveries import Delivery
from sandbox.skew import shift_timestamp

# How requests are called in the ledger; all others are callbacks.
_KINDS = {"twiml": "twiml_fetched", "media": "media_fetched"}
Work = Callable[[], Awaitable[None]]
RaiseAlert = Callable[[str, int, str, bool, str], None]  # about whom, code, text, is it a warning, URL


@dataclass(frozen=True, slots=True)
class CourierParts:
    """What a courier works with. `token_of` returns an account's auth token; `tried` hears of each try."""

    token_of: Callable[[str], str]
    ledger: Ledger
    faults: FaultBook
    agenda: Agenda
    now: Callable[[], float]
    is_virtual: bool
    raise_alert: RaiseAlert = lambda _sid, _code, _text, _is_warning, _url: None
    tried: Callable[[Delivery], None] = lambda _delivery: None
    post: PostOptions = field(default_factory=PostOptions)


class Courier:
    """Delivers letters: each on its own on a running clock, one after the other on the virtual one."""

    def __init__(self, parts: CourierParts) -> None:
        self._parts = parts
        self._memory = Memory(parts.now)
        self.postman = Postman(parts.post, parts.token_of, self._memory)
        self._tasks: set[asyncio.Task[None]] = set()
        self._queue: deque[Work] = deque()
        self._held: dict[str, list[Callable[[], None]]] = {}
        self._tokens = count(1)
        self._generation = 0
        self.pending_callbacks = 0
        self.pending_fetches = 0

    async def open(self) -> None:
        """Open connections."""
        await self.postman.open()

    async def close(self) -> None:
        """Drop everything that is under way."""
        self.forget()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.postman.close()

    def forget(self) -> None:
        """Cancel what is under way and what waits."""
        self._queue.clear()
        self._held.clear()
        self._memory.forget()
        self._generation += 1
        for task in list(self._tasks):
            task.cancel()
        self.pending_callbacks = self.pending_fetches = 0

    def report(self, report: Report) -> None:
        """Send a callback, unless a fault loses it; a fault may also double, delay, swap or spoil it."""
        faults = self._parts.faults
        letter = self._write(report)
        if faults.strike("callback_lost", report.event):
            self._note(letter, {"fault": "callback_lost"})
            return
        earlier = self._held.pop(report.sid, [])
        for _ in range(2 if faults.strike("callback_doubled", report.event) else 1):
            self.pending_callbacks += 1
            self._send_off(letter)
        for start in earlier:
            start()

    def fetch(self, order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        """Ask for TwiML and hand the outcome to `done`."""
        self.pending_fetches += 1
        topic = "media" if order.wants_media else "twiml"
        letter = Letter(topic, "fetch", order.call_sid, order.webhook, order.params, self._next_token())
        self._start(lambda: self._fetch(letter, done))

    async def settle(self) -> None:
        """Virtual clock only: deliver all that waits, in order."""
        while self._queue:
            await self._queue.popleft()()

    def _write(self, report: Report) -> Letter:
        faults = self._parts.faults
        spoiling: Spoiling = ""
        if faults.strike("callback_bad_signature", report.event):
            spoiling = "wrong_signature"
        elif faults.strike("callback_unsigned", report.event):
            spoiling = "no_signature"
        params: Params = report.params
        skew = faults.in_force("clock_skew")
        if skew is not None:
            params = shift_timestamp(params, skew.seconds)
        return Letter(report.topic, report.event, report.sid, report.webhook, params, self._next_token(), spoiling)

    def _send_off(self, letter: Letter) -> None:
        faults, agenda, now = self._parts.faults, self._parts.agenda, self._parts.now
        late = faults.strike("callback_late", letter.event)
        if late is not None:
            agenda.put(now() + late.seconds * faults.share("callback_late"), lambda: self._deliver_soon(letter))
            return
        swapped = faults.strike("callback_shuffled", letter.event)
        if swapped is None:
            self._deliver_soon(letter)
            return
        # Held until the next callback about the same call or conference has gone, or for so many seconds.
        is_gone = False

        def go() -> None:
            nonlocal is_gone
            if not is_gone:
                is_gone = True
                self._deliver_soon(letter)

        self._held.setdefault(letter.sid, []).append(go)
        agenda.put(now() + swapped.seconds, go)

    def _deliver_soon(self, letter: Letter) -> None:
        self._start(lambda: self._deliver(letter))

    def _start(self, work: Work) -> None:
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
            answered = await self._send(letter)
        finally:
            if generation == self._generation:
                self.pending_callbacks -= 1
        self._warn_of(letter, answered)

    async def _fetch(self, letter: Letter, done: Callable[[Fetched], None]) -> None:
        faults = self._parts.faults
        generation = self._generation
        try:
            if faults.strike("fetch_lost", letter.webhook.url):
                self._note(letter, {"fault": "fetch_lost"})
                answered = Answered(0, trouble="ct", code=CONNECTION_FAILURE)
            else:
                if faults.strike("fetch_doubled", letter.webhook.url):
                    await self._send(letter)
                answered = await self._send(letter)
        finally:
            if generation == self._generation:
                self.pending_fetches -= 1
        failure = answered.code if answered.status == 0 and answered.code else None
        done(Fetched(answered.status, answered.content_type or "", answered.body, failure, answered.sound_seconds))

    async def _send(self, letter: Letter) -> Answered:
        url, overrides = split_url(letter.webhook.url)
        for fault in overrides.faults:
            self._parts.raise_alert(letter.sid, BAD_POLICY, f"Connection override: {fault}", False, url)
        deadline = time.monotonic() + overrides.total_seconds
        answered = Answered(0)
        for attempt in range(1 + overrides.retries):
            started, at = time.monotonic(), self._parts.now()
            answered = await self._try(letter, url, overrides, deadline - started)
            milliseconds = 0.0 if self._parts.is_virtual else round((time.monotonic() - started) * 1000, 1)
            self._tell_of(letter, answered, attempt + 1, milliseconds)
            self._parts.tried(_delivery(letter, url, at, answered, milliseconds))
            trouble = answered.trouble
            if trouble is None or not overrides.retries_after(trouble) or time.monotonic() >= deadline:
                break
        return answered

    def _tell_of(self, letter: Letter, answered: Answered, attempt: int, milliseconds: float) -> None:
        facts: dict[str, object] = {"try": attempt, "status": answered.status, "failure": answered.trouble}
        if answered.code:
            facts["code"] = answered.code
        if not self._parts.is_virtual:
            facts["ms"] = milliseconds
        self._note(letter, facts)

    async def _try(self, letter: Letter, url: str, overrides: Overrides, seconds_left: float) -> Answered:
        try:
            async with asyncio.timeout(seconds_left):
                return await self.postman.try_once(letter, url, overrides)
        except (aiohttp.ClientError, InvalidRedirect, TimeoutError, ValueError, OSError) as error:
            return read_trouble(error)

    def _warn_of(self, letter: Letter, answered: Answered) -> None:
        """Put a callback that failed for good into the alert list; its call goes on."""
        if not answered.code:
            return
        url = letter.webhook.url.partition("#")[0]
        if letter.topic == "call" and answered.status:
            text = f"Warning response to callback URL: HTTP status {answered.status}"
            self._parts.raise_alert(letter.sid, CALLBACK_WARNING, text, True, url)
        else:
            text = f"Callback {letter.event} failed with HTTP status {answered.status}"
            self._parts.raise_alert(letter.sid, answered.code, text, False, url)

    def _next_token(self) -> str:
        if not self._parts.is_virtual:
            return str(uuid4())
        return str(UUID(bytes=blake2b(str(next(self._tokens)).encode(), digest_size=16).digest()))

    def _note(self, letter: Letter, outcome: dict[str, object]) -> None:
        facts: dict[str, object] = {
            "topic": letter.topic,
            "sid": letter.sid,
            "event": letter.event,
            "sequence": letter.param("SequenceNumber") or None,
            "call_status": letter.param("CallStatus") or None,
            "url": letter.webhook.url.split("?")[0].split("#")[0],
            "token": letter.token,
            **outcome,
        }
        if letter.topic in ("conference", "announce"):
            facts["call"] = letter.param("CallSid") or None
        self._parts.ledger.note(_KINDS.get(letter.topic, "callback_tried"), facts)


def _delivery(letter: Letter, url: str, at: float, answered: Answered, milliseconds: float) -> Delivery:
    return Delivery(
        letter.sid,
        at,
        letter.webhook.method,
        url,
        letter.params,
        answered.status,
        answered.content_type,
        answered.body,
        int(milliseconds),
    )
