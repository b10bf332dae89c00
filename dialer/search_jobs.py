"""Writes the words by which contacts are found, in a worker: rung by the ticker while some are missing.

A job is short, for leads are routed by the same workers; the next ring goes on where it stopped.
"""

import time

from sqlalchemy import exists, select

from campaigns import search_index
from campaigns.tables import Upload, UploadStatus
from dialer.job_names import WRITE_SEARCH_WORDS
from foundation.database import Database
from foundation.queue import QueueName
from foundation.runtime import Runtime, process_runtime

_SECONDS = 1.5


def ring_when_behind(runtime: Runtime) -> bool:
    """Queue a job where words are missing. It waits for lists that are being taken in: they are in more of a hurry."""
    with runtime.database.reading() as session:
        is_due = search_index.is_behind(session) and not session.scalar(
            select(exists().where(Upload.status == UploadStatus.COMMITTING))
        )
    if is_due:
        runtime.queue.put(QueueName.WORK, WRITE_SEARCH_WORDS)
    return is_due


def write_search_words() -> None:
    """Write words for a moment, in this worker process."""
    write_for(process_runtime().database, _SECONDS)


def write_for(database: Database, seconds: float) -> int:
    """Write words until none are missing or the time is up, some contacts at a time; how many contacts it was."""
    until, done = time.monotonic() + seconds, 0
    while True:
        with database.transaction(relaxed=True) as session:
            count = search_index.write_some(session)
        done += count
        if not count or time.monotonic() >= until:
            return done
