"""The page at the root: what the carrier carries now, renewed every two seconds.

Playing a person by hand is left to `admin`.
"""

from __future__ import annotations

from html import escape

from aiohttp import web

from sandbox.rest.context import CARRIER
from sandbox.summary import summarise

_SHOWN = 200
_STYLE = (
    "body{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem;color:#1c2430}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde3ea}"
    "dl{display:flex;flex-wrap:wrap;gap:.5rem 2rem}dt{color:#5a6675}dd{margin:0;font-size:1.4rem}"
)
_FIGURES = ("placed", "answered", "bridged", "live_calls", "live_conferences", "pending_callbacks")


async def show_page(request: web.Request) -> web.Response:
    """GET /: the living calls as a table."""
    carrier = request.app[CARRIER]
    found = summarise(carrier, with_prospects=False)
    figures = "".join(f"<div><dt>{name.replace('_', ' ')}</dt><dd>{found[name]}</dd></div>" for name in _FIGURES)
    rows = "".join(
        f"<tr><td>{escape(call.order.to)}</td><td>{call.status}</td>"
        f"<td>{escape(call.conference.name) if call.conference else ''}</td><td><code>{call.sid}</code></td></tr>"
        for call in list(carrier.board.live_calls.values())[-_SHOWN:]
    )
    rows = rows or '<tr><td colspan="4">Nobody is on the line.</td></tr>'
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
        f"<title>Sandbox carrier</title><style>{_STYLE}</style><h1>Sandbox carrier</h1>"
        f"<p>Carrier time {found['now']}, {carrier.settings.speed:g} times real time.</p><dl>{figures}</dl>"
        "<table><thead><tr><th>To</th><th>Status</th><th>Conference</th><th>Call</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></html>"
    )
    return web.Response(text=text, content_type="text/html")
