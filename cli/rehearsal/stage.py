"""Where a rehearsal takes place: a folder, ports and databases of its own, and the real processes on them.

Nothing that exists is touched: on a server a database is made and dropped afterwards; a given Redis must be empty.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from pydantic import SecretStr
from redis import Redis
from redis.exceptions import RedisError

from cli.children import die_with_parent
from cli.output import say
from cli.ports import free_port
from cli.rehearsal.plan import Plan, changed_settings
from foundation.clock import Clock
from foundation.errors import Conflict, Unavailable
from foundation.ids import new_id
from foundation.settings import SANDBOX_ACCOUNT_SID, SANDBOX_AUTH_TOKEN, Settings
from leads.business_clock import AROUND_THE_CLOCK

STOP_SECONDS = 15.0
_SHOWN_LINES = 30


@dataclass(frozen=True)
class Stage:
    """A running Halali of its own, with the settings that lead to it."""

    settings: Settings
    folder: Path
    supervisor: "subprocess.Popen[bytes]"

    def pid_of(self, program: str) -> int | None:
        """The process of a program now, such as `webhooks` or `dial-worker.2`; the first one of several by its name."""
        notes = json.loads((self.settings.data_dir / "running.json").read_text(encoding="utf-8"))
        programs: dict[str, int] = notes["programs"]
        return programs.get(program) or programs.get(f"{program}.1")

    def log_tail(self) -> str:
        """The last lines that the processes wrote."""
        return "\n".join(self._log_lines()[-_SHOWN_LINES:])

    def last_lines_of_each(self) -> str:
        """The last lines of each process, one process after the other."""
        by_program: dict[str, list[str]] = {}
        for line in self._log_lines():
            by_program.setdefault(line.partition("|")[0], []).append(line)
        return "\n".join(line for lines in by_program.values() for line in lines[-_SHOWN_LINES:])

    def _log_lines(self) -> list[str]:
        return (self.folder / "halali.log").read_text(encoding="utf-8", errors="replace").splitlines()


@contextmanager
def set_up(plan: Plan, origin: datetime) -> Iterator[Stage]:
    """A stage that is taken down again when the block ends, however it ends.

    Raises:
        Conflict: the given Redis or SQLite file is not empty.
        Unavailable: a given server does not answer, or the program does not start.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(_folder(is_kept=plan.is_kept))
        database_url = stack.enter_context(_own_database(folder, is_kept=plan.is_kept))
        redis_url = stack.enter_context(_empty_redis())
        settings = settings_of(plan, folder, origin, database_url, redis_url)
        supervisor = _start(plan, settings, folder)
        stack.callback(_stop, supervisor)
        stage = Stage(settings, folder, supervisor)
        _wait_until_up(stage)
        yield stage


def settings_of(plan: Plan, folder: Path, origin: datetime, database_url: str, redis_url: str) -> Settings:
    """Every setting is set, so that nothing of the surroundings, a real carrier least of all, gets in."""
    values: dict[str, Any] = {name: field.default for name, field in Settings.model_fields.items()}
    values |= {
        "data_dir": folder / "var",
        "database_url": database_url,
        "redis_url": redis_url,
        "redis_port": free_port(),
        "web_port": free_port(),
        "webhooks_port": free_port(),
        "sandbox_port": free_port(),
        "twilio_account_sid": SANDBOX_ACCOUNT_SID,
        "twilio_auth_token": SANDBOX_AUTH_TOKEN,
        "calls_per_second": plan.calls_per_second,
        "calls_in_flight": max(100, plan.agents * 4),
        # The day goes on after offices close, and its leads are to be settled with it.
        "business_hours": AROUND_THE_CLOCK,
        "offer_hours": plan.offer_hours,
        "hot_offer_hours": min(plan.offer_hours, Settings.model_fields["hot_offer_hours"].default),
        "clock_speed": plan.speed,
        "clock_origin": origin,
        "clock_epoch_real": Clock().now().timestamp(),
        "session_hours": 240.0,
        "log_level": "WARNING",
    }
    return Settings(_env_file=None, **(values | changed_settings(plan.changes)))


def _environment(settings: Settings, plan: Plan) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    people = {"SANDBOX_PEOPLE_SET": plan.people} if plan.people else {}
    # The checks compare every call with the carrier's books, so these forget none.
    carrier = {"SANDBOX_SEED": str(plan.seed), "SANDBOX_CALLS_KEPT": "0"}
    return kept | as_variables(settings) | carrier | people


def as_variables(settings: Settings) -> dict[str, str]:
    """Settings as environment variables that give the same settings again."""
    return {name.upper(): _as_variable(value) for name, value in dict(settings).items() if value is not None}


def _as_variable(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case datetime():
            return value.isoformat()
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _start(plan: Plan, settings: Settings, folder: Path) -> "subprocess.Popen[bytes]":
    parent = os.getpid()
    words = [sys.executable, "-m", "cli", "up", "--json"]
    words += [word for count in plan.counts for word in ("--count", count)]
    with (folder / "halali.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own words
            words,
            env=_environment(settings, plan),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509 - there are no threads yet
        )


def _wait_until_up(stage: Stage) -> None:
    output = stage.supervisor.stdout
    assert output is not None
    text = b""
    for line in output:
        text += line
        if line.startswith(b"}"):
            return
    raise Unavailable(f"Halali did not start for the rehearsal. Its last lines:\n{stage.log_tail()}")


def _stop(supervisor: "subprocess.Popen[bytes]") -> None:
    supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()
    if supervisor.stdout is not None:
        supervisor.stdout.close()


@contextmanager
def _folder(*, is_kept: bool) -> Iterator[Path]:
    if is_kept:
        folder = Path(tempfile.mkdtemp(prefix="halali-rehearsal-"))
        say(f"The rehearsal's files stay in {folder}")
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="halali-rehearsal-") as name:
        yield Path(name)


@contextmanager
def _own_database(folder: Path, *, is_kept: bool) -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'rehearsal.db'}"
        return
    name = new_id("halali_rehearsal").lower()
    plain = given.replace("postgresql+psycopg://", "postgresql://")
    try:
        with psycopg.connect(plain, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield urlunsplit(urlsplit(plain)._replace(path=f"/{name}"))
            finally:
                if not is_kept:
                    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise Unavailable(f"PostgreSQL at DATABASE_URL: {str(error).strip()}") from error


def empty_redis(url: str) -> None:
    """Forget all that is in the rehearsal's own database of a Redis; other databases of that server are not ours."""
    with Redis.from_url(url) as redis:
        redis.flushdb()


@contextmanager
def _empty_redis() -> Iterator[str]:
    """The given Redis, when there is nothing in it; empty text for the embedded one."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        yield ""
        return
    try:
        with Redis.from_url(url) as redis:
            if redis.dbsize():
                raise Conflict(
                    "The Redis at REDIS_URL is not empty, and a rehearsal touches nothing of yours. "
                    "Name an empty database of it, such as one that ends in /9."
                )
            yield url
            redis.flushdb()
    except RedisError as error:
        raise Unavailable(f"Redis at REDIS_URL: {error}") from error
