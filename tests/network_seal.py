"""Seals the test process from the network: loopback and Unix sockets only.

It listens to the interpreter's own audit events, so no library is patched and none gets around it by importing `socket`
its own way. An attempt raises where it happens and is also kept, so that code which swallows the error still fails.
"""

import ipaddress
import socket
import sys
from typing import Any

_LOCAL_NAMES = frozenset({"", "localhost", "ip6-localhost"})
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_TRAFFIC = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class NetworkSealed(RuntimeError):
    """A test tried to reach beyond this machine."""


class NetworkSeal:
    """The seal and the attempts made against it since they were last taken."""

    def __init__(self) -> None:
        self._attempts: list[str] = []

    def close(self) -> None:
        """Seal this process, for good: an audit hook cannot be removed."""
        sys.addaudithook(self._on_audit)

    def take_attempts(self) -> list[str]:
        """The attempts since the last look, which are forgotten by looking."""
        attempts, self._attempts = self._attempts, []
        return attempts

    def _on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _TRAFFIC:
            sock, address = arguments[0], arguments[1]
            if sock.family in {socket.AF_INET, socket.AF_INET6} and address is not None and not is_local(address[0]):
                self._refuse(f"{event} to {address[0]}:{address[1]}")
        elif event in _LOOKUPS and is_foreign_name(arguments[0]):
            self._refuse(f"{event} of {arguments[0]}")

    def _refuse(self, what: str) -> None:
        self._attempts.append(what)
        raise NetworkSealed(f"{what}: tests reach nothing beyond loopback")


def is_local(host: object) -> bool:
    """Whether a host, by name or address, is this machine."""
    name = _text(host)
    if name in _LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def is_foreign_name(host: object) -> bool:
    """Whether looking a host up would ask a name server. Plain addresses are left to the check on connecting."""
    name = _text(host)
    if name in _LOCAL_NAMES or name == socket.gethostname():
        return False
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return True
    return False


def _text(host: object) -> str:
    if host is None:
        return ""
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
