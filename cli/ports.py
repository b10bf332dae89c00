"""Takes the addresses that the program listens on before anything is started, so that a taken one stops all."""

import errno
import socket
from dataclasses import dataclass

from foundation.errors import Conflict, Invalid

BACKLOG = 1024


@dataclass(frozen=True)
class Address:
    """Where something listens, and the setting by which that is changed."""

    host: str
    port: int
    setting: str


def listen(address: Address) -> int:
    """The file descriptor of a listening socket. Whoever inherits it may accept; it lives on while a server restarts.

    Raises:
        Conflict: the port is in use.
        Invalid: the address cannot be used on this machine.
    """
    return _bind(address, is_listening=True)


def check_free(address: Address) -> None:
    """Raises Conflict when something else listens there; for servers that bind by themselves."""
    socket.socket(fileno=_bind(address, is_listening=False)).close()


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free right now."""
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _bind(address: Address, *, is_listening: bool) -> int:
    bound = socket.socket(_family(address.host))
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address.host, address.port))
        if is_listening:
            bound.listen(BACKLOG)
            bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise _explained(address, error) from error
    return bound.detach()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _explained(address: Address, error: OSError) -> Conflict | Invalid:
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            f"Port {address.port} on {address.host} is in use. Stop what uses it, or choose another port with "
            f"{address.setting} (for example {address.setting}={free_port()})."
        )
    return Invalid(
        f"Cannot listen on {address.host} port {address.port}: {error.strerror}. Change BIND_HOST or {address.setting}."
    )
