"""The page's addresses: its files, the phone's script that other pages load, and the two sockets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from aiohttp import web

from sandbox.page.live_socket import watch_network
from sandbox.page.phone_socket import hold_phone
from sandbox.page.views import view_exchanges
from sandbox.rest.context import CARRIER

FILES = Path(__file__).parent / "files"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' mediastream:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# The phone that other pages load is one file: sound first, then the interface on top of it.
_PHONE_PARTS = ("voices.js", "emitter.js", "call.js", "device.js")


def page_routes() -> list[web.RouteDef]:
    """Return the paths of the page."""
    return [
        web.get("/", show_page),
        web.get("/_sandbox/files/{name}", give_file),
        web.get("/_sandbox/phone.js", give_phone),
        web.get("/_sandbox/calls/{sid}/requests", list_exchanges),
        web.get("/_sandbox/live", watch_network),
        web.get("/_sandbox/phone", hold_phone),
    ]


async def show_page(request: web.Request) -> web.Response:
    """GET /: the page."""
    headers = {"Content-Security-Policy": POLICY, "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)"}
    return web.Response(text=_read("index.html"), content_type="text/html", headers=headers)


async def give_file(request: web.Request) -> web.Response:
    """GET files/{name}: one of the page's own files."""
    name = request.match_info["name"]
    if name not in _names():
        raise web.HTTPNotFound(text="no such file")
    return web.Response(text=_read(name), content_type=_KINDS[Path(name).suffix], charset="utf-8")


async def list_exchanges(request: web.Request) -> web.Response:
    """GET calls/{sid}/requests: each request to the application about a call, and its answer."""
    return web.json_response({"requests": view_exchanges(request.app[CARRIER], request.match_info["sid"])})


async def give_phone(request: web.Request) -> web.Response:
    """GET phone.js: `Twilio.Device` and `Twilio.Call` for any page, as its script of another origin."""
    text = '"use strict";\n(() => {\n' + "\n".join(_read(name) for name in _PHONE_PARTS) + "})();\n"
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return web.Response(text=text, content_type="text/javascript", charset="utf-8", headers=headers)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(path.name for path in FILES.iterdir() if path.suffix in _KINDS)


@lru_cache(maxsize=32)
def _read(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")
