"""What the tests here run against: the sandbox as a process, the real SDK, and a customer's application."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ACCOUNT_SID = "AC" + "12" * 16
AUTH_TOKEN = "a-token-for-tests"
FROM = "+41445550100"
PATIENCE_SECONDS = 15.0


class LocalClient(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own HTTP client, with another base address."""

    def __init__(self, address: str) -> None:
        super().__init__(timeout=10)
        self.address = address

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, with_base(url, self.address), *args, **kwargs)


def with_base(url: str, address: str) -> str:
    """Return the sandbox's address for one of Twilio's, whichever product it is of."""
    return re.sub(r"^https://[a-z]+\.twilio\.com", address, url)


@dataclass(frozen=True)
class Heard:
    """One request that the application got."""

    path: str
    query: str
    method: str
    params: dict[str, str]
    headers: dict[str, str]
    is_signed: bool
    body: str = ""


@dataclass
class App:
    """A customer's application: answers with TwiML from a table and keeps what it hears."""

    address: str = ""
    heard: list[Heard] = field(default_factory=list)
    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    delay_seconds: float = 0.0
    fail_first: int = 0
    challenge: str = ""
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def page(self, path: str, twiml: str, status: int = 200, content_type: str = "text/xml") -> str:
        """Set what a path answers; return its URL."""
        self.pages[path] = (status, content_type, twiml)
        return self.address + path

    def at(self, path: str) -> list[Heard]:
        """Return what came in on a path, in order."""
        return [one for one in self.heard if one.path == path]

    def statuses(self, path: str = "/status") -> list[str]:
        """Return the call statuses that came in on a path."""
        return [one.params["CallStatus"] for one in self.at(path)]

    def status_of(self, path: str, *, is_signed_in: bool) -> tuple[int, str]:
        """Return the HTTP status of an answer, and where it leads."""
        if self.fail_first > 0:
            self.fail_first -= 1
            return 503, ""
        if self.challenge and not is_signed_in:
            return 401, ""
        return self.redirects.get(path, (self.pages.get(path, (200, "", ""))[0], ""))

    def headers_of(self, path: str, status: int, location: str) -> Iterator[tuple[str, str]]:
        """Yield the headers of an answer that depend on what was asked."""
        if status == 401:
            nonce = ', nonce="b7", qop="auth"' if self.challenge == "Digest" else ""
            yield "WWW-Authenticate", f'{self.challenge} realm="app"{nonce}'
        if location:
            yield "Location", location
        if path in self.cookies:
            yield "Set-Cookie", self.cookies[path]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Stay silent about a sandbox that did not wait for a slow answer."""


@contextmanager
def running_app(tls: ssl.SSLContext | None = None) -> Iterator[App]:
    """Serve an application on a free port of this machine."""
    app = App()
    server = _Server(("127.0.0.1", 0), _endpoint(app))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    app.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _endpoint(app: App) -> type[BaseHTTPRequestHandler]:
    validator = RequestValidator(AUTH_TOKEN)

    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer(dict(parse_qsl(body, keep_blank_values=True)), body)

        def do_GET(self) -> None:
            self._answer({}, "")

        def _answer(self, posted: dict[str, str], body: str) -> None:
            parts = urlsplit(self.path)
            signature = self.headers.get("X-Twilio-Signature", "")
            is_signed = bool(validator.validate(app.address + self.path, posted, signature))
            params = posted or dict(parse_qsl(parts.query, keep_blank_values=True))
            app.heard.append(Heard(parts.path, parts.query, self.command, params, dict(self.headers), is_signed, body))
            time.sleep(app.delay_seconds)
            status, location = app.status_of(parts.path, is_signed_in="Authorization" in self.headers)
            content_type, text = app.pages.get(parts.path, (200, "text/plain", ""))[1:]
            self.send_response(status)
            for name, value in app.headers_of(parts.path, status, location):
                self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    return Endpoint


@dataclass
class Sandbox:
    """A running sandbox: its address, the SDK's client for it, and its admin API."""

    address: str
    client: Any

    def get(self, path: str) -> Any:
        """Ask the admin API."""
        with urlopen(f"{self.address}/_sandbox/{path}", timeout=10) as answer:
            return json.load(answer)

    def post(self, path: str, body: object = None) -> Any:
        """Tell the admin API."""
        request = Request(f"{self.address}/_sandbox/{path}", json.dumps(body or {}).encode(), method="POST")
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def advance(self, seconds: float) -> None:
        """Virtual clock: let carrier time pass."""
        self.post("clock/advance", {"seconds": seconds})

    def arm(self, *rules: dict[str, object]) -> None:
        """Put fault rules in force."""
        self.post("faults", {"faults": list(rules)})

    def script(self, number: str, **traits: object) -> None:
        """Say what one number does."""
        self.post("people", {"numbers": {number: {"outcome": "human", **traits}}})

    def kinds(self, sid: str) -> list[str]:
        """Return the ledger's kinds of entries about a call."""
        return [entry["kind"] for entry in self.get(f"ledger?sid={sid}")["entries"]]


@contextmanager
def running_sandbox(*options: str, hash_seed: str = "0") -> Iterator[Sandbox]:
    """Start the sandbox as its own process on a free port."""
    arguments = ["--port", "0", "--account-sid", ACCOUNT_SID, "--auth-token", AUTH_TOKEN, "--calls-per-second", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments, *options], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[3]
        http = LocalClient(address)
        yield Sandbox(address, Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http))
        http.session.close()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that another process does in its own time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
