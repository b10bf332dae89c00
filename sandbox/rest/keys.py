"""Keys and SigningKeys: API keys that stand for the account's token in requests. Both show the same list."""

from __future__ import annotations

from hashlib import blake2b

from aiohttp import web

from sandbox.rest.context import carrier_of
from sandbox.rest.forms import read_form, text_field
from sandbox.rest.shelves import Kind, shelf_routes
from sandbox.rest.sign_in import account_of

_LEFT_OUT = frozenset({"account_sid", "api_version", "uri"})
_FIELDS = (text_field("FriendlyName", ""),)
KEYS = Kind("Keys", "keys", lambda office: office.keys, _FIELDS, (), without=_LEFT_OUT)
SIGNING_KEYS = Kind("SigningKeys", "signing_keys", lambda office: office.keys, _FIELDS, (), without=_LEFT_OUT)


async def create_key(request: web.Request) -> web.Response:
    """POST /Keys.json or /SigningKeys.json: the only answer that ever shows the secret; 201."""
    form = await read_form(request)
    carrier, account = carrier_of(request), account_of(request)
    sid = carrier.board.mint.make("SK")
    secret = blake2b(f"{account.auth_token}|{sid}".encode(), digest_size=16).hexdigest()
    item = carrier.office.keys.add(sid, account.sid, KEYS.read_new(form))
    account.keys[sid] = secret
    return web.json_response({**KEYS.body(item), "secret": secret}, status=201)


async def delete_key(request: web.Request) -> web.Response:
    """DELETE /Keys/{sid}.json: requests signed with it are refused from now on; 204."""
    item = KEYS.find(request)
    account_of(request).keys.pop(item.sid, None)
    carrier_of(request).office.keys.take(item)
    return web.Response(status=204)


def key_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of both resources."""
    routes = []
    for kind in (KEYS, SIGNING_KEYS):
        routes += [
            web.post(f"{base}/{kind.path}.json", create_key),
            web.delete(f"{base}/{kind.path}/{{sid}}.json", delete_key),
            *(route for route in shelf_routes(kind, base) if route.method != "DELETE"),
        ]
    return routes
