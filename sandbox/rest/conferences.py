"""The Conferences resource: list, fetch, update (end, announce). Who is in them is left to `participants`."""

from __future__ import annotations

from aiohttp import web

from sandbox.engine import rooms
from sandbox.engine.announcements import announce
from sandbox.engine.records import Conference
from sandbox.rest.bodies import account_path, conference_body
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError, not_found
from sandbox.rest.filters import Instants, Words, keep
from sandbox.rest.forms import read_form, read_webhook
from sandbox.rest.paging import page_of


def room_of(request: web.Request) -> Conference:
    """Return the conference in the path, by SID, or by the name of one that lives."""
    board = carrier_of(request).board
    account, key = request.match_info["account_sid"], request.match_info["conference_sid"]
    room = board.conferences.get(key) or board.open_rooms.get((account, key))
    if room is None or room.account_sid != account:
        raise not_found(request.path)
    return room


async def fetch_conference(request: web.Request) -> web.Response:
    """GET /Conferences/{sid}.json."""
    return web.json_response(conference_body(room_of(request)))


async def list_conferences(request: web.Request) -> web.Response:
    """GET /Conferences.json: newest first; filters Status, FriendlyName, DateCreated and DateUpdated with < and >."""
    board, query = carrier_of(request).board, request.query
    account = request.match_info["account_sid"]
    seen = (room for room in reversed(list(board.conferences.values())) if room.account_sid == account)
    rows = keep(seen, query, _WORDS, _INSTANTS)
    path = f"{account_path(account)}/Conferences.json"
    return web.json_response(page_of("conferences", path, query, rows, lambda room: (room.sid, conference_body(room))))


_WORDS: Words[Conference] = {"Status": lambda room: room.status, "FriendlyName": lambda room: room.name}
_INSTANTS: Instants[Conference] = {
    "DateCreated": lambda room: room.created_at,
    "DateUpdated": lambda room: room.updated_at,
}


async def update_conference(request: web.Request) -> web.Response:
    """POST /Conferences/{sid}.json: Status=completed ends it; AnnounceUrl plays to everybody."""
    form = await read_form(request)
    room, board = room_of(request), carrier_of(request).board
    status = form.get("Status", "")
    if status and status != "completed":
        raise RestError(20422, f"Status {status} is not completed")
    announcement = read_webhook(form, "AnnounceUrl", "AnnounceMethod")
    if room.status == "completed":
        raise RestError(20404, "The conference has ended", 404)
    if announcement is not None:
        announce(board, room, None, announcement)
    if status:
        rooms.end_room(board, room, "conference-ended-via-api", None)
    return web.json_response(conference_body(room))


def conference_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resource; `base` is the account's path pattern."""
    one = f"{base}/Conferences/{{conference_sid}}.json"
    return [
        web.get(f"{base}/Conferences.json", list_conferences),
        web.get(one, fetch_conference),
        web.post(one, update_conference),
    ]
