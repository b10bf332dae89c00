"""The migrations lead to exactly the tables that the program's rows describe, on each kind of database."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import migrations
from foundation.database import Database, Table
from migrations.row_modules import import_all


def test_migrations_lead_to_the_tables_of_the_program(database: Database) -> None:
    import_all()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Table.metadata)
    assert not differences, f"write a revision: {differences}"


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = migrations.current_revision(database)
    migrations.upgrade(database)
    assert migrations.current_revision(database) == before == migrations.newest_revision()
