"""Fresh databases for tests: migrated once, then copied for each, as a file (SQLite) or by template (PostgreSQL)."""

import os
import shutil
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
    """Copies of one migrated SQLite file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    def make(self, folder: Path) -> str:
        """The address of a fresh database in `folder`."""
        path = folder / "test.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


class PostgresCopies:
    """Copies of one migrated PostgreSQL database on a server where we may create databases."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._prefix = f"halali_test_{os.getpid()}"
        self._numbers = count(1)
        self._admin = psycopg.connect(server_url, autocommit=True)
        self._template = f"{self._prefix}_template"
        self._admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._template)))
        migrate(self._url_of(self._template))

    def make(self) -> str:
        """The address of a fresh database."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(self._template))
        )
        return self._url_of(name)

    def drop(self, url: str) -> None:
        """Remove a database that `make` made, also when a test left connections open."""
        self._drop(urlsplit(url).path.lstrip("/"))

    def close(self) -> None:
        """Remove the template and leave the server."""
        self._drop(self._template)
        self._admin.close()

    def _drop(self, name: str) -> None:
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _url_of(self, name: str) -> str:
        parts = urlsplit(self._server_url)
        return urlunsplit(parts._replace(path=f"/{name}"))
