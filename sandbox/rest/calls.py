"""The Calls resource: create, fetch, list with its filters, update (redirect, cancel, complete) and delete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aiohttp import web

from sandbox.engine import exchange
from sandbox.engine.lines import LONGEST_QUEUE_SECONDS, change_time_limit, place, queue_wait_seconds
from sandbox.engine.orders import CALL_EVENTS, CallOrder
from sandbox.engine.records import Call
from sandbox.rest.bodies import account_path, call_body
from sandbox.rest.context import call_of, carrier_of, is_hidden
from sandbox.rest.errors import RestError
from sandbox.rest.forms import Form, read_call_order, read_form, read_number, read_program, read_subscription
from sandbox.rest.paging import page_of

_NOT_IN_PROGRESS = "Call is not in-progress. Cannot redirect."


async def create_call(request: web.Request) -> web.Response:
    """POST /Calls.json: queue a call; 201 with the call."""
    form = await read_form(request)
    carrier = carrier_of(request)
    order = read_call_order(form, request.match_info["account_sid"], carrier.settings.caller_numbers)
    return web.json_response(call_body(place_order(request, order)), status=201)


def place_order(request: web.Request, order: CallOrder) -> Call:
    """Hand an order to the engine unless the account's queue is a day long (22005)."""
    board = carrier_of(request).board
    if queue_wait_seconds(board, order.account_sid) >= LONGEST_QUEUE_SECONDS:
        raise RestError(22005, "The queue of calls is more than 24 hours long", 429)
    return place(board, order)


async def fetch_call(request: web.Request) -> web.Response:
    """GET /Calls/{sid}.json."""
    return web.json_response(call_body(call_of(request)))


async def delete_call(request: web.Request) -> web.Response:
    """DELETE /Calls/{sid}.json: forget an ended call; 204."""
    call = call_of(request)
    if not call.is_final:
        raise RestError(20009, "A call that has not ended cannot be deleted", 409)
    board = carrier_of(request).board
    del board.calls[call.sid]
    board.calls_by_number[call.order.to].remove(call)
    return web.Response(status=204)


async def update_call(request: web.Request) -> web.Response:
    """POST /Calls/{sid}.json: Status, Url or Twiml, TimeLimit; 21220 when the call is not in progress."""
    form = await read_form(request)
    call = call_of(request)
    if call.is_final:
        raise RestError(21220, _NOT_IN_PROGRESS)
    board = carrier_of(request).board
    status, program = form.get("Status", ""), read_program(form)
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
    return web.json_response(call_body(call))


async def list_calls(request: web.Request) -> web.Response:
    """GET /Calls.json: newest first; filters To, From, Status, ParentCallSid, StartTime and EndTime with < and >."""
    carrier = carrier_of(request)
    board, query = carrier.board, request.query
    account = request.match_info["account_sid"]
    pool = board.calls_by_number.get(query["To"], []) if query.get("To") else list(board.calls.values())
    filters = _read_filters(query)

    def rows() -> Iterator[Call]:
        for call in reversed(pool):
            if call.order.account_sid == account and not is_hidden(carrier, call) and _matches(call, filters):
                yield call

    path = f"{account_path(account)}/Calls.json"
    return web.json_response(page_of("calls", path, query, rows(), lambda call: (call.sid, call_body(call))))


_Filters = tuple[dict[str, str], list[tuple[str, float, float]]]


def _read_filters(query: Form) -> _Filters:
    words = {key: query[key] for key in ("To", "From", "Status", "ParentCallSid") if query.get(key)}
    spans = []
    for key, value in query.items():
        if key.startswith(("StartTime", "EndTime")) and value:
            which = "start" if key.startswith("StartTime") else "end"
            spans.append((which, *_read_span(key, value)))
    return words, spans


def _read_span(key: str, value: str) -> tuple[float, float]:
    """Return the first and last instant a filter lets through.

    Midnight without a comparison stands for its whole day: the SDKs write a date that way.
    """
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise RestError(20422, f"{key} is not a date or time: {value}") from error
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    first = instant.timestamp()
    # Instants are written in whole seconds, so the second that is named counts as a whole.
    last = first + 0.999_999
    if key.endswith("<"):
        return float("-inf"), last
    if key.endswith(">"):
        return first, float("inf")
    is_midnight = (instant.hour, instant.minute, instant.second) == (0, 0, 0)
    return first, (instant + timedelta(days=1)).timestamp() - 1e-6 if is_midnight else last


def _matches(call: Call, filters: _Filters) -> bool:
    words, spans = filters
    found = {
        "To": call.order.to,
        "From": call.order.caller,
        "Status": "queued" if call.status == "initiated" else call.status,
        "ParentCallSid": call.order.parent_sid,
    }
    if any(found[key] != value for key, value in words.items()):
        return False
    for which, first, last in spans:
        # A call that waits in the queue has no start yet: the moment it was ordered stands for it.
        at = (call.dialed_at or call.created_at) if which == "start" else call.ended_at
        if at is None or not first <= at <= last:
            return False
    return True
