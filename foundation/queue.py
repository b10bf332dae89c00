"""Jobs on Redis through RQ. Job arguments are ids as text, never objects; a lost job costs seconds, never a call.

Each worker process listens on exactly one queue: only then does RQ move a job atomically from queue to worker.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RqQueue
from sqlalchemy.orm import Session

from foundation.database import after_commit
from foundation.logs import get_logger

log = get_logger(__name__)

JOB_TIMEOUT_SECONDS = 120
FAILURE_TTL_SECONDS = 24 * 3600


class QueueName(StrEnum):
    """The queues, one kind of worker each."""

    DIAL = "dial"
    WORK = "work"
    SEND = "send"  # to other people's servers, which may be slow


class Queue:
    """Puts jobs on Redis. When Redis is away the sweep finds the work in the database, so putting never fails."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    @cached_property
    def _queues(self) -> dict[QueueName, RqQueue]:
        return {name: RqQueue(name.value, connection=self.redis, serializer="json") for name in QueueName}

    def put(self, queue: QueueName, job: str, *arguments: str | Sequence[str]) -> None:
        """Put one job on a queue now. `job` is the dotted name of a function, such as `dialer.jobs.place_calls`."""
        try:
            self._queues[queue].enqueue(
                job,
                *arguments,
                job_timeout=JOB_TIMEOUT_SECONDS,
                result_ttl=0,
                failure_ttl=FAILURE_TTL_SECONDS,
            )
        except RedisError as error:
            log.warning("queue_unreachable", job=job, error=type(error).__name__)

    def put_after_commit(self, session: Session, queue: QueueName, job: str, *arguments: str | Sequence[str]) -> None:
        """Put one job on a queue once the session's transaction has committed; a rollback forgets it."""
        after_commit(session, lambda: self.put(queue, job, *arguments))
