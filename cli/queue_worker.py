"""Runs jobs from one queue in this process: no fork for each job, JSON only, exactly one queue.

A worker on two queues could lose a job for good when it is killed; see `foundation.queue`.
"""

import signal
import time
from collections.abc import Callable
from types import FrameType

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import SimpleWorker

from foundation.logs import get_logger
from foundation.queue import QueueName

log = get_logger(__name__)

# How soon an idle worker looks after jobs whose worker was killed; see docs of RQ 3, "worker_ttl".
WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 15
MONITORING_SECONDS = 5
REDIS_AWAY_SECONDS = 0.5


class _Worker(SimpleWorker):
    """RQ's worker, impatient for Redis to come back."""

    max_connection_wait_time = 1.0

    @property
    def shutdown_was_asked(self) -> bool:
        """Whether it ended because it was told to, and not because Redis went away."""
        return self._shutdown_requested_date is not None


def work(redis_url: str, queue: QueueName, ready: Callable[[], None]) -> None:
    """Work until SIGTERM or SIGINT. Redis may go and come back, or be emptied, at any time."""
    is_known_ready = False
    while True:
        # RQ takes the signals over while it works; before and in between they end the process.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end)
        redis = Redis.from_url(
            redis_url,
            socket_connect_timeout=2,
            retry=Retry(ConstantBackoff(0.1), 3),
            retry_on_error=[RedisConnectionError],
        )
        try:
            worker = _worker(redis, queue)
            if not is_known_ready:
                ready()
                is_known_ready = True
            worker.work(logging_level="WARNING")
            if worker.shutdown_was_asked:
                return
        except RedisError as error:
            log.warning("worker_lost_redis", queue=queue.value, error=type(error).__name__)
        finally:
            redis.close()
        time.sleep(REDIS_AWAY_SECONDS)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _worker(redis: Redis, queue: QueueName) -> _Worker:
    return _Worker(
        [queue.value],
        connection=redis,
        serializer="json",
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        log_job_description=False,  # job arguments are ids, but logs need none of them
    )
