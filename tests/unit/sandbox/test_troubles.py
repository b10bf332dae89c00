"""What goes wrong in HTTP becomes Twilio's error number and the word of its retry policy."""

import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from sandbox.callbacks.troubles import InvalidRedirect, read_trouble, trouble_of_status

KEY = ConnectionKey("app.test", 443, True, True, None, None, None)


def _certificate(text: str) -> Exception:
    return aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError(text))


@pytest.mark.parametrize(
    ("error", "trouble", "code"),
    [
        (aiohttp.ConnectionTimeoutError(), "ct", 11205),
        (aiohttp.ClientConnectorError(KEY, OSError("refused")), "ct", 11205),
        (aiohttp.ClientConnectorDNSError(KEY, OSError("no such name")), "ct", 11210),
        (aiohttp.SocketTimeoutError(), "rt", 11200),
        (TimeoutError(), "rt", 11200),
        (aiohttp.ServerDisconnectedError(), "ct", 11206),
        (aiohttp.ClientConnectorSSLError(KEY, OSError("handshake")), "ct", 11220),
        (_certificate("Hostname mismatch"), "ct", 11235),
        (_certificate("certificate has expired"), "ct", 11236),
        (_certificate("self-signed certificate"), "ct", 11237),
        (aiohttp.InvalidURL("http://"), None, 11100),
        (InvalidRedirect(11215), None, 11215),
    ],
)
def test_failure_has_twilios_number(error: Exception, trouble: str | None, code: int) -> None:
    answered = read_trouble(error)
    assert (answered.status, answered.trouble, answered.code) == (0, trouble, code)


@pytest.mark.parametrize(("status", "trouble"), [(200, None), (302, None), (404, "4xx"), (429, "4xx"), (503, "5xx")])
def test_status_is_trouble_from_400_on(status: int, trouble: str | None) -> None:
    assert trouble_of_status(status) == trouble
