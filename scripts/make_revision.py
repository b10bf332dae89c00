"""Writes the next migration from the difference between the tables and the newest revision.

.venv/bin/python scripts/make_revision.py "campaigns: remember who paused"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

import migrations
from foundation.database import Database

HERE = Path(migrations.__file__).parent


def main() -> None:
    """Write one revision, numbered after the newest."""
    numbers = [int(path.name.split("_", 1)[0]) for path in (HERE / "versions").glob("[0-9]*.py")]
    number = f"{max(numbers, default=0) + 1:04d}"
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        if numbers:
            migrations.upgrade(database)
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message=sys.argv[1], autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main()
