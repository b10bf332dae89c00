"""Brings a database to the present shape, with Alembic. Revisions are in `versions/`; tables say how it should look."""

from pathlib import Path

from sqlalchemy import inspect, text

from foundation.database import Database

_HERE = Path(__file__).parent
# Any number, the same for all: one process migrates, the others wait for it.
_LOCK_NUMBER = 7_215_004


def upgrade(database: Database) -> None:
    """Migrate to the newest revision. Does nothing, fast, when the database is there already."""
    if current_revision(database) == newest_revision():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK_NUMBER})
            connection.commit()  # alembic: ends the transaction that took the session's lock
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current_revision(database: Database) -> str:
    """The revision that the database is at; empty when it has no tables of ours."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return str(found or "")


def newest_revision() -> str:
    """The newest revision that this program knows, by file name: revisions are numbered."""
    return max(path.name.split("_", 1)[0] for path in (_HERE / "versions").glob("[0-9]*.py"))
