"""Single programs, as any Procfile runner starts them."""

import signal
from pathlib import Path

from pydantic import SecretStr
from redis import Redis

from foundation.queue import Queue, QueueName
from foundation.runtime import build_runtime
from leads.job_names import SEND_DUE
from tests.integration.cli.running_halali import settings_in, start, wait_until
from tests.integration.leads.delivery_rows import add_endpoint, is_signed_with
from tests.integration.leads.lead_rows import add_lead, add_partner, route_now
from tests.mail_server import mail_server
from tests.receiver import receiving


def failed_jobs(redis: Redis) -> int:
    return redis.zcard("rq:failed:work")


def test_a_worker_goes_on_after_redis_was_emptied(tmp_path: Path, redis_url: str, sqlite_url: str) -> None:
    settings = settings_in(tmp_path).model_copy(update={"redis_url": redis_url, "database_url": sqlite_url})
    worker = start(settings, "run", "worker")
    try:
        with Redis.from_url(redis_url) as redis:
            queue = Queue(redis)
            # No lead has this id, so the job fails, and a failed job is one that somebody took.
            queue.put(QueueName.WORK, "leads.jobs.route_lead", "lead_1")
            wait_until(lambda: failed_jobs(redis) == 1, "worked")
            redis.flushall()
            queue.put(QueueName.WORK, "leads.jobs.route_lead", "lead_2")
            wait_until(lambda: failed_jobs(redis) == 1, "worked after the flush")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.communicate()


def test_a_ticker_and_a_reporter_stop_when_they_are_asked(tmp_path: Path, redis_url: str, sqlite_url: str) -> None:
    settings = settings_in(tmp_path).model_copy(update={"redis_url": redis_url, "database_url": sqlite_url})
    with Redis.from_url(redis_url) as redis:
        loops = {program: start(settings, "run", program) for program in ("ticker", "reporter")}
        try:
            wait_until(lambda: len(redis.pubsub_channels("halali:bell:*")) == 2, "both listening")
            for loop in loops.values():
                loop.send_signal(signal.SIGTERM)
            assert [loop.wait(20) for loop in loops.values()] == [0, 0]
        finally:
            for loop in loops.values():
                loop.kill()
                loop.communicate()


def test_an_unknown_program_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    attempt = start(settings_in(tmp_path), "run", "dialler")
    _, errors = attempt.communicate(timeout=60)
    assert attempt.returncode == 1
    assert "dial-worker" in errors


def test_a_send_worker_sends_letters_and_signed_events(tmp_path: Path, redis_url: str, sqlite_url: str) -> None:
    with mail_server() as box, receiving() as receiver, Redis.from_url(redis_url) as redis:
        changes = {"redis_url": redis_url, "database_url": sqlite_url, "mail_from": "leads@halali.example"}
        settings = settings_in(tmp_path).model_copy(
            update=changes | {"smtp_url": SecretStr(box.url), "webhooks_anywhere": True}
        )
        runtime = build_runtime(settings)
        _, secret = add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
        route_now(runtime.database, add_lead(runtime.database))
        worker = start(settings, "run", "send-worker")
        try:
            Queue(redis).put(QueueName.SEND, SEND_DUE)
            wait_until(lambda: bool(box.letters and receiver.requests), "sent")
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(20) == 0
        finally:
            worker.kill()
            worker.communicate()
            runtime.database.dispose()
            runtime.redis.close()
    assert is_signed_with(secret, receiver.requests[0])
