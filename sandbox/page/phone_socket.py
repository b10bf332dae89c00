"""The socket of a browser phone: registers with an access token, then accepts, speaks, presses and hangs up.

Any page may open it: the token, not the page's origin, is what gives the right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.engine.clock import real_now
from sandbox.hand import CannotDo
from sandbox.page.window import Window, talk
from sandbox.phones.switch import Switch
from sandbox.phones.tokens import Grant, TokenRefused, read_token
from sandbox.rest.context import CARRIER

# A socket that shows no token is closed after so long.
REGISTER_WITHIN_SECONDS = 10.0
INVALID_STATE, EXPIRED = 31005, 20104

Ask = Callable[[Switch, Window, dict[str, Any]], None]


async def hold_phone(request: web.Request) -> web.WebSocketResponse:
    """GET /_sandbox/phone: be a phone until the socket closes."""
    phone = _Phone(request)
    try:
        return await talk(request, phone.begin, phone.hear)
    finally:
        phone.end()


def speak_for_voice(switch: Switch, window: Window, said: dict[str, Any]) -> bool:
    """Do what phones and the page alike may ask of a voice that they hold; False when it is something else."""
    ask = _VOICE_ASKS.get(str(said.get("type")))
    if ask is not None:
        ask(switch, window, said)
    return ask is not None


class _Phone:
    """One phone's conversation."""

    def __init__(self, request: web.Request) -> None:
        self._carrier = request.app[CARRIER]
        self._switch = self._carrier.switch
        self._window: Window | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def begin(self, window: Window) -> None:
        self._window = window
        self._expiry = asyncio.get_running_loop().call_later(REGISTER_WITHIN_SECONDS, window.close)

    def end(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        if self._window is not None:
            self._switch.leave(self._window)

    def hear(self, window: Window, said: dict[str, Any]) -> None:
        kind = str(said.get("type"))
        try:
            if kind in ("register", "token"):
                self._show_token(window, str(said.get("token", "")), is_new=kind == "register")
            elif kind == "unregister":
                self._switch.unregister(window)
            elif not speak_for_voice(self._switch, window, said) and kind in _PHONE_ASKS:
                _PHONE_ASKS[kind](self._switch, window, said)
        except TokenRefused as refused:
            window.send({"type": "error", "code": refused.code, "text": str(refused)})
            if self._switch.grant_of(window) is None:
                window.close()
        except CannotDo as error:
            window.send({"type": "error", "code": INVALID_STATE, "text": str(error), "call": said.get("call")})

    def _show_token(self, window: Window, token: str, *, is_new: bool) -> None:
        grant = read_token(token, self._carrier.find_api_key, real_now())
        held = self._switch.grant_of(window)
        if held is not None and (held.identity, held.account_sid) != (grant.identity, grant.account_sid):
            raise TokenRefused(20101, "Invalid Access Token: a phone keeps its identity")
        if is_new or held is not None:
            self._switch.register(window, grant)
        self._watch_expiry(window, grant)
        seconds_left = max(0.0, grant.expires_at - real_now())
        kind = "registered" if is_new else "token"
        window.send({"type": kind, "identity": grant.identity, "seconds_left": seconds_left})

    def _watch_expiry(self, window: Window, grant: Grant) -> None:
        if self._expiry is not None:
            self._expiry.cancel()

        def expired() -> None:
            window.send({"type": "error", "code": EXPIRED, "text": "AccessTokenExpired"})
            self._switch.unregister(window)

        self._expiry = asyncio.get_running_loop().call_later(max(0.0, grant.expires_at - real_now()), expired)


def _sid(said: dict[str, Any]) -> str:
    return str(said.get("call", ""))


_PHONE_ASKS: dict[str, Ask] = {
    "accept": lambda switch, window, said: switch.accept(window, _sid(said)),
    "reject": lambda switch, window, said: switch.reject(window, _sid(said)),
    "disconnect": lambda switch, window, said: switch.do(window, _sid(said), "hang_up"),
    "digits": lambda switch, window, said: switch.do(window, _sid(said), "press", str(said.get("digits", ""))),
}
_VOICE_ASKS: dict[str, Ask] = {
    "mute": lambda switch, window, said: switch.mute(window, _sid(said), is_muted=said.get("muted") is True),
    "signal": lambda switch, window, said: switch.signal(
        window, _sid(said), str(said.get("peer", "")), said.get("payload")
    ),
}
