"""Serves an app over HTTP until it is told to stop; what the app does is left to it."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

# Requests take milliseconds; what is open longer is a stream, which has no end.
GRACE_SECONDS = 0.4


class _Server(uvicorn.Server):
    """A server that says when it serves."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(app: FastAPI, listener: int, ready: Callable[[], None]) -> None:
    """Serve on a listening socket, given by its descriptor. Raises SystemExit(3) when the app does not start."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,  # type: ignore[arg-type]
    )
    # The server raises the signal once more when it is done; by then stopping is all that it means.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    server = _Server(config, ready)
    server.run(sockets=[socket.socket(fileno=listener)])
    if not server.started:
        raise SystemExit(3)


def _ignore(number: int, frame: FrameType | None) -> None:
    return
