"""The app for people, served, with a filled database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web_bench import Bench, running_bench


@pytest.fixture
def bench(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Bench]:
    """The app on each kind of database."""
    with running_bench(database_url, redis_url, tmp_path) as made:
        yield made


@pytest.fixture
def small_bench(sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[Bench]:
    """The app on SQLite, for what does not depend on the kind of database."""
    with running_bench(sqlite_url, redis_url, tmp_path) as made:
        yield made
