"""One browser's WebSocket as something that messages are put into; a browser that does not read them is let go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

MOST_WAITING = 2000
LONGEST_MESSAGE_BYTES = 64 * 1024
HEARTBEAT_SECONDS = 20.0


class Window:
    """A browser at the other end of a socket. `send` never waits."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self._is_lost = False

    def send(self, message: dict[str, object]) -> None:
        """Put a message down for the browser."""
        self.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    def send_text(self, text: str) -> None:
        """Put a message down that is JSON already; the window that lags too far behind is closed."""
        if self._is_lost:
            return
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._is_lost = True
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(None)

    def close(self) -> None:
        """Close the socket after what was put down before."""
        if not self._is_lost and not self._waiting.full():
            self._waiting.put_nowait(None)

    async def write(self) -> None:
        """Write what is put down until the socket closes."""
        while (text := await self._waiting.get()) is not None:
            await self._socket.send_str(text)
        await self._socket.close()


async def talk(
    request: web.Request, begin: Callable[[Window], None], hear: Callable[[Window, dict[str, Any]], None]
) -> web.WebSocketResponse:
    """Hold a conversation with one browser: `begin` once, `hear` for each message that is a JSON object."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LONGEST_MESSAGE_BYTES)
    await socket.prepare(request)
    window = Window(socket)
    writing = asyncio.create_task(window.write())
    try:
        begin(window)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said = _read(message.data)
                if said is not None:
                    hear(window, said)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    return socket


def _read(text: str) -> dict[str, Any] | None:
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
