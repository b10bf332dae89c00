"""The webhooks' app, served on loopback around a call floor, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator

import httpx
import pytest
from redis import Redis

from foundation.database import Database
from tests.integration.dialer.floor import Floor
from tests.web_bench import serving
from webhooks.app import create_app

PUBLIC_URL = "https://voice.example.com"


@pytest.fixture
def floor(database: Database, redis: Redis) -> Floor:
    """An empty call floor whose carrier calls back at another address than the one the app listens on."""
    return Floor(database, redis, public_url=PUBLIC_URL)


@pytest.fixture
def client(floor: Floor) -> Iterator[httpx.Client]:
    """A client of the app."""
    with serving(create_app(floor.parts)) as url, httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        yield client
