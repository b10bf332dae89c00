"""Runs revisions on the connection that `migrations.upgrade` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

import accounts.tables
import campaigns.tables
import compliance.tables
import dialer.tables
import leads.tables
from foundation.database import Table, UtcDateTime

# Importing the tables is what makes them known; naming them here says so to readers and tools.
KNOWN = (accounts.tables, campaigns.tables, compliance.tables, dialer.tables, leads.tables)


def _plain_type(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Revisions name no type of ours, so that they stay runnable when ours change."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate; SQLite alters tables by copying them (batch mode)."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_plain_type,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


run()
