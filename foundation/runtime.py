"""The ground parts of one process, built once: settings, clock, database, Redis, queue, live."""

from dataclasses import dataclass
from functools import lru_cache

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from foundation.clock import Clock
from foundation.database import Database
from foundation.live import Live
from foundation.queue import Queue
from foundation.settings import Settings, load_settings


@dataclass(frozen=True)
class Runtime:
    """What every process stands on. Passed to whoever needs it; never looked up."""

    settings: Settings
    clock: Clock
    database: Database
    redis: Redis
    queue: Queue
    live: Live


def build_runtime(settings: Settings) -> Runtime:
    """The parts that `settings` describe. Opens nothing yet: connections come with their first use."""
    redis = Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=2,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 3),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
    )
    return Runtime(
        settings=settings,
        clock=settings.clock(),
        database=Database(settings.database_url, settings.database_pool_size),
        redis=redis,
        queue=Queue(redis),
        live=Live(redis),
    )


@lru_cache(maxsize=1)
def process_runtime() -> Runtime:
    """This process's own parts, for job functions, which are handed nothing but ids."""
    return build_runtime(load_settings())
