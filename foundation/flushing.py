"""Writes what a session holds by one statement, where the database can: one round trip instead of one for each table.

The session's own flush does the same row by row. Use it where speed counts and nothing is read between the changes.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Column, Dialect, inspect
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

_LONG = 8  # characters


@dataclass(frozen=True)
class Beside:
    """A statement that is written beside rows, in the database's own words with a place for each value.

    On PostgreSQL it is part of theirs, so it sees none of what they write.
    """

    words: str
    values: Sequence[Any]


class _Step(NamedTuple):
    """What is done to one row. `where` are the columns of its key; without them the row is new."""

    table: SqlTable
    names: tuple[str, ...]
    where: tuple[str, ...] = ()


def flush_at_once(session: Session, beside: Beside | None = None) -> None:
    """Write all that was added to the session or changed in it. Columns are called as their attributes are.

    On PostgreSQL by one statement, whose parts see nothing of each other: no row may be written twice. Rows whose key
    the database gives are not known to the session afterwards.
    """
    dialect = session.get_bind().dialect
    if dialect.name != "postgresql" or session.deleted:
        session.flush()
        if beside is not None:
            session.connection().exec_driver_sql(beside.words, tuple(beside.values))
        return
    added, changed = list(session.new), [one for one in session.dirty if session.is_modified(one)]
    steps = [*map(_insertion, added), *map(_change, changed)]
    if steps or beside is not None:
        words, values = _put(dialect, list(zip([*added, *changed], steps, strict=True)), beside)
        session.connection().exec_driver_sql(words, values)
    for row in added:
        session.expunge(row)
        if all(getattr(row, key.name) is not None for key in _table_of(row).primary_key):
            make_transient_to_detached(row)
            session.add(row)
    for row, step in zip(changed, steps[len(added) :], strict=True):
        for name in step.names:
            set_committed_value(row, name, getattr(row, name))


def _put(
    dialect: Dialect, changes: Sequence[tuple[object, _Step]], beside: Beside | None
) -> tuple[str, dict[str, Any]]:
    """The statement and its values. As text: to put so large a statement together, or to tell it from others, takes
    as long as running it.
    """
    sent = _Sent()
    for row, step in changes:
        for name, kind, write in _writers(dialect, step):
            sent.add(kind, write(getattr(row, name)))
    own = beside.words if beside is not None else ""
    for value in beside.values if beside is not None else ():
        sent.add(own, value)
    words = _statement(dialect, tuple(step for _, step in changes), own, tuple(sent.places))
    return words, {f"p{place}": value for place, value in enumerate(sent.values)}


class _Sent:
    """The values of a statement, each once: a decision says one moment eight times, and the driver remembers how a
    statement of over 50 values is taken apart from one to the next only if they are fewer.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.places: list[int] = []  # for each value in the order of the statement
        self._known: dict[tuple[str, Any], int] = {}

    def add(self, kind: str, value: Any) -> None:
        """The next value. It is the same as another only if the server takes both for the same kind."""
        place = len(self.values)
        # Numbers and codes may be alike by chance: each such chance would be another statement.
        if isinstance(value, datetime) or (isinstance(value, str) and len(value) > _LONG):
            place = self._known.setdefault((kind, value), place)
        if place == len(self.values):
            self.values.append(value)
        self.places.append(place)


def _table_of(row: object) -> SqlTable:
    return cast(SqlTable, type(row).__table__)  # type: ignore[attr-defined]


def _insertion(row: object) -> _Step:
    """The columns that have a value or a default, which is set here; null is what the others get by themselves."""
    table = _table_of(row)
    # What a new row has stands in its dictionary; asking by attribute takes four times as long, and there are many.
    has = row.__dict__
    for name, default in _defaults(table):
        if has.get(name) is None:
            setattr(row, name, default())
    return _Step(table, tuple([name for name in _names(table) if has.get(name) is not None]))


@lru_cache(maxsize=200)
def _names(table: SqlTable) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


@lru_cache(maxsize=200)
def _defaults(table: SqlTable) -> tuple[tuple[str, Callable[[], Any]], ...]:
    return tuple((column.name, _maker(column)) for column in table.columns if column.default is not None)


def _maker(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default.is_callable:
        return lambda: default.arg(None)
    return lambda: default.arg


def _change(row: object) -> _Step:
    state: Any = inspect(row)
    table = _table_of(row)
    changed = set(_names(table)) - state.unmodified
    return _Step(table, tuple(sorted(changed)), tuple(key.name for key in table.primary_key))


@lru_cache(maxsize=500)
def _writers(dialect: Dialect, step: _Step) -> tuple[tuple[str, str, Callable[[Any], Any]], ...]:
    """For each value in the order of the statement, its name, its kind, and what makes of it what the driver takes."""
    found = []
    for at, name in enumerate((*step.names, *step.where)):
        kind = step.table.columns[name].type.dialect_impl(dialect)
        # What is compared may be taken for another type than what is written.
        spoken = f"{kind.compile(dialect)}{' compared' if at >= len(step.names) else ''}"
        found.append((name, spoken, kind.bind_processor(dialect) or _as_it_is))
    return tuple(found)


def _as_it_is(value: Any) -> Any:
    return value


@lru_cache(maxsize=500)
def _statement(dialect: Dialect, steps: tuple[_Step, ...], beside: str, places: tuple[int, ...]) -> str:
    quoted = dialect.identifier_preparer.quote
    parts = []
    for number, step in enumerate(steps):
        table, names, keys = quoted(step.table.name), list(map(quoted, step.names)), list(map(quoted, step.where))
        if keys:
            words = ["UPDATE", table, "SET", _equal(names, ", "), "WHERE", _equal(keys, " AND ")]
        else:
            words = ["INSERT INTO", table, f"({', '.join(names)})", f"VALUES ({', '.join(['%s'] * len(names))})"]
        parts.append(f"part_{number} AS ({' '.join(words)})")
    if beside:
        parts.append(f"beside AS ({beside})")
    named = iter(places)
    return re.sub("%s", lambda _: f"%(p{next(named)})s", f"WITH {', '.join(parts)} SELECT 1")


def _equal(names: Sequence[str], joined_by: str) -> str:
    return joined_by.join(f"{name} = %s" for name in names)
