"""A rehearsal on given servers touches nothing that was there before."""

from pathlib import Path

from redis import Redis

from cli.rehearsal.stage import empty_redis
from tests.integration.cli.running_halali import settings_in, start


def test_emptying_redis_leaves_the_other_databases_of_the_server_alone(redis_url: str) -> None:
    server = redis_url.rpartition("/")[0]
    with Redis.from_url(f"{server}/0") as theirs, Redis.from_url(f"{server}/9") as ours:
        theirs.set("kept", "1")
        ours.set("gone", "1")
        empty_redis(f"{server}/9")
        assert (theirs.dbsize(), ours.dbsize()) == (1, 0)


def test_a_redis_that_is_not_empty_is_refused_and_stays_as_it_was(tmp_path: Path, redis_url: str) -> None:
    contacts = tmp_path / "list.csv"
    contacts.write_text("Firma;Telefon\nAlpha;044 668 18 00\n", encoding="utf-8")
    partners = tmp_path / "partners.csv"
    partners.write_text("name;languages;solutions;weekly_capacity\nA;de;erp;1\n", encoding="utf-8")
    with Redis.from_url(redis_url) as redis:
        redis.set("kept", "1")
        settings = settings_in(tmp_path).model_copy(update={"redis_url": redis_url, "database_url": ""})
        attempt = start(settings, "rehearse", str(contacts), "--partners", str(partners))
        _, errors = attempt.communicate(timeout=60)
        assert attempt.returncode == 1
        assert "not empty" in errors
        assert redis.get("kept") == b"1"
