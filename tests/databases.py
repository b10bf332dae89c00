"""Fresh databases for tests: migrated once, then copied for each, as a file (SQLite) or by template (PostgreSQL)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

import migrations
from foundation.database import Database


def migrate(url: str) -> None:
    """Bring an empty database to the present schema."""
    database = Database(url)
    migrations.upgrade(database)
    database.dispose()


class SqliteCopies:
    """Copies of one migrated SQLite file, at the same few places again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")
        self._numbers = count(1)
        self._spare: list[Path] = []

    def make(self) -> str:
        """The address of a fresh database."""
        path = self._spare.pop() if self._spare else self._folder / f"test-{next(self._numbers)}.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def take_back(self, url: str) -> None:
        """Remove a database that `make` made; its place is free for the next one."""
        path = Path(url.removeprefix("sqlite:///"))
        for kept_beside in ("", "-wal", "-shm", "-journal", ".writer"):
            path.with_name(path.name + kept_beside).unlink(missing_ok=True)
        self._spare.append(path)


class Engines:
    """Engines by address. A new one words every statement anew, which costs a third of most tests that write rows."""

    def __init__(self) -> None:
        self._first: dict[str, Database] = {}

    @contextmanager
    def on(self, url: str) -> Iterator[Database]:
        """The database at this address; without connections before and after.

        Its engine is an object of its own, as what the program remembers of a database hangs on that, and shares
        the wordings of the first one.
        """
        first = self._first.get(url)
        if first is None:
            first = self._first[url] = Database(url)
        database = copy(first)
        database.engine = first.engine.execution_options()
        try:
            yield database
        finally:
            database.dispose()


ENGINES = Engines()


class PostgresCopies:
    """Migrated PostgreSQL databases for tests, on a server where we may create databases.

    A copy costs a fifth of a second, most tests write a few rows. So a database that comes back is emptied and lent
    again, unless a test has changed its schema, or it was lent often enough to be full of dead rows.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._prefix = f"halali_test_{os.getpid()}"
        self._numbers = count(1)
        self._admin = psycopg.connect(server_url, autocommit=True)
        self._template = f"{self._prefix}_template"
        self._admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._template)))
        migrate(self._url_of(self._template))
        self._lent: dict[str, _Emptier] = {}
        self._spare: list[_Emptier] = []

    def make(self) -> str:
        """The address of a fresh database."""
        emptier = self._spare.pop() if self._spare else self._copy()
        url = self._url_of(emptier.name)
        self._lent[url] = emptier
        return url

    def take_back(self, url: str) -> None:
        """Empty a database that `make` made for its next use, or remove it, also when a test left connections open."""
        emptier = self._lent.pop(url)
        if emptier.empty():
            self._spare.append(emptier)
        else:
            self._drop(emptier)

    def close(self) -> None:
        """Remove all databases and leave the server."""
        for emptier in (*self._spare, *self._lent.values()):
            self._drop(emptier)
        self._admin.execute(_DROP.format(sql.Identifier(self._template)))
        self._admin.close()

    def _copy(self) -> "_Emptier":
        name = f"{self._prefix}_{next(self._numbers)}"
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(self._template))
        )
        return _Emptier(name, self._url_of(name))

    def _drop(self, emptier: "_Emptier") -> None:
        emptier.close()
        self._admin.execute(_DROP.format(sql.Identifier(emptier.name)))

    def _url_of(self, name: str) -> str:
        parts = urlsplit(self._server_url)
        return urlunsplit(parts._replace(path=f"/{name}"))


class _Emptier:
    """Makes a used database as good as new, over a connection of its own."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._uses_left = 40
        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
        self._schema = self._connection.execute(_SCHEMA).fetchone()
        names = self._connection.execute(_TABLES).fetchall()
        self._filled = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(table), sql.Identifier(table))
            for (table,) in names
        )

    def empty(self) -> bool:
        """Whether it could be emptied and is worth keeping."""
        self._uses_left -= 1
        self._connection.execute(_END_OTHERS)
        if not self._uses_left or self._connection.execute(_SCHEMA).fetchone() != self._schema:
            return False
        try:
            # Neither foreign keys nor the triggers that keep histories whole stand in the way of this one connection.
            self._connection.execute("SET session_replication_role = replica")
        except psycopg.errors.InsufficientPrivilege:
            return False
        for (table,) in self._connection.execute(self._filled).fetchall():
            self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        self._connection.execute(_RESTART_NUMBERS)
        return True

    def close(self) -> None:
        self._connection.close()


_DROP = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
_END_OTHERS = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
# What migrations leave in their own table stays.
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SCHEMA = """SELECT count(*), sum(relnatts), sum(hashtext(concat(relname, relkind, relhastriggers, relchecks))::bigint)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace"""
_RESTART_NUMBERS = """SELECT setval(format('%I', sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"""
