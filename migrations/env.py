"""Runs revisions on the connection that `migrations.upgrade` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from foundation.database import Table
from foundation.utc_datetime import UtcDateTime
from migrations.row_modules import import_all

import_all()


def _plain_type(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Revisions name no type of ours, so that they stay runnable when ours change."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate; SQLite alters tables by copying them (batch mode)."""
    connection: Connection = context.config.attributes["connection"]
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # Copying a table ends with dropping the old one, which others refer to. Possible outside transactions alone.
        _switch_foreign_keys(connection, on=False)
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=on_sqlite,
        compare_type=True,
        render_item=_plain_type,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise RuntimeError("after migrating some rows refer to none")
    connection.commit()
    if on_sqlite:
        _switch_foreign_keys(connection, on=True)


def _switch_foreign_keys(connection: Connection, *, on: bool) -> None:
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    raw.cursor().execute("PRAGMA foreign_keys=ON" if on else "PRAGMA foreign_keys=OFF")


run()
