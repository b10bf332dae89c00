"""How a database carries out statements: listens to what it is asked, and reads the plans. Plans, never seconds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from foundation.database import Database

Asked = list[tuple[str, Any]]


@contextmanager
def listening(database: Database) -> Iterator[Asked]:
    """Every statement that the database is asked meanwhile, with one set of its parameters."""
    asked: Asked = []

    def listen(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters[0] if isinstance(parameters, list) else parameters))

    event.listen(database.engine, "before_cursor_execute", listen)
    yield asked
    event.remove(database.engine, "before_cursor_execute", listen)


def refresh_statistics(database: Database) -> None:
    """Let the planner know how large the tables are."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def read_as_a_whole(database: Database, asked: Asked) -> dict[str, str]:
    """The tables of which a plan reads every row, each with a statement that does so."""
    found: dict[str, str] = {}
    raw = database.engine.raw_connection()
    try:
        for statement, parameters in [one for one in asked if not one[0].startswith(("SET", "BEGIN"))]:
            cursor = raw.cursor()
            if database.is_sqlite:
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = [re.fullmatch(r"SCAN (\w+)(?: USING .*)?", row[3]) for row in cursor.fetchall()]
                tables = [step[1] for step in steps if step is not None]
            else:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                tables = list(_sequential(cursor.fetchall()[0][0][0]["Plan"]))
            found |= dict.fromkeys(tables, statement)
            cursor.close()
    finally:
        raw.close()
    return found


def _sequential(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _sequential(below)
