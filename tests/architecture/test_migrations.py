"""The migrations lead to exactly the tables that the program's rows describe, on each kind of database."""

import importlib

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import migrations
from foundation.database import Database, Table
from tests.architecture.source_tree import ROOT


def test_migrations_lead_to_the_tables_of_the_program(database: Database) -> None:
    for tables in ROOT.glob("*/tables.py"):
        importlib.import_module(f"{tables.parent.name}.tables")
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Table.metadata)
    assert not differences, f"write a revision: {differences}"


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = migrations.current_revision(database)
    migrations.upgrade(database)
    assert migrations.current_revision(database) == before == migrations.newest_revision()
