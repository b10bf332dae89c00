"""The servers below a benchmark: a fresh SQLite file or PostgreSQL database for each measurement, and a Redis.

PostgreSQL runs as in production, with every commit on disk; the one that `scripts/with-servers` starts for tests does
not wait for the disk and would flatter the figures.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

import migrations
from benchmarks.programs import free_port, running
from cli.embedded_redis import server_binary
from foundation.database import Database

_NUMBERS = count(1)


@dataclass(frozen=True)
class Ground:
    """Where one measurement keeps its rows. `folder` is its own."""

    kind: str  # sqlite, postgres
    database_url: str
    redis_url: str
    folder: Path


@dataclass(frozen=True)
class Grounds:
    """Makes fresh grounds. `kinds` says on which databases this machine can measure."""

    folder: Path
    redis_url: str
    server_url: str  # of PostgreSQL; empty: there is none

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of database at hand."""
        return ("sqlite", "postgres") if self.server_url else ("sqlite",)

    @contextmanager
    def fresh(self, kind: str) -> Iterator[Ground]:
        """An empty, migrated database of one kind, removed afterwards."""
        number = next(_NUMBERS)
        folder = self.folder / f"{kind}-{number}"
        folder.mkdir()
        url = f"sqlite:///{folder / 'bench.db'}" if kind == "sqlite" else _create(self.server_url, f"bench_{number}")
        database = Database(url)
        migrations.upgrade(database)
        database.dispose()
        try:
            yield Ground(kind, url, self.redis_url, folder)
        finally:
            if kind == "sqlite":
                shutil.rmtree(folder)
            else:
                _drop(self.server_url, f"bench_{number}")


@contextmanager
def open_grounds() -> Iterator[Grounds]:
    """Start Redis, and PostgreSQL where it is installed, in a temporary folder; stop both afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="halali-bench-")))
        folder.chmod(0o711)
        redis_url = stack.enter_context(_redis(folder))
        binaries = find_postgres()
        server_url = stack.enter_context(_postgres(folder, binaries)) if binaries else ""
        yield Grounds(folder, redis_url, server_url)


def find_postgres() -> Path | None:
    """The folder with PostgreSQL's programs: version 15, else the newest; None when it is not installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    preferred = [path for path in found if path.parts[-3] == "15"]
    return (preferred or found)[-1].parent if found else None


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    port = free_port()
    words = [str(server_binary()), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--port", str(port)]
    with running(words, {}, folder, port):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _postgres(folder: Path, binaries: Path) -> Iterator[str]:
    cluster, sockets, port = folder / "postgres", folder / "sockets", free_port()
    password_path = folder / "password"
    password = secrets.token_hex(16)
    password_path.write_text(password, encoding="ascii")
    as_user: list[str] = []
    for path in (cluster, sockets):
        path.mkdir(mode=0o700)
    if os.getuid() == 0:  # it refuses to run as root
        owner = pwd.getpwnam("postgres")
        for path in (cluster, sockets, password_path):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    initdb = [*as_user, str(binaries / "initdb"), "-D", str(cluster), "-U", "halali", f"--pwfile={password_path}"]
    initdb += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(initdb, cwd=folder, check=True, capture_output=True)
    password_path.unlink()
    # Production's durability; only sizes are set, as anyone who runs a database would.
    words = [*as_user, str(binaries / "postgres"), "-D", str(cluster), "-k", str(sockets), "-p", str(port)]
    words += ["-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB"]
    with running(words, {}, folder, port):
        url = f"postgresql://halali:{password}@127.0.0.1:{port}/postgres"
        _wait_until_it_answers(url)
        yield url


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _create(server_url: str, name: str) -> str:
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{server_url.rpartition('/')[0]}/{name}"


def _drop(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
