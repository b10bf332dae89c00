"""Live news for browsers and programs: one reader of Redis per process, one small bounded queue per listener.

News only say what has changed; whoever hears them asks for the content. Missed ones cost nothing: each stream begins by
naming everything it was asked to watch.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.live import NEWS_CHANNEL
from foundation.logs import get_logger

log = get_logger(__name__)

WAITING_NEWS_AT_MOST = 256
KEEP_ALIVE_SECONDS = 15.0
RIGHTS_CHECK_SECONDS = 5.0
HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


class Listener:
    """One open stream. When it falls behind, its oldest news are dropped, for the newest say what holds now."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self._waiting: deque[dict[str, Any]] = deque(maxlen=WAITING_NEWS_AT_MOST)
        self._rings = asyncio.Event()

    def offer(self, news: dict[str, Any]) -> None:
        """Put one piece of news in line."""
        self._waiting.append(news)
        self._rings.set()

    async def take(self, patience_seconds: float) -> list[dict[str, Any]]:
        """All news in line; waits for the first, at most `patience_seconds`, and is empty then."""
        try:
            await asyncio.wait_for(self._rings.wait(), patience_seconds)
        except TimeoutError:
            return []
        self._rings.clear()
        taken = list(self._waiting)
        self._waiting.clear()
        return taken


class Broadcaster:
    """Reads all news of Redis once and hands each piece to the listeners of its topic."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._listeners: dict[str, set[Listener]] = {}

    @contextmanager
    def listening(self, topics: Iterable[str]) -> Iterator[Listener]:
        """A listener that is known to the broadcaster while the block runs."""
        listener = Listener(topics)
        for topic in listener.topics:
            self._listeners.setdefault(topic, set()).add(listener)
        try:
            yield listener
        finally:
            for topic in listener.topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def hand_on(self, news: dict[str, Any]) -> None:
        """Give one piece of news to all who listen to its topic."""
        for listener in self._listeners.get(str(news.get("topic", "")), ()):
            listener.offer(news)

    def tell_everyone(self) -> None:
        """Say that every topic may have changed: what happened while Redis was away is not known."""
        for topic in list(self._listeners):
            self.hand_on({"topic": topic})

    async def run(self) -> None:
        """Read until cancelled. When Redis goes away, try again each second."""
        while True:
            try:
                await self._read()
            except (RedisError, OSError) as error:
                log.warning("news_unreachable", error=type(error).__name__)
                await asyncio.sleep(1.0)

    async def _read(self) -> None:
        async with Redis.from_url(self._redis_url) as redis, redis.pubsub(ignore_subscribe_messages=True) as news:
            await news.subscribe(NEWS_CHANNEL)
            self.tell_everyone()
            while True:
                message = await news.get_message(timeout=KEEP_ALIVE_SECONDS)
                if message is not None:
                    self.hand_on(json.loads(message["data"]))


def kind_of(topic: str) -> str:
    """The word before the id: `campaign` of `campaign:campaign_01…`. It is the name of the event in the stream."""
    return topic.partition(":")[0]


async def names_of_what_changed(listener: Listener, *, gap_seconds: float) -> AsyncIterator[set[str]]:
    """The kinds of topics that changed, together, at most once every `gap_seconds`; empty now and then.

    Begins with all of them: between the rendering of the page and this moment something may have happened.
    """
    yield {kind_of(topic) for topic in listener.topics}
    while True:
        await asyncio.sleep(gap_seconds)
        news = await listener.take(RIGHTS_CHECK_SECONDS)
        yield {kind_of(str(piece["topic"])) for piece in news}


async def browser_stream(
    changes: AsyncIterator[set[str]],
    still_allowed: Callable[[], Awaitable[bool]],
    *,
    check_seconds: float = RIGHTS_CHECK_SECONDS,
) -> AsyncIterator[str]:
    """Server-sent events without content, one per kind. Ends soon after the right to listen has ended."""
    last_check = last_sent = time.monotonic()
    async for kinds in changes:
        now = time.monotonic()
        if now - last_check >= check_seconds:
            last_check = now
            if not await still_allowed():
                yield "event: signed_out\ndata: {}\n\n"
                return
        if kinds:
            yield "".join(f"event: {kind}\ndata: {{}}\n\n" for kind in sorted(kinds))
            last_sent = now
        elif now - last_sent >= KEEP_ALIVE_SECONDS:
            yield ": still here\n\n"
            last_sent = now


async def program_stream(listener: Listener, still_allowed: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
    """Server-sent events with the news themselves as JSON. Ends soon after the right to listen has ended."""
    yield "event: listening\ndata: {}\n\n"
    last_check = last_sent = time.monotonic()
    while True:
        news = await listener.take(RIGHTS_CHECK_SECONDS)
        now = time.monotonic()
        if now - last_check >= RIGHTS_CHECK_SECONDS:
            last_check = now
            if not await still_allowed():
                return
        if news:
            yield "".join(f"event: {kind_of(piece['topic'])}\ndata: {json.dumps(piece)}\n\n" for piece in news)
            last_sent = now
        elif now - last_sent >= KEEP_ALIVE_SECONDS:
            yield ": still here\n\n"
            last_sent = now
