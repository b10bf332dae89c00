"""What every test may ask for: fresh databases, an empty Redis, a browser. Seals the test process from the network.

`make test` sets TEST_DATABASE_URL (a PostgreSQL server) and TEST_REDIS_URL. Without the first, tests on PostgreSQL are
skipped; without the second, the embedded server is used. With HALALI_REQUIRE_ALL=1 a skipped test is a failed one.
"""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis
from xdist.remote import Producer

from foundation.database import Database
from tests.databases import ENGINES, PostgresCopies, SqliteCopies
from tests.embedded_redis import running_redis
from tests.network_seal import NetworkSeal
from tests.turns import TakingTurns

SEAL = NetworkSeal()
SEAL.close()

# How fast a test runs says nothing on a machine that others use too; speed is measured in benchmarks.
# Whether a change passes must not rest on chance: the examples are the same each time, so there need not be many.
# `make fuzz` looks for new ones.
_UNHURRIED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis_settings.register_profile("same", derandomize=True, max_examples=50, **_UNHURRIED)
hypothesis_settings.register_profile("fuzz", max_examples=2000, **_UNHURRIED)
hypothesis_settings.load_profile("same")

_MARKS = {"journeys": pytest.mark.journey, "browser": pytest.mark.browser}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark journeys and browser tests by their folder."""
    tests = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(tests).parts[0] if item.path.is_relative_to(tests) else ""
        if folder in _MARKS:
            item.add_marker(_MARKS[folder])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TakingTurns:
    """Share the tests between workers as `turns` says."""
    return TakingTurns(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything is said to be there."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("HALALI_REQUIRE_ALL") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason} (HALALI_REQUIRE_ALL=1: nothing may be skipped)"
    return report


@pytest.fixture(autouse=True)
def _stay_on_this_machine() -> Iterator[None]:
    SEAL.take_attempts()
    yield
    attempts = SEAL.take_attempts()
    assert not attempts, f"the test reached for the network: {attempts}"


@pytest.fixture(autouse=True)
def _write_no_logs_to_a_file_that_is_closed() -> Iterator[None]:
    """Commands that run in the test's own process set up logs, for a standard error that ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def network_seal() -> NetworkSeal:
    """The seal, for tests of the seal itself."""
    return SEAL


@pytest.fixture(scope="session")
def _sqlite_copies(tmp_path_factory: pytest.TempPathFactory) -> SqliteCopies:
    return SqliteCopies(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def _postgres_copies() -> Iterator[PostgresCopies]:
    server_url = os.environ.get("TEST_DATABASE_URL", "")
    if not server_url:
        pytest.skip("TEST_DATABASE_URL is not set; `make test` sets it")
    copies = PostgresCopies(server_url)
    yield copies
    copies.close()


@pytest.fixture
def sqlite_url(_sqlite_copies: SqliteCopies) -> Iterator[str]:
    """The address of a fresh, migrated SQLite database."""
    url = _sqlite_copies.make()
    yield url
    _sqlite_copies.take_back(url)


@pytest.fixture
def postgres_url(_postgres_copies: PostgresCopies) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    url = _postgres_copies.make()
    yield url
    _postgres_copies.take_back(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    with ENGINES.on(database_url) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A fresh, migrated SQLite database, for what does not depend on the kind of database."""
    with ENGINES.on(sqlite_url) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A fresh, migrated PostgreSQL database."""
    with ENGINES.on(postgres_url) as database:
        yield database


@pytest.fixture(scope="session")
def _redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """This worker's own server, so that a test may empty all of it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = os.environ.get("TEST_REDIS_URL" if worker == "0" else f"TEST_REDIS_URL_{worker}", "")
    if url:
        yield url
    else:
        with running_redis(tmp_path_factory.mktemp("redis")) as started:
            yield started


@pytest.fixture
def redis_url(_redis_server: str) -> str:
    """The address of an empty Redis that no other test uses meanwhile."""
    with Redis.from_url(_redis_server) as client:
        client.flushall()
    return _redis_server


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """A client of an empty Redis."""
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's executable: HALALI_CHROMIUM, or Debian's."""
    path = os.environ.get("HALALI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed; `make test` installs it, or set HALALI_CHROMIUM")
    return path
