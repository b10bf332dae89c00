"""From what goes wrong in HTTP to Twilio's error number and the word of its retry policy. Pure.

Source: Twilio's error pages 11100, 11200, 11205, 11206, 11210, 11215 to 11217, 11220, 11235 to 11237 and 15003.
"""

from __future__ import annotations

import ssl

import aiohttp

from sandbox.callbacks.letters import Answered, Trouble

BAD_URL = 11100
RETRIEVAL_FAILURE = 11200
CONNECTION_FAILURE = 11205
PROTOCOL_VIOLATION = 11206
BAD_HOST_NAME = 11210
TOO_MANY_REDIRECTS = 11215
INVALID_REDIRECT = 11216
TLS_HANDSHAKE = 11220
BAD_POLICY = 11243
CALLBACK_WARNING = 15003

_CERTIFICATES = {
    "hostname": 11235,  # another name
    "ip address": 11235,
    "expired": 11236,
}
_UNKNOWN_ISSUER = 11237


class InvalidRedirect(Exception):
    """A redirect that cannot be followed; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def read_trouble(error: Exception) -> Answered:
    """Return the answer that stands for an exception of the HTTP client."""
    trouble, code = _read_trouble(error)
    return Answered(0, trouble=trouble, code=code)


def _read_trouble(error: Exception) -> tuple[Trouble | None, int]:
    if isinstance(error, InvalidRedirect):
        return None, error.code
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "ct", CONNECTION_FAILURE
    if isinstance(error, TimeoutError):  # also aiohttp's own
        return "rt", RETRIEVAL_FAILURE
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        said = str(error.certificate_error).lower()
        return "ct", next((code for words, code in _CERTIFICATES.items() if words in said), _UNKNOWN_ISSUER)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "ct", TLS_HANDSHAKE
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "ct", BAD_HOST_NAME
    if isinstance(error, aiohttp.ClientConnectorError):
        return "ct", CONNECTION_FAILURE
    if isinstance(error, aiohttp.InvalidURL | ValueError):  # after certificates, which are ValueErrors too
        return None, BAD_URL
    # The connection stood and broke before a whole answer was there.
    return "ct", PROTOCOL_VIOLATION


def trouble_of_status(status: int) -> Trouble | None:
    """Return the retry policy's word for an HTTP status, None for one that is no trouble."""
    return "4xx" if 400 <= status < 500 else "5xx" if status >= 500 else None
