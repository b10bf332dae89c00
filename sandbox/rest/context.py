"""What each REST endpoint is given: the carrier, and the account that the request was signed in for."""

from __future__ import annotations

from aiohttp import web

from sandbox.carrier import Carrier
from sandbox.engine.records import Call
from sandbox.rest.errors import not_found

CARRIER = web.AppKey("carrier", Carrier)


def carrier_of(request: web.Request) -> Carrier:
    """Return the carrier the request is for."""
    return request.app[CARRIER]


def call_of(request: web.Request, key: str = "call_sid") -> Call:
    """Return the call named in the path; 404 (20404) when the account has no such call."""
    carrier = carrier_of(request)
    call = carrier.board.calls.get(request.match_info[key])
    if call is None or call.order.account_sid != request.match_info["account_sid"] or is_hidden(carrier, call):
        raise not_found(request.path)
    return call


def is_hidden(carrier: Carrier, call: Call) -> bool:
    """True while a `list_lag` fault keeps a young call out of sight, as Twilio's eventual consistency may."""
    rule = carrier.faults.in_force("list_lag")
    return rule is not None and carrier.board.now() < call.created_at + rule.seconds
