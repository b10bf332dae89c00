"""The door of the REST API: sign-in, faults on demand, the ledger's line, and the table of paths."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.carrier import Carrier
from sandbox.engine.reports import API_VERSION
from sandbox.rest import (
    accounts,
    alerts,
    applications,
    caller_ids,
    calls,
    conferences,
    events,
    keys,
    lookups,
    numbers,
    participants,
    permissions,
    queues,
    recordings,
    usage,
)
from sandbox.rest.context import CARRIER
from sandbox.rest.errors import RestError, error_answer, not_found
from sandbox.rest.sign_in import sign_in
from sandbox.skew import shift_dates, shift_question

# api.twilio.com, and products with hosts of their own (lookups, monitor, voice): the path alone tells them apart.
_PREFIXES = (f"/{API_VERSION}/", "/v1/", "/v2/")

Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


def rest_routes() -> list[web.RouteDef]:
    """Return every path of the REST API that is built, the busiest first."""
    base = f"/{API_VERSION}/Accounts/{{account_sid}}"
    return [
        *calls.call_routes(base),
        *participants.participant_routes(base),
        *conferences.conference_routes(base),
        web.get(f"{base}/Calls/{{call_sid}}/Events.json", events.list_events),
        *recordings.recording_routes(base),
        *queues.queue_routes(base),
        *numbers.number_routes(base),
        *accounts.account_routes(base),
        *applications.application_routes(base),
        *caller_ids.caller_id_routes(base),
        *keys.key_routes(base),
        *usage.usage_routes(base),
        *alerts.alert_routes(base),
        *lookups.lookup_routes(),
        *permissions.permission_routes(),
    ]


@web.middleware
async def guard(request: web.Request, handler: Endpoint) -> web.StreamResponse:
    """Check who asks, let faults strike, turn refusals into Twilio's bodies and write the ledger."""
    if not request.path.startswith(_PREFIXES):
        return await handler(request)
    carrier = request.app[CARRIER]
    occasion = f"{request.method} {_short_path(request)}"
    answer, fault = await _answer(carrier, request, handler, occasion)
    facts: dict[str, object] = {"request": occasion, "status": answer.status if answer is not None else 0}
    if fault is not None:
        facts["fault"] = fault
    carrier.ledger.note("rest_answered", facts)
    if answer is None:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    return answer


async def _answer(
    carrier: Carrier, request: web.Request, endpoint: Endpoint, occasion: str
) -> tuple[web.StreamResponse | None, str | None]:
    """Return the answer (None: drop the connection) and the fault that shaped it."""
    strike = carrier.faults.strike
    if strike("down", occasion):
        return error_answer(RestError(20503, "Service unavailable", 503)), "down"
    if strike("rest_429", occasion):
        return error_answer(RestError(20429, "Too many concurrent requests", 429)), "rest_429"
    if strike("rest_500", occasion):
        return error_answer(RestError(20500, "Internal server error", 500)), "rest_500"
    if strike("rest_drop", occasion):
        return None, "rest_drop"
    answer = await _answer_by_clock(carrier, request, endpoint)
    late = strike("rest_delay", occasion)
    if late is not None:
        await asyncio.sleep(late.seconds)
    if strike("rest_500_done", occasion):
        return error_answer(RestError(20500, "Internal server error", 500)), "rest_500_done"
    if strike("rest_drop_done", occasion):
        return None, "rest_drop_done"
    return answer, "rest_delay" if late is not None else None


async def _answer_by_clock(carrier: Carrier, request: web.Request, endpoint: Endpoint) -> web.StreamResponse:
    """Answer as a carrier whose clock may be wrong."""
    skew = carrier.faults.in_force("clock_skew")
    if skew is None:
        return await _answer_truly(carrier, request, endpoint)
    if request.method == "GET":
        request = request.clone(rel_url=request.rel_url.with_query(shift_question(request.query, skew.seconds)))
    answer = await _answer_truly(carrier, request, endpoint)
    if isinstance(answer, web.Response) and answer.content_type == "application/json" and answer.text:
        answer.text = json.dumps(shift_dates(json.loads(answer.text), skew.seconds))
    return answer


async def _answer_truly(carrier: Carrier, request: web.Request, endpoint: Endpoint) -> web.StreamResponse:
    try:
        sign_in(carrier.office.book, request)
        return await endpoint(request)
    except RestError as error:
        return error_answer(error)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
        if error.status == 405:
            return error_answer(RestError(20004, "Method not allowed", 405))
        return error_answer(not_found(request.path))


def _short_path(request: web.Request) -> str:
    parts = request.path.split("/", 4)
    return "/" + parts[4] if len(parts) > 4 and parts[1] == API_VERSION else request.path
