"""One letter over HTTP: wording, signing, sign-in, redirects and one try's timeouts. Repeating is the courier's."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from aiohttp import BasicAuth, ClientSession, DigestAuthMiddleware
from yarl import URL

from sandbox.callbacks.letters import Answered, Letter
from sandbox.callbacks.memory import Memory
from sandbox.callbacks.overrides import Overrides
from sandbox.callbacks.signature import (
    SETTINGS_HEADER,
    SIGNATURE_HEADER,
    SharedKey,
    body_hash,
    sign,
    sign_with_key,
)
from sandbox.callbacks.troubles import (
    INVALID_REDIRECT,
    RETRIEVAL_FAILURE,
    TOO_MANY_REDIRECTS,
    InvalidRedirect,
    trouble_of_status,
)
from sandbox.engine.media import HEAD_BYTES, media_seconds

MOST_REDIRECTS = 10
LARGEST_SOUND_BYTES = 64 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307})
_FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True, slots=True)
class PostOptions:
    """How letters are written. `json_topics` are sent as JSON; `*` stands for all callbacks, TwiML is always a form."""

    json_topics: frozenset[str] = frozenset()
    shared_key: SharedKey | None = None
    verifies_tls: bool = True

    def writes_json(self, topic: str) -> bool:
        """True when callbacks of this topic carry JSON."""
        return topic not in ("twiml", "media") and (topic in self.json_topics or "*" in self.json_topics)


@dataclass(slots=True)
class _Envelope:
    """A letter on its way: how and where it goes now, and which parameters are signed with the URL."""

    method: str
    url: str
    body: bytes | None
    content_type: str
    signed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Asking:
    """One request as aiohttp wants it."""

    method: str
    target: URL
    body: bytes | None
    headers: dict[str, str]
    limits: aiohttp.ClientTimeout
    middlewares: tuple[DigestAuthMiddleware, ...] = ()


class Postman:
    """Sends letters through one pool of connections."""

    def __init__(self, options: PostOptions, token_of: Callable[[str], str], memory: Memory) -> None:
        self.options = options
        self._token_of = token_of
        self._memory = memory
        self._session: ClientSession | None = None

    async def open(self) -> None:
        """Open the pool of connections. Idle ones are dropped before usual servers drop them (5 s)."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
        self._session = ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": "*/*", "User-Agent": "TwilioProxy/1.1"},
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()

    async def try_once(self, letter: Letter, url: str, overrides: Overrides) -> Answered:
        """Send a letter once and follow redirects. Raises what aiohttp raises, TimeoutError and InvalidRedirect."""
        envelope = self._write(letter, url)
        limits = aiohttp.ClientTimeout(sock_connect=overrides.connect_seconds, sock_read=overrides.read_seconds)
        for _ in range(1 + MOST_REDIRECTS):
            answered, location = await self._exchange(letter, envelope, limits)
            if location is None:
                return answered
            envelope = _redirected(envelope, answered.status, location)
        raise InvalidRedirect(TOO_MANY_REDIRECTS)

    def _write(self, letter: Letter, url: str) -> _Envelope:
        method = letter.webhook.method
        if method == "GET":
            if letter.params:
                url += ("&" if urlsplit(url).query else "?") + urlencode(letter.params)
            return _Envelope(method, url, None, "", ())
        if self.options.writes_json(letter.topic):
            body = json.dumps(dict(letter.params), ensure_ascii=False, separators=(",", ":")).encode()
            url += ("&" if urlsplit(url).query else "?") + f"bodySHA256={body_hash(body)}"
            return _Envelope(method, url, body, "application/json", ())
        return _Envelope(method, url, urlencode(letter.params).encode(), _FORM, letter.params)

    async def _exchange(
        self, letter: Letter, envelope: _Envelope, limits: aiohttp.ClientTimeout
    ) -> tuple[Answered, str | None]:
        """Return the answer, and where it redirects to."""
        # encoded=True: the URL goes out letter by letter as it was signed.
        target = URL(envelope.url, encoded=True)
        asking = _Asking(envelope.method, target, envelope.body, self._headers(letter, envelope), limits)
        if target.user is None:
            return await self._ask(letter, asking)
        # Twilio asks without credentials first, and again with them when the application wants to know who it is.
        user, password = target.user, target.password or ""
        asking = replace(asking, target=target.with_user(None), middlewares=(DigestAuthMiddleware(user, password),))
        answered, location = await self._ask(letter, asking)
        if answered.status != 401:
            return answered, location
        asking.headers["Authorization"] = BasicAuth(user, password, "utf-8").encode()
        return await self._ask(letter, replace(asking, middlewares=()))

    async def _ask(self, letter: Letter, asking: _Asking) -> tuple[Answered, str | None]:
        is_program = letter.topic == "twiml"
        visitor = (letter.param("To"), letter.param("From"), asking.target.host or "") if is_program else None
        if visitor and (cookies := self._memory.cookie_header(visitor)):
            asking.headers["Cookie"] = cookies
        async with self._request(asking) as answer:
            media = answer.headers.get("Content-Type", "").startswith("audio/") or letter.topic == "media"
            seconds = await _listen(answer) if media else None
            text = "" if media else await answer.text(errors="replace")
        if visitor:
            self._memory.keep_cookies(visitor, answer.cookies)
        trouble = trouble_of_status(answer.status)
        code = RETRIEVAL_FAILURE if trouble is not None else 0
        found = Answered(answer.status, answer.headers.get("Content-Type", ""), text, trouble, code, seconds)
        if not 300 <= answer.status < 400:
            return found, None
        location = answer.headers.get("Location")
        if answer.status not in _REDIRECTS or not location:
            raise InvalidRedirect(INVALID_REDIRECT)
        return found, location

    def _request(self, asking: _Asking) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        assert self._session is not None
        return self._session.request(
            asking.method,
            asking.target,
            data=asking.body,
            headers=asking.headers,
            timeout=asking.limits,
            allow_redirects=False,
            ssl=self.options.verifies_tls,
            middlewares=asking.middlewares or None,
        )

    def _headers(self, letter: Letter, envelope: _Envelope) -> dict[str, str]:
        headers = {"I-Twilio-Idempotency-Token": letter.token}
        if envelope.content_type:
            headers["Content-Type"] = envelope.content_type
        if letter.spoiling == "no_signature":
            return headers
        wrong = "-wrong" if letter.spoiling == "wrong_signature" else ""
        key = self.options.shared_key
        if key is None:
            token = self._token_of(letter.param("AccountSid")) + wrong
            headers[SIGNATURE_HEADER] = sign(token, envelope.url, envelope.signed)
        else:
            key = SharedKey(key.name, key.secret + wrong)
            headers[SETTINGS_HEADER] = key.settings
            headers[SIGNATURE_HEADER] = sign_with_key(key, envelope.url, envelope.signed)
        return headers


async def _listen(answer: aiohttp.ClientResponse) -> float | None:
    """Read a sound to its end without keeping it; return how long it lasts."""
    head, size = b"", 0
    async for piece in answer.content.iter_chunked(HEAD_BYTES):
        size += len(piece)
        if len(head) < HEAD_BYTES:
            head += piece
        if size > LARGEST_SOUND_BYTES:
            break
    return media_seconds(head, size)


def _redirected(envelope: _Envelope, status: int, location: str) -> _Envelope:
    """307 repeats the request elsewhere; after the others the new address is asked by GET, and the form is lost."""
    target = urljoin(envelope.url, location)
    if urlsplit(target).scheme not in ("http", "https"):
        raise InvalidRedirect(INVALID_REDIRECT)
    if status == 307:
        return _Envelope(envelope.method, target, envelope.body, envelope.content_type, envelope.signed)
    return _Envelope("GET", target, None, "", ())
