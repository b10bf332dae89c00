"""The Participants resource: call someone into a conference, list, fetch, mute, hold, coach, announce, remove."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from sandbox.engine import lines, rooms
from sandbox.engine.announcements import announce
from sandbox.engine.records import Call, Conference, Participant
from sandbox.rest.bodies import Body, account_path, expected_body, participant_body
from sandbox.rest.calls import place_order
from sandbox.rest.conferences import room_of
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError, not_found
from sandbox.rest.forms import read_flag, read_form, read_webhook
from sandbox.rest.paging import page_of
from sandbox.rest.participant_orders import find_by_label, read_coached, read_participant_order
from sandbox.rest.sign_in import require_active


async def create_participant(request: web.Request) -> web.Response:
    """POST /Conferences/{name or sid}/Participants.json: call someone into the room; 201."""
    form = await read_form(request)
    board, office, account = carrier_of(request).board, carrier_of(request).office, require_active(request)
    key = request.match_info["conference_sid"]
    known = board.conferences.get(key)
    if known is not None and known.account_sid != account.sid:
        raise not_found(request.path)
    if known is not None and known.status == "completed":
        raise RestError(16022, "The conference has ended")
    name = known.name if known is not None else key
    order = read_participant_order(form, office, account, board.open_rooms.get((account.sid, name)), name)
    call = place_order(request, order)
    room = rooms.open_room(board, account.sid, name)
    rooms.expect(board, room, call)
    return web.json_response(expected_body(room, call), status=201)


def _expected_of(request: web.Request, room: Conference) -> Call | None:
    """Return the call in the path, by SID or label, while it is on its way into the room."""
    key = request.match_info["call_sid"]
    return room.expected.get(key) or room.expected.get(find_by_label(room, key) or "")


def participant_of(request: web.Request) -> tuple[Conference, Participant]:
    """Return the participant in the path, by call SID or label; 404 when it is not in the room."""
    room = room_of(request)
    who = rooms.find_participant(room, request.match_info["call_sid"])
    if who is None:
        raise not_found(request.path)
    return room, who


async def fetch_participant(request: web.Request) -> web.Response:
    """GET …/Participants/{call sid or label}.json; somebody who still rings counts too."""
    room = room_of(request)
    expected = _expected_of(request, room)
    if expected is not None:
        return web.json_response(expected_body(room, expected))
    return web.json_response(participant_body(*participant_of(request)))


async def list_participants(request: web.Request) -> web.Response:
    """GET …/Participants.json: who is in or on the way; filters Muted, Hold, Coaching. An ended room lists nobody."""
    room, query = room_of(request), request.query
    rows: list[tuple[str, Body]] = [(who.call.sid, participant_body(room, who)) for who in room.participants.values()]
    rows += [(call.sid, expected_body(room, call)) for call in room.expected.values()]
    for key in ("Muted", "Hold", "Coaching"):
        if query.get(key):
            rows = [row for row in rows if row[1][key.lower()] is read_flag(query, key)]
    path = f"{account_path(room.account_sid)}/Conferences/{room.sid}/Participants.json"
    return web.json_response(page_of("participants", path, query, rows, lambda row: row))


async def update_participant(request: web.Request) -> web.Response:
    """POST …/Participants/{sid}.json: Muted, Hold with HoldUrl, Coaching, EndConferenceOnExit, BeepOnExit, AnnounceUrl.

    All is read before anything is done, so that a request with a fault in it changes nothing.
    """
    form = await read_form(request)
    room, who = participant_of(request)
    board = carrier_of(request).board
    coached_sid = read_coached(form, room)
    announcement = read_webhook(form, "AnnounceUrl", "AnnounceMethod")
    hold_music = read_webhook(form, "HoldUrl", "HoldMethod")
    if form.get("BeepOnExit"):
        who.order = replace(who.order, beep=_BEEPS[_beeps_on_enter(who), read_flag(form, "BeepOnExit")])
        rooms.change(board, room, who, "participant-modify")
    if form.get("EndConferenceOnExit"):
        who.ends_on_exit = read_flag(form, "EndConferenceOnExit")
        rooms.change(board, room, who, "participant-modify")
    if form.get("Muted"):
        who.muted = read_flag(form, "Muted")
        rooms.change(board, room, who, "participant-mute" if who.muted else "participant-unmute")
    if form.get("Hold"):
        who.on_hold, who.hold_webhook = read_flag(form, "Hold"), hold_music
        rooms.change(board, room, who, "participant-hold" if who.on_hold else "participant-unhold")
    if form.get("Coaching") or form.get("CallSidToCoach"):
        who.coached_sid = coached_sid
        rooms.change(board, room, who, "participant-modify")
    if announcement is not None:
        announce(board, room, who, announcement)
    return web.json_response(participant_body(room, who))


# The `beep` of `<Conference>`, by whether there is a tone on entering and on leaving.
_BEEPS = {(True, True): "true", (True, False): "onEnter", (False, True): "onExit", (False, False): "false"}


def _beeps_on_enter(who: Participant) -> bool:
    return who.order.beep in ("true", "onEnter")


async def delete_participant(request: web.Request) -> web.Response:
    """DELETE …/Participants/{sid}.json: take someone out; 204. Somebody who still rings is canceled."""
    board, room = carrier_of(request).board, room_of(request)
    expected = _expected_of(request, room)
    if expected is not None:
        lines.hang_up(board, expected, "api")
        return web.Response(status=204)
    rooms.kick(board, participant_of(request)[1])
    return web.Response(status=204)


def participant_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resource; `base` is the account's path pattern."""
    everyone = f"{base}/Conferences/{{conference_sid}}/Participants"
    one = f"{everyone}/{{call_sid}}.json"
    return [
        web.post(f"{everyone}.json", create_participant),
        web.get(f"{everyone}.json", list_participants),
        web.get(one, fetch_participant),
        web.post(one, update_participant),
        web.delete(one, delete_participant),
    ]
