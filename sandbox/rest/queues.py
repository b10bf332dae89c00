"""Queues and Members: make, rename, resize and delete queues; see who waits, and send someone on to other TwiML."""

from __future__ import annotations

from aiohttp import web

from sandbox.engine import queues
from sandbox.engine.enqueue import dequeue
from sandbox.engine.orders import Program
from sandbox.engine.records import Member, Queue
from sandbox.engine.reports import rfc2822
from sandbox.rest.bodies import Body, account_path
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError, not_found
from sandbox.rest.forms import Form, read_form, read_needed, read_number, read_webhook
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import account_of

USUAL_SIZE, LONGEST_NAME = 1000, 64
NAME_IN_USE, NOT_EMPTY = 22003, 22002


def _queue_of(request: web.Request) -> Queue:
    found = carrier_of(request).board.queues.get(request.match_info["queue_sid"])
    if found is None or found.account_sid != account_of(request).sid:
        raise not_found(request.path)
    return found


def _member_of(request: web.Request) -> Member:
    member = queues.find_member(_queue_of(request), request.match_info["call_sid"])
    if member is None:
        raise not_found(request.path)
    return member


def _queue_body(request: web.Request, queue: Queue) -> Body:
    path = f"{account_path(queue.account_sid)}/Queues/{queue.sid}"
    return {
        "account_sid": queue.account_sid,
        "average_wait_time": queues.average_wait_seconds(queue, carrier_of(request).board.now()),
        "current_size": len(queue.members),
        "date_created": rfc2822(queue.created_at),
        "date_updated": rfc2822(queue.updated_at),
        "friendly_name": queue.name,
        "max_size": queue.max_size,
        "sid": queue.sid,
        "uri": f"{path}.json",
    }


def _member_body(request: web.Request, member: Member) -> Body:
    queue = member.queue
    return {
        "call_sid": member.call.sid,
        "date_enqueued": rfc2822(member.enqueued_at),
        "position": queues.position_of(member),
        "queue_sid": queue.sid,
        "uri": f"{account_path(queue.account_sid)}/Queues/{queue.sid}/Members/{member.call.sid}.json",
        "wait_time": queues.wait_seconds(member, carrier_of(request).board.now()),
    }


def _read_name(request: web.Request, form: Form, queue: Queue | None = None) -> str:
    """Return a name that no other queue of the account has."""
    name = read_needed(form, "FriendlyName")
    if len(name) > LONGEST_NAME:
        raise RestError(20001, f"FriendlyName may have at most {LONGEST_NAME} characters")
    board = carrier_of(request).board
    if board.queues_by_name.get((account_of(request).sid, name)) not in (None, queue):
        raise RestError(NAME_IN_USE, f"A queue named {name} exists already")
    return name


def _read_size(form: Form, usual: int) -> int:
    return int(read_number(form, "MaxSize", usual, (1, queues.LARGEST_QUEUE)))


async def create_queue(request: web.Request) -> web.Response:
    """POST /Queues.json: FriendlyName, MaxSize; 201."""
    form = await read_form(request)
    name, size = _read_name(request, form), _read_size(form, USUAL_SIZE)
    queue = queues.create_queue(carrier_of(request).board, account_of(request).sid, name, size)
    return web.json_response(_queue_body(request, queue), status=201)


async def list_queues(request: web.Request) -> web.Response:
    """GET /Queues.json: newest first."""
    account, board = account_of(request).sid, carrier_of(request).board
    rows = [one for one in reversed(list(board.queues.values())) if one.account_sid == account]
    look = lambda one: (one.sid, _queue_body(request, one))  # noqa: E731
    return web.json_response(page_of("queues", request.path, request.query, rows, look))


async def fetch_queue(request: web.Request) -> web.Response:
    """GET /Queues/{sid}.json."""
    return web.json_response(_queue_body(request, _queue_of(request)))


async def update_queue(request: web.Request) -> web.Response:
    """POST /Queues/{sid}.json: FriendlyName, MaxSize."""
    form, queue, board = await read_form(request), _queue_of(request), carrier_of(request).board
    name = _read_name(request, form, queue) if form.get("FriendlyName") else queue.name
    size = _read_size(form, queue.max_size)
    if name != queue.name:
        queues.rename_queue(board, queue, name)
    if size != queue.max_size:
        queues.resize_queue(board, queue, size)
    return web.json_response(_queue_body(request, queue))


async def delete_queue(request: web.Request) -> web.Response:
    """DELETE /Queues/{sid}.json; 204, or an error while somebody waits."""
    if not queues.delete_queue(carrier_of(request).board, _queue_of(request)):
        raise RestError(NOT_EMPTY, "A queue in which somebody waits cannot be deleted")
    return web.Response(status=204)


async def list_members(request: web.Request) -> web.Response:
    """GET …/Members.json: from the front to the end."""
    rows = list(_queue_of(request).members.values())
    look = lambda one: (one.call.sid, _member_body(request, one))  # noqa: E731
    return web.json_response(page_of("queue_members", request.path, request.query, rows, look))


async def fetch_member(request: web.Request) -> web.Response:
    """GET …/Members/{call sid or Front}.json."""
    return web.json_response(_member_body(request, _member_of(request)))


async def update_member(request: web.Request) -> web.Response:
    """POST …/Members/{call sid or Front}.json: Url and Method: out of the queue, and on with that document."""
    form = await read_form(request)
    read_needed(form, "Url")
    member, webhook = _member_of(request), read_webhook(form, "Url", "Method")
    body = _member_body(request, member)
    dequeue(carrier_of(request).board, member, Program(webhook))
    return web.json_response(body)


def queue_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of both resources; `base` is the account's path pattern."""
    one = f"{base}/Queues/{{queue_sid}}"
    member = f"{one}/Members/{{call_sid}}.json"
    return [
        web.get(f"{base}/Queues.json", list_queues),
        web.post(f"{base}/Queues.json", create_queue),
        web.get(f"{one}.json", fetch_queue),
        web.post(f"{one}.json", update_queue),
        web.delete(f"{one}.json", delete_queue),
        web.get(f"{one}/Members.json", list_members),
        web.get(member, fetch_member),
        web.post(member, update_member),
    ]
