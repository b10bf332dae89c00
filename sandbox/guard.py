"""Keeps other people's web pages away from the page and the admin API, which ask for no password.

Two tricks would let a page on the web reach a server on this machine: a request across origins, told by its Origin
header, and a name on the web that is made to point to this machine (DNS rebinding), told by its Host header.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Read or opened by other origins on purpose: the phone's script, and its socket, which asks for a token.
OPEN_TO_ALL_PAGES = frozenset({"/_sandbox/phone.js", "/_sandbox/phone"})
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def keep_out_others(allowed_names: Collection[str]) -> Middleware:
    """Return the middleware. `allowed_names` are host names by which the sandbox is reached, besides localhost."""

    @web.middleware
    async def guard(request: web.Request, handler: Endpoint) -> web.StreamResponse:
        if request.path != "/" and not request.path.startswith("/_sandbox"):
            return await handler(request)
        if not is_own_name(request.host, allowed_names):
            raise web.HTTPForbidden(text="This name is not one of the sandbox's: see --allow-host.\n")
        if request.path not in OPEN_TO_ALL_PAGES and is_from_elsewhere(request):
            raise web.HTTPForbidden(text="Pages of other origins may not do this.\n")
        answer = await handler(request)
        if not answer.prepared:
            for name, value in FIXED_HEADERS.items():
                answer.headers.setdefault(name, value)
        return answer

    return guard


def is_own_name(host: str, allowed_names: Collection[str]) -> bool:
    """Whether a Host header names this machine: an address, which nobody can rebind, localhost, or an allowed name."""
    name = (urlsplit(f"//{host}").hostname or "").lower()
    if name == "localhost" or name in allowed_names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_from_elsewhere(request: web.Request) -> bool:
    """Whether a browser says that a page of another origin asks. Programs send no Origin."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        # A link to the page itself may be followed from anywhere.
        is_link = request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        return not is_link
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.host}"
