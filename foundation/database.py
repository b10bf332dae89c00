"""The database: engine, transactions, and the only commit in the program.

SQLite has one writer at a time. Its own waiting is unfair under load (back-off sleeps, tails over a second), so writers
of all processes queue on a file lock instead, and wait for the disk only after they have let it go. PostgreSQL needs
none of this.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    Engine,
    MetaData,
    Text,
    bindparam,
    column,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.schema import Table as SqlTable
from sqlalchemy.types import JSON

from foundation.postgres_engine import server_engine
from foundation.utc_datetime import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_PRAGMAS = (
    *("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-32000", "temp_store=MEMORY"),
    # 32 MB of log before it is carried over: an import touches the same pages of its indexes again and again.
    "wal_autocheckpoint=8000",
    "journal_size_limit=34000000",
)
_SHORT_LOG, _LONG_LOG = 8000, 64000  # pages
_QUIET_TRANSACTIONS = 40


class Table(DeclarativeBase):
    """The base of all tables. JSON columns hold plain dictionaries and lists; moments are aware and in UTC."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON, list[str]: JSON}  # noqa: RUF012


@dataclass
class _AfterCommit:
    actions: list[Callable[[], None]] = field(default_factory=list)


class Database:
    """One engine and the two ways to use it: `transaction()` to write, `reading()` to look."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self.url = url.replace("postgres://", "postgresql+psycopg://").replace("postgresql://", "postgresql+psycopg://")
        self.is_sqlite = self.url.startswith("sqlite")
        self.engine = _sqlite_engine(self.url, pool_size) if self.is_sqlite else server_engine(self.url, pool_size)
        self._log: _GrowingLog | None = None

    @contextmanager
    def transaction(self, *, relaxed: bool = False) -> Iterator[Session]:
        """A transaction that commits when the block ends and rolls back when it raises.

        `relaxed` does not wait for the disk: a power cut may undo the last such commits, a killed
        process may not. It is for work that would be done again from rows that are safe.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            session.info["after_commit"] = _AfterCommit()
            connection = session.connection(execution_options={"halali_write": "relaxed" if relaxed else "durable"})
            if self.is_sqlite:
                _begin_immediate(connection.connection.dbapi_connection, connection.connection.info)
                if self._log is not None:
                    self._log.look(connection.connection.dbapi_connection)
            try:
                yield session
                session.commit()
            finally:
                if self.is_sqlite:
                    session.close()
        if self.is_sqlite and not relaxed:
            _sync(_sqlite_path(self.url))
        for action in session.info["after_commit"].actions:
            action()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading. It takes no write lock, and what is written in it is undone."""
        with _Reader(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session
            if not self.is_sqlite:
                _end_reading(session)

    def write_much(self) -> None:
        """For a process that writes a million rows over one connection. Only SQLite cares.

        It keeps 12 MB of pages, not 32. Its log grows to 256 MB while nobody else writes: most of what a batch writes
        are the same pages of an index as in the batches before, and they are carried over once instead of each time.
        """
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA cache_size=-12000")
            self._log = _GrowingLog()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def answers(self) -> bool:
        """Whether the database answers; raises what the driver raises when it does not."""
        with self.reading() as session:
            return bool(session.execute(text("SELECT 1")).scalar_one() == 1)


class _Reader(Session):
    """A session for reading, which notes whether it was asked for anything else."""


@event.listens_for(_Reader, "do_orm_execute")
def _note_more_than_reading(asked: ORMExecuteState) -> None:
    if not asked.is_select:
        asked.session.info["more_than_read"] = True


@event.listens_for(_Reader, "after_flush")
def _note_flush(session: Session, context: Any) -> None:
    session.info["more_than_read"] = True


def _end_reading(session: Session) -> None:
    """End a transaction that only read. The driver forgets all prepared statements at a rollback, and at no commit.

    Whoever wrote against the rule is still rolled back, when the session closes.
    """
    transaction = session.connection().get_transaction() if session.in_transaction() else None
    if transaction is not None and not session.info.get("more_than_read"):
        transaction.commit()


def insert_unless_known(
    session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]], key_columns: Sequence[str]
) -> int:
    """Insert rows, passing over those whose key columns are taken. For a single row: how many were inserted, 0 or 1."""
    statement = _insert_unless_known(session.get_bind().dialect.name, table, tuple(key_columns))
    if len(rows) == 1:
        # Asked for what was inserted: drivers count rows in ways of their own, and some not at all.
        written = session.execute(statement.returning(*table.__table__.primary_key), rows[0])
        return int(written.first() is not None)
    if session.get_bind().dialect.name == "postgresql":
        # One statement and one parameter, however many rows: sending each by itself costs three times as much.
        many = insert_many_unless_known(table, tuple(rows[0]), tuple(key_columns))
        session.execute(many, {"rows": as_document(rows)})
    else:
        session.execute(statement, list(rows))
    return len(rows)


def as_document(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as `insert_many_unless_known` takes them."""
    return json.dumps(list(rows), default=datetime.isoformat)


@lru_cache
def insert_many_unless_known(
    table: type[Table], names: tuple[str, ...], key_columns: tuple[str, ...]
) -> PostgresqlInsert:
    """For PostgreSQL: rows as one JSON document, which the server takes apart by the columns' own types."""
    columns = cast(SqlTable, table.__table__).c
    rows = func.json_to_recordset(sql_cast(bindparam("rows", type_=Text), JSON))
    source = rows.table_valued(*(column(name, columns[name].type) for name in names)).render_derived(with_types=True)
    insert = postgresql_insert(cast(SqlTable, table.__table__)).from_select(list(names), select(*source.c))
    return insert.on_conflict_do_nothing(index_elements=list(key_columns))


@lru_cache
def _insert_unless_known(dialect: str, table: type[Table], key_columns: tuple[str, ...]) -> Any:
    # On the bare table: rows are values already, and the ORM's own way to insert takes three times as long.
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    return insert(cast(SqlTable, table.__table__)).on_conflict_do_nothing(index_elements=list(key_columns))


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Do `action` once the transaction has committed; a rollback forgets it."""
    pending: _AfterCommit = session.info["after_commit"]
    pending.actions.append(action)


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    path = _sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock_path = path.with_name(path.name + ".writer")
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        # autocommit=None style: we begin and end by ourselves, so that BEGIN IMMEDIATE is possible.
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": 20},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: ConnectionPoolEntry) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        record.info["lock"] = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        record.info["locked"] = False

    @event.listens_for(engine, "close")
    def _close_lock(connection: Any, record: ConnectionPoolEntry) -> None:
        lock = record.info.pop("lock", None)
        if lock is not None:
            os.close(lock)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # Readers get a snapshot; writers begin in `_begin_immediate`, after they hold the lock.
        if "halali_write" not in connection.get_execution_options():
            connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "checkin")
    def _release(connection: Any, record: ConnectionPoolEntry) -> None:
        if record.info.get("locked"):
            record.info["locked"] = False
            fcntl.flock(record.info["lock"], fcntl.LOCK_UN)

    return engine


def _sqlite_path(url: str) -> Path:
    return Path(url.removeprefix("sqlite+pysqlite:///").removeprefix("sqlite:///"))


class _GrowingLog:
    """Decides how long SQLite's log may be, as whoever commits beyond 32 MB of it carries all of it over.

    Others would wait for that in the middle of a call. So it grows once nobody else has written for some time, and is
    short for good as soon as anybody has.
    """

    def __init__(self) -> None:
        self._version: int | None = None
        self._quiet = 0
        self._is_over = False

    def look(self, connection: Any) -> None:
        """See within a transaction whether another connection has written since the last one."""
        if self._is_over:
            return
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            self._quiet += 1
            if self._quiet == _QUIET_TRANSACTIONS:
                connection.execute(f"PRAGMA wal_autocheckpoint={_LONG_LOG}")
        elif self._version is not None:
            self._is_over = True
            connection.execute(f"PRAGMA wal_autocheckpoint={_SHORT_LOG}")
        self._version = version


def _begin_immediate(connection: Any, info: dict[Any, Any]) -> None:
    """Take the writers' lock, then SQLite's own. The kernel frees the former when a process dies."""
    fcntl.flock(info["lock"], fcntl.LOCK_EX)
    info["locked"] = True
    connection.execute("BEGIN IMMEDIATE")


def _sync(database_path: Path) -> None:
    """Wait until all that was committed so far is on disk.

    In mode NORMAL a commit appends to the log and does not wait, so the disk (milliseconds) is waited for here, without
    the writers' lock: several wait at once and share the work. What a checkpoint has moved out of the log since then is
    on disk already: it syncs the log before it and the database after it (sqlite.org/wal.html, "Performance
    Considerations"). The log carries no locks of SQLite, so it may be opened beside it.
    """
    try:
        log = os.open(database_path.with_name(database_path.name + "-wal"), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # the last connection is closed: everything is in the database, on disk
    try:
        os.fdatasync(log)
    finally:
        os.close(log)
