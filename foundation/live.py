"""News for browsers and bells for waiting loops, over Redis. Best effort: whoever misses one looks at the database."""

import json
import time
from collections.abc import Iterator
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from foundation.database import after_commit

NEWS_CHANNEL = "halali:news"
_BELL_PREFIX = "halali:bell:"


class Live:
    """Publishes small events. Topics are plain words such as `agent:agent_01…`, `board`, `campaign:campaign_01…`."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    def publish(self, topic: str, **event: Any) -> None:
        """Tell everyone who watches `topic`. Events carry ids and states, never names or numbers of people."""
        self._send([(NEWS_CHANNEL, json.dumps({"topic": topic, **event}))])

    def publish_after_commit(self, session: Session, topic: str, **event: Any) -> None:
        """Publish once the session's transaction has committed. The same news twice in a transaction is told once."""
        self._send_after_commit(session, NEWS_CHANNEL, json.dumps({"topic": topic, **event}))

    def ring(self, bell: str) -> None:
        """Wake every loop that waits for `bell`."""
        self._send([(_BELL_PREFIX + bell, "1")])

    def ring_after_commit(self, session: Session, bell: str) -> None:
        """Ring once the session's transaction has committed."""
        self._send_after_commit(session, _BELL_PREFIX + bell, "1")

    def _send_after_commit(self, session: Session, channel: str, message: str) -> None:
        outgoing: dict[tuple[str, str], None] = session.info.setdefault("halali_news", {})
        if not outgoing:
            after_commit(session, lambda: self._send(list(outgoing)))
        outgoing[channel, message] = None

    def _send(self, messages: list[tuple[str, str]]) -> None:
        """All messages in one round trip."""
        try:
            with self.redis.pipeline(transaction=False) as pipe:
                for channel, message in messages:
                    pipe.publish(channel, message)
                pipe.execute()
        except RedisError:
            return

    def listen(self) -> Iterator[dict[str, Any]]:
        """All news as it comes, for one reader per process that hands it on."""
        with self.redis.pubsub(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(NEWS_CHANNEL)
            for message in subscription.listen():
                yield json.loads(message["data"])


class Bell:
    """What a waiting loop listens to. A ring that nobody hears is no loss: the loop looks at the database anyway."""

    def __init__(self, redis: Redis, *names: str) -> None:
        self._subscription = redis.pubsub(ignore_subscribe_messages=True)
        self._channels = [_BELL_PREFIX + name for name in names]
        self._subscribed = False

    def wait(self, seconds: float) -> bool:
        """Wait until the bell rings, at most `seconds`; whether it rang. Several rings count as one."""
        deadline = time.monotonic() + seconds
        try:
            if not self._subscribed:
                self._subscription.subscribe(*self._channels)
                self._subscribed = True
            rang = False
            while not rang and (left := deadline - time.monotonic()) > 0:
                rang = self._subscription.get_message(timeout=left) is not None
            while rang and self._subscription.get_message(timeout=0) is not None:
                pass
        except RedisError:
            self._subscribed = False
            time.sleep(max(0.0, min(1.0, deadline - time.monotonic())))
            return False
        return rang

    def close(self) -> None:
        """Stop listening."""
        self._subscription.close()
