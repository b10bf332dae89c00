"""Call Events: each request about a call between the carrier and the application, with what was answered."""

from __future__ import annotations

from aiohttp import web

from sandbox.engine.reports import rfc2822
from sandbox.office.deliveries import Delivery
from sandbox.rest.bodies import Body, account_path
from sandbox.rest.context import call_of, carrier_of
from sandbox.rest.forms import snake
from sandbox.rest.paging import page_of


async def list_events(request: web.Request) -> web.Response:
    """GET /Calls/{sid}/Events.json: in the order of the requests."""
    call = call_of(request)
    path = f"{account_path(call.order.account_sid)}/Calls/{call.sid}/Events.json"
    rows = enumerate(carrier_of(request).office.deliveries.of(call.sid))
    look = lambda row: (str(row[0]), _body(row[1]))  # noqa: E731
    return web.json_response(page_of("events", path, request.query, rows, look))


def _body(delivery: Delivery) -> Body:
    return {
        "request": {
            "method": delivery.method,
            "url": delivery.url,
            "parameters": {snake(key): value for key, value in delivery.params},
        },
        "response": {
            "response_code": delivery.status,
            "request_duration": delivery.milliseconds,
            "content_type": delivery.content_type,
            "response_body": delivery.body,
            "date_created": rfc2822(delivery.at),
        },
    }
