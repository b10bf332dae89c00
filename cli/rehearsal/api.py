"""The JSON API as simulated people use it: with a bearer token, over HTTP, with patience for a server that restarts."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

API = "/api/v1"
_TRIES = 40
_PAUSE_SECONDS = 0.25
_SERVER_ERROR = 500
_REFUSED = 400
_TIMEOUT = aiohttp.ClientTimeout(total=15)
_STREAM_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=40)


class NoAnswer(Exception):
    """The server gave no usable answer, however often it was asked."""


class Refused(Exception):
    """The server understood and said no."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status


class Api:
    """One person's way in. Everything that is sent may be sent again: the server takes repeats for what they are."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._http = http
        self._base = base_url + API
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Any:
        """The JSON at a path."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send, and the JSON that comes back."""
        return await self._ask("POST", path, body)

    async def put(self, path: str, body: dict[str, Any]) -> Any:
        """Put something in the place of what was there, and the JSON that comes back."""
        return await self._ask("PUT", path, body)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        for _ in range(_TRIES):
            try:
                asked = self._http.request(
                    method, self._base + path, json=body, headers=self._headers, timeout=_TIMEOUT
                )
                async with asked as answer:
                    if answer.status < _REFUSED:
                        return await answer.json() if answer.content_length != 0 else None
                    if answer.status < _SERVER_ERROR:
                        raise Refused(answer.status, (await answer.text())[:300])
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(_PAUSE_SECONDS)
        raise NoAnswer(f"{method} {path}")

    async def news(self, topic: str) -> AsyncIterator[dict[str, Any]]:
        """News of a topic for as long as anyone listens; an empty one after each (re)connection."""
        while True:
            try:
                asked = self._http.get(
                    f"{self._base}/events", params={"topics": topic}, headers=self._headers, timeout=_STREAM_TIMEOUT
                )
                async with asked as stream:
                    async for line in stream.content:
                        if line.startswith(b"data: "):
                            yield json.loads(line[6:])
            except (aiohttp.ClientError, TimeoutError, ValueError):
                pass
            await asyncio.sleep(_PAUSE_SECONDS)


class CarrierSide:
    """What is on the line, as only ears could tell, and the carrier's own books."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str) -> None:
        self._http = http
        self._base = base_url + "/_sandbox"

    async def hears(self, phone_number: str) -> str:
        """Who is on the line with this number now (human, machine, fax); empty when nobody is."""
        found = await self._get("/calls")
        return next(
            (str(call["outcome"]) for call in found["calls"] if call["to"] == phone_number and call["answered_at"]), ""
        )

    async def agrees(self, phone_number: str) -> bool:
        """Whether whoever has this number says yes to an offer."""
        return bool((await self._get(f"/people/{phone_number}"))["agrees"])

    async def arm(self, rules: list[dict[str, str | float]]) -> None:
        """Let the carrier misbehave. Raises Refused for a rule that it does not know."""
        async with self._http.post(f"{self._base}/faults", json={"faults": rules}, timeout=_TIMEOUT) as answer:
            if answer.status >= _REFUSED:
                raise Refused(answer.status, (await answer.text())[:300])

    async def script(self, numbers: dict[str, dict[str, Any]]) -> None:
        """What whoever has these numbers does on every call."""
        async with self._http.post(f"{self._base}/people", json={"numbers": numbers}, timeout=_TIMEOUT) as answer:
            if answer.status >= _REFUSED:
                raise Refused(answer.status, (await answer.text())[:300])

    async def summary(self, *, with_prospects: bool) -> dict[str, Any]:
        """The carrier's books."""
        found: dict[str, Any] = await self._get(f"/summary?prospects={int(with_prospects)}")
        return found

    async def _get(self, path: str) -> Any:
        for _ in range(_TRIES):
            try:
                async with self._http.get(self._base + path, timeout=_TIMEOUT) as answer:
                    return await answer.json()
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(_PAUSE_SECONDS)
        raise NoAnswer(path)
