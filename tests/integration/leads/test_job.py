"""The job as a worker process runs it: found by its name, its parts from the environment."""

from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq import SimpleWorker

from foundation.database import Database
from foundation.queue import Queue, QueueName
from foundation.runtime import process_runtime
from leads.job_names import ROUTE_LEAD
from leads.lead_states import LeadStatus
from tests.integration.leads.lead_rows import add_lead, add_partner, lead_row


@pytest.fixture
def _settings_of_a_worker(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    process_runtime.cache_clear()
    yield
    process_runtime().database.dispose()
    process_runtime().redis.close()
    process_runtime.cache_clear()


@pytest.mark.usefixtures("_settings_of_a_worker")
def test_queued_job_routes_the_lead_and_a_second_one_changes_nothing(database: Database, redis: Redis) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database)
    queue = Queue(redis)
    for _ in range(2):
        with database.transaction() as session:
            queue.put_after_commit(session, QueueName.WORK, ROUTE_LEAD, lead_id)
    work = RqQueue("work", connection=redis, serializer="json")
    assert len(work) == 2
    SimpleWorker([work], connection=redis, serializer="json").work(burst=True)
    assert lead_row(database, lead_id).status == LeadStatus.OFFERED
    assert len(work) == 0
    assert work.failed_job_registry.get_job_count() == 0
