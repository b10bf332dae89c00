"""Accounts: the main one and its subaccounts (open, list, fetch, rename, suspend, close), Balance, and Tokens."""

from __future__ import annotations

from hashlib import blake2b

from aiohttp import web

from sandbox.engine import exchange
from sandbox.engine.reports import rfc2822
from sandbox.office.accounts import Account, AccountStatus
from sandbox.rest.bodies import Body, account_path, money
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError
from sandbox.rest.filters import keep
from sandbox.rest.forms import read_form, read_number
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import account_of, asker_of

_PARTS = {
    "addresses": "Addresses",
    "applications": "Applications",
    "authorized_connect_apps": "AuthorizedConnectApps",
    "available_phone_numbers": "AvailablePhoneNumbers",
    "balance": "Balance",
    "calls": "Calls",
    "conferences": "Conferences",
    "connect_apps": "ConnectApps",
    "incoming_phone_numbers": "IncomingPhoneNumbers",
    "keys": "Keys",
    "messages": "Messages",
    "notifications": "Notifications",
    "outgoing_caller_ids": "OutgoingCallerIds",
    "queues": "Queues",
    "recordings": "Recordings",
    "short_codes": "SMS/ShortCodes",
    "signing_keys": "SigningKeys",
    "sip": "SIP",
    "transcriptions": "Transcriptions",
    "usage": "Usage",
}
_STATUSES: dict[str, AccountStatus] = {"active": "active", "suspended": "suspended", "closed": "closed"}
# What the Balance of an account shows that can spend without end.
ENDLESS = "1000000.00000"


def _account_body(account: Account) -> Body:
    path = account_path(account.sid)
    return {
        "auth_token": account.auth_token,
        "date_created": rfc2822(account.created_at),
        "date_updated": rfc2822(account.updated_at),
        "friendly_name": account.friendly_name,
        "owner_account_sid": account.owner_sid,
        "sid": account.sid,
        # An account without money is suspended until there is some again.
        "status": "suspended" if account.status == "active" and not account.can_order else account.status,
        "subresource_uris": {key: f"{path}/{name}.json" for key, name in _PARTS.items()},
        "type": "Trial" if account.is_trial else "Full",
        "uri": f"{path}.json",
    }


async def fetch_account(request: web.Request) -> web.Response:
    """GET /Accounts/{sid}.json."""
    return web.json_response(_account_body(account_of(request)))


async def list_accounts(request: web.Request) -> web.Response:
    """GET /Accounts.json: the asker and, if it owns some, its subaccounts; filters FriendlyName and Status."""
    asker = asker_of(request)
    seen = (one for one in carrier_of(request).office.book.newest_first() if asker.sid in (one.sid, one.owner_sid))
    rows = (_account_body(one) for one in seen)
    found = keep(
        rows,
        request.query,
        {"FriendlyName": lambda body: body["friendly_name"], "Status": lambda body: body["status"]},
    )
    path = f"{account_path('').rpartition('/')[0]}.json"
    return web.json_response(page_of("accounts", path, request.query, found, lambda body: (str(body["sid"]), body)))


async def open_account(request: web.Request) -> web.Response:
    """POST /Accounts.json: open a subaccount; 201. Subaccounts have none of their own."""
    form, carrier = await read_form(request), carrier_of(request)
    if not asker_of(request).is_main:
        raise RestError(20008, "A subaccount cannot open accounts", 403)
    name = form.get("FriendlyName", "") or f"SubAccount Created at {rfc2822(carrier.board.now())}"
    account = carrier.office.book.open_subaccount(carrier.board.mint.make("AC"), name)
    return web.json_response(_account_body(account), status=201)


async def update_account(request: web.Request) -> web.Response:
    """POST /Accounts/{sid}.json: FriendlyName, Status. Only its owner may suspend or close; closing is for ever."""
    form, account = await read_form(request), account_of(request)
    board = carrier_of(request).board
    status = form.get("Status", "")
    if status and (status not in _STATUSES or account.is_main or not asker_of(request).is_main):
        raise RestError(20001, f"Status of account {account.sid} cannot be set to {status}")
    if status and account.status == "closed":
        raise RestError(20001, "A closed account stays closed")
    account.friendly_name = form.get("FriendlyName", "") or account.friendly_name
    account.status = _STATUSES.get(status, account.status)
    account.updated_at = board.now()
    if status == "closed":
        for call in [one for one in board.live_calls.values() if one.order.account_sid == account.sid]:
            exchange.complete_call(board, call)
    return web.json_response(_account_body(account))


async def fetch_balance(request: web.Request) -> web.Response:
    """GET /Balance.json."""
    account = account_of(request)
    left = ENDLESS if account.has_endless_balance else money(account.balance)
    return web.json_response({"account_sid": account.sid, "balance": left, "currency": "USD"})


async def create_token(request: web.Request) -> web.Response:
    """POST /Tokens.json: ICE servers for browsers; 201. On one machine none is needed."""
    form, account, board = await read_form(request), account_of(request), carrier_of(request).board
    seconds = int(read_number(form, "Ttl", 86400, (1, 86400)))
    at, sid = rfc2822(board.now()), board.mint.make("NT")
    username = blake2b(sid.encode(), digest_size=32).hexdigest()
    password = blake2b(f"{account.auth_token}|{sid}".encode(), digest_size=16).hexdigest()
    server = "stun:127.0.0.1:3478"
    body: Body = {
        "account_sid": account.sid,
        "date_created": at,
        "date_updated": at,
        "ice_servers": [{"url": server, "urls": server, "username": username, "credential": password}],
        "password": password,
        "ttl": str(seconds),
        "username": username,
    }
    return web.json_response(body, status=201)


def account_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of these resources; `base` is the account's path pattern."""
    root = base.rpartition("/")[0]
    return [
        web.get(f"{root}.json", list_accounts),
        web.post(f"{root}.json", open_account),
        web.get(f"{base}.json", fetch_account),
        web.post(f"{base}.json", update_account),
        web.get(f"{base}/Balance.json", fetch_balance),
        web.post(f"{base}/Tokens.json", create_token),
    ]
