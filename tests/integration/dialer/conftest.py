"""The floor, once on SQLite and once on PostgreSQL."""

import pytest
from redis import Redis

from foundation.database import Database
from tests.integration.dialer.floor import Floor


@pytest.fixture
def floor(database: Database, redis: Redis) -> Floor:
    """An empty call floor."""
    return Floor(database, redis)
