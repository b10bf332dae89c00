"""The Calls resource: create, fetch, list with its filters, update (redirect, cancel, complete) and delete."""

from __future__ import annotations

from aiohttp import web

from sandbox.engine import exchange
from sandbox.engine.forgetting import forget_call
from sandbox.engine.lines import LONGEST_QUEUE_SECONDS, change_time_limit, place, queue_wait_seconds
from sandbox.engine.orders import CALL_EVENTS, CallOrder
from sandbox.engine.records import Call
from sandbox.office.deliveries import Delivery
from sandbox.rest.bodies import account_path, call_body
from sandbox.rest.context import call_of, carrier_of, is_hidden
from sandbox.rest.errors import RestError
from sandbox.rest.filters import Instants, Words, keep
from sandbox.rest.forms import read_form, read_number
from sandbox.rest.orders import read_call_order, read_program, read_subscription
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import account_of, require_active

_NOT_IN_PROGRESS = "Call is not in-progress. Cannot redirect."


async def create_call(request: web.Request) -> web.Response:
    """POST /Calls.json: queue a call; 201 with the call."""
    form = await read_form(request)
    office = carrier_of(request).office
    order = read_call_order(form, office, require_active(request))
    call = place_order(request, order)
    params = tuple((key, value) for key, value in form.items() if key not in _SECRETS)
    url = f"{request.scheme}://{request.host}{request.path}"
    answer = f'{{"sid": "{call.sid}"}}'
    at = carrier_of(request).board.now()
    office.deliveries.add(Delivery(call.sid, at, "POST", url, params, 201, "application/json", answer, 0))
    return web.json_response(call_body(office, call), status=201)


# What the Events of a call do not show.
_SECRETS = {"SipAuthPassword", "Twiml"}


def place_order(request: web.Request, order: CallOrder) -> Call:
    """Hand an order to the engine unless the account's queue is a day long (22005)."""
    board = carrier_of(request).board
    if queue_wait_seconds(board, order.account_sid) >= LONGEST_QUEUE_SECONDS:
        raise RestError(22005, "The queue of calls is more than 24 hours long", 429)
    return place(board, order)


async def fetch_call(request: web.Request) -> web.Response:
    """GET /Calls/{sid}.json."""
    return web.json_response(call_body(carrier_of(request).office, call_of(request)))


async def delete_call(request: web.Request) -> web.Response:
    """DELETE /Calls/{sid}.json: forget an ended call; 204."""
    call = call_of(request)
    if not call.is_final:
        raise RestError(20009, "A call that has not ended cannot be deleted", 409)
    forget_call(carrier_of(request).board, call)
    return web.Response(status=204)


async def update_call(request: web.Request) -> web.Response:
    """POST /Calls/{sid}.json: Status, Url or Twiml, TimeLimit; 21220 when the call is not in progress."""
    form = await read_form(request)
    call = call_of(request)
    if call.is_final:
        raise RestError(21220, _NOT_IN_PROGRESS)
    board, office = carrier_of(request).board, carrier_of(request).office
    status, program = form.get("Status", ""), read_program(form, office, account_of(request))
    if status and status not in ("canceled", "completed"):
        raise RestError(21218, f"Status {status} is neither canceled nor completed")
    if form.get("TimeLimit"):
        change_time_limit(board, call, read_number(form, "TimeLimit", 14400, (1, 86400)))
    if program is not None:
        subscription = read_subscription(form, "StatusCallback", "completed", CALL_EVENTS)
        if not exchange.redirect_call(board, call, program):
            raise RestError(21220, _NOT_IN_PROGRESS)
        # Without a Url, Twilio leaves the status callback as it was.
        call.subscription = subscription or call.subscription
    elif status == "completed":
        exchange.complete_call(board, call)
    elif status == "canceled":
        exchange.cancel_call(board, call)
    return web.json_response(call_body(office, call))


async def list_calls(request: web.Request) -> web.Response:
    """GET /Calls.json: newest first; filters To, From, Status, ParentCallSid, StartTime and EndTime with < and >."""
    carrier = carrier_of(request)
    board, query = carrier.board, request.query
    account = request.match_info["account_sid"]
    pool = board.calls_by_number.get(query["To"], []) if query.get("To") else list(board.calls.values())
    seen = (call for call in reversed(pool) if call.order.account_sid == account and not is_hidden(carrier, call))
    rows = keep(seen, query, _WORDS, _INSTANTS)
    path = f"{account_path(account)}/Calls.json"
    look = lambda call: (call.sid, call_body(carrier.office, call))  # noqa: E731
    return web.json_response(page_of("calls", path, query, rows, look))


_WORDS: Words[Call] = {
    "To": lambda call: call.order.to,
    "From": lambda call: call.order.caller,
    "Status": lambda call: "queued" if call.status == "initiated" else call.status,
    "ParentCallSid": lambda call: call.order.parent_sid,
}
_INSTANTS: Instants[Call] = {
    # A call that waits in the queue has no start yet: the moment it was ordered stands for it.
    "StartTime": lambda call: call.dialed_at or call.created_at,
    "EndTime": lambda call: call.ended_at,
}


def call_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resource; `base` is the account's path pattern."""
    one = f"{base}/Calls/{{call_sid}}.json"
    return [
        web.post(f"{base}/Calls.json", create_call),
        web.get(f"{base}/Calls.json", list_calls),
        web.get(one, fetch_call),
        web.post(one, update_call),
        web.delete(one, delete_call),
    ]
