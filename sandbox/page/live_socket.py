"""The page's socket: what changes goes out, and the browser may be the voice of calls that are answered by hand."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.hand import CannotDo
from sandbox.page.feed import FEED
from sandbox.page.phone_socket import speak_for_voice
from sandbox.page.window import Window, talk
from sandbox.rest.context import CARRIER


async def watch_network(request: web.Request) -> web.WebSocketResponse:
    """GET /_sandbox/live: everything at once, then every change; hears attach, detach, mute and signal."""
    feed, switch = request.app[FEED], request.app[CARRIER].switch
    seen: list[Window] = []

    def begin(window: Window) -> None:
        seen.append(window)
        feed.open(window)

    def hear(window: Window, said: dict[str, Any]) -> None:
        sid = str(said.get("call", ""))
        try:
            if said.get("type") == "attach":
                switch.attach(window, sid)
            elif said.get("type") == "detach":
                switch.detach(window, sid)
            else:
                speak_for_voice(switch, window, said)
        except CannotDo as error:
            window.send({"type": "error", "call": sid, "text": str(error)})

    try:
        return await talk(request, begin, hear)
    finally:
        for window in seen:
            feed.close(window)
            switch.leave(window)
