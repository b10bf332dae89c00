"""Inserts many rows by the shortest way that a database has: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import column, insert
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.orm import Session

from foundation.copy_text import as_copy_text
from foundation.database import Table

_ROWS_AT_ONCE = 250


def insert_rows(session: Session, table: type[Table], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows by the shortest way that the database has. JSON comes as text, moments by `moment_for_rows`."""
    driver = session.connection().connection.driver_connection
    if session.get_bind().dialect.name == "postgresql":
        _copy(driver, table, names, rows)
        return
    driver.executemany(_plain_insert(table, tuple(names)), rows)  # type: ignore[union-attr]


def _copy(driver: Any, table: type[Table], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    from psycopg import sql  # the driver takes its time to load, and SQLite needs none

    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.__tablename__), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    remaining = iter(rows)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        # Some at a time: the server begins while we write the next ones.
        while some := list(islice(remaining, _ROWS_AT_ONCE)):
            written = as_copy_text(some)
            if written is not None:
                copy.write(written)
                continue
            for row in some:
                copy.write_row(row)


def moment_for_rows(session: Session, moment: datetime) -> str:
    """A moment as `insert_rows` takes it on this database."""
    if session.get_bind().dialect.name == "postgresql":
        return moment.isoformat()
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@lru_cache
def _plain_insert(table: type[Table], names: tuple[str, ...]) -> str:
    # Of columns without types and defaults, so that the statement has these alone, in this order.
    bare = sql_table(table.__tablename__, *map(column, names))
    return str(insert(bare).compile(dialect=sqlite_dialect(), column_keys=list(names)))
