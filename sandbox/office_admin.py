"""The admin API's accounts: see them, put money in, set rates and limits. Loopback tool, no sign-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from aiohttp import web

from sandbox.carrier import Carrier
from sandbox.office.accounts import Account
from sandbox.rest.context import CARRIER


def office_admin_routes() -> list[web.RouteDef]:
    """Return the paths."""
    return [
        web.get("/_sandbox/accounts", list_accounts),
        web.post("/_sandbox/accounts/{sid}", change_account),
    ]


def _describe(carrier: Carrier, account: Account) -> dict[str, object]:
    rates = carrier.board.account_rates
    return {
        "sid": account.sid,
        "friendly_name": account.friendly_name,
        "status": account.status,
        "balance": None if account.has_endless_balance else str(account.balance),
        "calls_per_second": rates.get(account.sid, carrier.board.options.calls_per_second),
        "concurrency": account.longest_concurrency,
        "countries": sorted(account.countries) if account.countries is not None else None,
        "trial": account.is_trial,
    }


async def list_accounts(request: web.Request) -> web.Response:
    """GET accounts: the main one last."""
    carrier = request.app[CARRIER]
    found = [_describe(carrier, one) for one in carrier.office.book.newest_first()]
    return web.json_response({"accounts": found})


async def change_account(request: web.Request) -> web.Response:
    """POST accounts/{sid}: balance (null: endless), calls_per_second, concurrency, countries (null: all), trial."""
    carrier = request.app[CARRIER]
    account = carrier.office.book.find(request.match_info["sid"])
    if account is None:
        raise web.HTTPNotFound(text="no such account")
    try:
        wanted = _read_changes(await request.text())
        for key, value in wanted.items():
            _SETTERS[key](carrier, account, value)
    except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
        raise web.HTTPBadRequest(text=json.dumps({"error": str(error)}), content_type="application/json") from error
    return web.json_response(_describe(carrier, account))


def _read_changes(text: str) -> dict[str, Any]:
    wanted: dict[str, Any] = json.loads(text)
    unknown = wanted.keys() - _SETTERS.keys()
    if unknown:
        raise ValueError(f"an account has no {', '.join(sorted(unknown))}; known: {', '.join(_SETTERS)}")
    return wanted


def _set_balance(_: Carrier, account: Account, value: Any) -> None:
    account.has_endless_balance = value is None
    account.balance = Decimal(str(value)) if value is not None else Decimal(0)


def _set_rate(carrier: Carrier, account: Account, value: Any) -> None:
    if float(value) < 0:
        raise ValueError("calls_per_second is 0 (no limit) or more")
    carrier.board.account_rates[account.sid] = float(value)


def _set_concurrency(_: Carrier, account: Account, value: Any) -> None:
    account.longest_concurrency = int(value)


def _set_countries(_: Carrier, account: Account, value: Any) -> None:
    account.countries = {str(code).upper() for code in value} if value is not None else None


def _set_trial(_: Carrier, account: Account, value: Any) -> None:
    account.is_trial = bool(value)


_SETTERS: dict[str, Callable[[Carrier, Account, Any], None]] = {
    "balance": _set_balance,
    "calls_per_second": _set_rate,
    "concurrency": _set_concurrency,
    "countries": _set_countries,
    "trial": _set_trial,
}
