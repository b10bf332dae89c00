"""Reaches the database and Redis for one command, and says in words when they cannot be reached."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from accounts import audit
from accounts.audit import Act
from foundation.errors import Conflict, Unavailable
from foundation.runtime import Runtime, build_runtime
from foundation.settings import load_settings
from migrations import current_revision, newest_revision, upgrade

# Who the audit trail names for what is done on the command line.
ACTOR = "cli"


@contextmanager
def opened(*, first_use: bool = False) -> Iterator[Runtime]:
    """The ground parts for one command, on a database in the present shape. `first_use`: an empty one is made so.

    Raises:
        Unavailable: the database does not answer.
        Conflict: the database has not been migrated.
    """
    runtime = build_runtime(load_settings())
    try:
        revision = current_revision(runtime.database)
        if first_use and not revision:
            upgrade(runtime.database)
        elif revision != newest_revision():
            raise Conflict("The database is not in the present shape. Run `halali migrate`, or start with `halali up`.")
        yield runtime
    except OperationalError as error:
        raise Unavailable(f"The database does not answer; check DATABASE_URL. It says: {first_line(error)}") from error
    finally:
        runtime.database.dispose()
        runtime.redis.close()


def first_line(error: DBAPIError) -> str:
    """What the database said, without the statement and its parameters."""
    return str(error.orig).strip().splitlines()[0]


def act(action: str, subject: str, **facts: str | int | bool | None) -> Act:
    """What the command did, for the audit trail."""
    return Act(ACTOR, action, subject, facts)


record = audit.record
