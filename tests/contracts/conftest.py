"""A call floor for contracts that run over every disposition and every state: on SQLite, as they are many."""

import pytest
from redis import Redis

from foundation.database import Database
from tests.integration.dialer.floor import Floor


@pytest.fixture
def floor(sqlite_database: Database, redis: Redis) -> Floor:
    """An empty call floor."""
    return Floor(sqlite_database, redis)
