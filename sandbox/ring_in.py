"""POST /_sandbox/inbound: let somebody from outside call one of the numbers, whose voice program then runs."""

from __future__ import annotations

import json
from dataclasses import replace

from aiohttp import web

from sandbox.engine import inbound
from sandbox.rest.context import CARRIER
from sandbox.summary import describe


async def ring_in(request: web.Request) -> web.Response:
    """Take {"to": own number, "from": caller, "forwarded_from": …}; the caller acts as the people's settings say."""
    carrier = request.app[CARRIER]
    try:
        wanted = json.loads(await request.text() or "{}")
    except json.JSONDecodeError as error:
        raise _bad(f"the body is not JSON: {error}") from error
    to, caller = (str(wanted.get(key, "")) for key in ("to", "from")) if isinstance(wanted, dict) else ("", "")
    own = carrier.board.find_number(to)
    if own is None:
        raise _bad("to must be a number of an account that has a VoiceUrl")
    if not caller:
        raise _bad("from is the caller's number")
    count = carrier.board.dial_counts[caller] = carrier.board.dial_counts[caller] + 1
    person = replace(carrier.draw(caller, count), outcome="human")
    visitor = inbound.Visitor(caller, person, wanted.get("forwarded_from") or None)
    return web.json_response(describe(inbound.ring_in(carrier.board, own, visitor)), status=201)


def _bad(text: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps({"error": text}), content_type="application/json")
