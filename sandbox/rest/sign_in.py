"""Who asks, and about which account.

HTTP basic auth with an account's SID and token, or with an API key and its secret.
"""

from __future__ import annotations

import base64
import binascii
import re

from aiohttp import web

from sandbox.engine.reports import API_VERSION
from sandbox.office.accounts import Account, AccountBook
from sandbox.rest.errors import RestError

_ACCOUNT, _ASKER = "account", "asker"
_ROOT = f"/{API_VERSION}/Accounts"
_MEDIA = re.compile(_ROOT + r"/AC[0-9a-f]{32}/Recordings/RE[0-9a-f]{32}(\.wav)?")


def sign_in(book: AccountBook, request: web.Request) -> None:
    """Note the asker and the account asked about on the request; RestError 20003 when either will not do.

    The main account may ask about its subaccounts; nobody else about others. The media of recordings are open to
    whoever knows their address, as they are on an account of Twilio's until it says otherwise.
    """
    named: Account | None = None
    if request.path.startswith(_ROOT + "/"):
        named = book.find(request.path.split("/", 4)[3].removesuffix(".json"))
        if named is not None and "Authorization" not in request.headers and _MEDIA.fullmatch(request.path):
            request[_ASKER] = request[_ACCOUNT] = named
            return
    asker = book.signed_in(*_read_credentials(request))
    if asker is None:
        raise _refused()
    account = named if request.path.startswith(_ROOT + "/") else asker
    if account is None or asker.sid not in (account.sid, account.owner_sid):
        raise _refused()
    request[_ASKER], request[_ACCOUNT] = asker, account


def account_of(request: web.Request) -> Account:
    """Return the account that the request is about."""
    account: Account = request[_ACCOUNT]
    return account


def asker_of(request: web.Request) -> Account:
    """Return the account that signed the request; it may own the one asked about."""
    asker: Account = request[_ASKER]
    return asker


def require_active(request: web.Request) -> Account:
    """Return the account that the request is about; 20005 when it may order nothing (suspended, closed, no money)."""
    account = account_of(request)
    if not account.can_order:
        raise RestError(20005, "Account not active", 403)
    return account


def _read_credentials(request: web.Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise _refused()
    try:
        username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _refused() from error
    return username, password


def _refused() -> RestError:
    return RestError(20003, "Authenticate", 401)
