"""HTTP to addresses that outsiders name: https only, to public hosts only, once, and with limits.

A name is looked up here, every answer is checked, and the connection goes to the very address that was checked. No
redirect is followed and no proxy of the environment is used. What is sent, and when again, is the caller's business.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpcore

from foundation.errors import Invalid, Unavailable
from foundation.marking import N_
from foundation.public_address import is_public

# What an answer may have to say: its beginning is kept for the log, the rest is not read.
ANSWER_BYTES = 4096
LONGEST_URL = 500

NO_ANSWER = N_("no answer (%(cause)s)")
NO_ANSWER_IN_TIME = N_("no answer within %(seconds)s s")
NO_ADDRESS = N_("the name has no address")


# The addresses of a name at a port, in the order in which to try them.
Resolve = Callable[[str, int], Sequence[str]]


class TargetRefused(Unavailable):
    """The address leads into a private network."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status and the beginning of the body."""

    status: int
    body: bytes


def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that the system knows for a name.

    Raises:
        Unavailable: it knows none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(NO_ADDRESS) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Outbound:
    """How to call out. `anywhere` lets plain http and private addresses pass: for tests and one's own machine alone.

    `seconds` is the time for everything together, from the look-up to the last byte that is read.
    """

    anywhere: bool = False
    seconds: float = 15.0
    resolve: Resolve = system_resolve
    trust: Callable[[], ssl.SSLContext] = field(default=httpcore.default_ssl_context)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one request. Any status is an answer, also that of a redirect, which is not followed.

        Raises:
            Invalid: the address is not one that may be called.
            TargetRefused: its name leads to an address that is not public.
            Unavailable: nobody answered in time.
        """
        check_url(url, anywhere=self.anywhere)
        backend = _CheckedNetwork(self, time.monotonic() + self.seconds)
        try:
            with httpcore.ConnectionPool(
                ssl_context=self.trust(), network_backend=backend, http2=False, retries=0
            ) as pool:
                return _answer_of(
                    pool, httpcore.Request("POST", url, headers=_fields(url, headers, body), content=body)
                )
        except httpcore.TimeoutException as error:
            raise Unavailable(NO_ANSWER_IN_TIME, seconds=f"{self.seconds:g}") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise Unavailable(NO_ANSWER, cause=_cause(error)) from error


def check_url(url: str, *, anywhere: bool = False) -> None:
    """Whether an address may be called as far as its form tells; its name is looked up when it is called.

    Raises:
        Invalid: it may not be; the message says why.
    """
    if len(url) > LONGEST_URL or any(letter <= " " or letter > "~" for letter in url):
        raise Invalid("The address must be plain letters, without spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid("This is not an address.") from error
    if parts.scheme != "https" and not (anywhere and parts.scheme == "http"):
        raise Invalid("The address must begin with https://.")
    if not parts.hostname or parts.username is not None or parts.password is not None or port == 0:
        raise Invalid("The address needs a host, and may not carry a name or password.")
    if parts.fragment or "#" in url or "\\" in url:
        raise Invalid("The address may not have a part after #.")
    if not anywhere and _is_address(parts.hostname) and not is_public(parts.hostname):
        raise Invalid("The address leads into a private network.")


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _fields(url: str, headers: Mapping[str, str], body: bytes) -> list[tuple[bytes, bytes]]:
    written = {"Host": urlsplit(url).netloc, "Connection": "close", "Content-Length": str(len(body))} | dict(headers)
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in written.items()]


def _answer_of(pool: httpcore.ConnectionPool, request: httpcore.Request) -> Answer:
    response = pool.handle_request(request)
    try:
        read = b""
        if not isinstance(response.stream, Iterable):
            return Answer(response.status, read)
        for piece in response.stream:
            read += piece
            if len(read) >= ANSWER_BYTES:
                break
        return Answer(response.status, read[:ANSWER_BYTES])
    finally:
        response.close()


def _cause(error: BaseException) -> str:
    cause = error.__cause__ or error.__context__
    return type(cause or error).__name__


class _CheckedNetwork(httpcore.NetworkBackend):
    """Looks a name up once, checks what it found, and connects to that. All waiting ends at one moment."""

    def __init__(self, outbound: Outbound, deadline: float) -> None:
        self._outbound = outbound
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._outbound.resolve(host, port)
        if not addresses:
            raise Unavailable(NO_ADDRESS)
        # One that is not public among them, and none is used: such a name is not honest, or a private matter.
        if not self._outbound.anywhere and not all(map(is_public, addresses)):
            raise TargetRefused
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                stream = self._network.connect_tcp(address, port, left(self._deadline), local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise TargetRefused

    def sleep(self, seconds: float) -> None:
        self._network.sleep(min(seconds, left(self._deadline)))


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nothing waits beyond the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def left(deadline: float) -> float:
    """Seconds until a moment of the monotonic clock.

    Raises:
        httpcore.ReadTimeout: it has passed.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the time is up")
    return seconds
