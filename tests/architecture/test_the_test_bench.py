"""The ground the other tests stand on: the sealed network, fresh databases, an empty Redis."""

import socket

import pytest
from redis import Redis
from sqlalchemy import inspect, text

from foundation.database import Database
from tests.databases import ENGINES
from tests.network_seal import NetworkSeal, NetworkSealed, is_foreign_name, is_local
from tests.turns import lot_of


def test_a_connection_beyond_loopback_is_refused_and_remembered(network_seal: NetworkSeal) -> None:
    with socket.socket() as sock, pytest.raises(NetworkSealed):
        sock.connect(("192.0.2.1", 80))
    assert network_seal.take_attempts() == ["socket.connect to 192.0.2.1:80"]


def test_a_datagram_beyond_loopback_is_refused(network_seal: NetworkSeal) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(NetworkSealed):
        sock.sendto(b"hello", ("192.0.2.1", 53))
    assert network_seal.take_attempts()


def test_a_name_is_not_looked_up(network_seal: NetworkSeal) -> None:
    with pytest.raises(NetworkSealed):
        socket.create_connection(("example.com", 80), timeout=1)
    assert network_seal.take_attempts() == ["socket.getaddrinfo of example.com"]


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), (b"localhost", True), ("8.8.8.8", False), ("a.b", False)],
)
def test_hosts_are_told_apart(host: str | bytes, local: bool) -> None:
    assert is_local(host) is local


def test_a_plain_address_needs_no_name_server() -> None:
    assert not is_foreign_name("8.8.8.8")
    assert is_foreign_name("api.example.com")


def test_a_fresh_database_has_all_tables_and_no_rows(database: Database) -> None:
    tables = set(inspect(database.engine).get_table_names())
    assert {"campaigns", "contacts", "calls", "agents"} <= tables
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM campaigns")).scalar_one() == 0


def test_what_the_program_remembers_of_a_database_ends_with_the_test(sqlite_url: str) -> None:
    with ENGINES.on(sqlite_url) as first, ENGINES.on(sqlite_url) as second:
        assert first.engine is not second.engine
        assert first.engine.dialect is second.engine.dialect, "statements are worded once"


def test_a_fresh_redis_is_empty(redis: Redis) -> None:
    assert redis.dbsize() == 0
    redis.set("left", "behind")


def test_a_fresh_redis_is_empty_again(redis: Redis) -> None:
    assert redis.dbsize() == 0
    redis.set("left", "behind")


def test_tests_of_the_whole_program_take_turns() -> None:
    assert lot_of("tests/journeys/test_a.py::test_b[sqlite]") == lot_of("tests/journeys/test_c.py::test_d")
    assert lot_of("tests/browser/test_a.py::test_b") == lot_of("tests/browser/test_c.py::test_d")
    assert lot_of("tests/unit/test_a.py::test_b") != lot_of("tests/unit/test_a.py::test_c")
