"""The Participants resource: call someone into a conference, list, fetch, mute, hold, coach, announce, remove."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from aiohttp import web

from sandbox.engine import lines, rooms
from sandbox.engine.announcements import announce
from sandbox.engine.orders import CALL_EVENTS, RECORDING_EVENTS, CallOrder, Program
from sandbox.engine.records import Conference, Participant
from sandbox.rest.addresses import read_addresses
from sandbox.rest.bodies import Body, account_path, expected_body, participant_body
from sandbox.rest.calls import place_order
from sandbox.rest.conferences import room_of
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError, not_found
from sandbox.rest.forms import Form, read_flag, read_form, read_number, read_webhook
from sandbox.rest.orders import read_detection, read_recording, read_subscription, read_time_limit
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import require_active

ROOM_EVENTS = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
# How a Participants parameter is called as an attribute of `<Conference>`.
_ATTRIBUTES = {
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "Label": "participantLabel",
    "CallSidToCoach": "coach",
    "JitterBufferSize": "jitterBufferSize",
    "Region": "region",
    "ConferenceRecord": "record",
    "ConferenceTrim": "trim",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
    "ConferenceRecordingStatusCallbackMethod": "recordingStatusCallbackMethod",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
}


_SUBSCRIPTIONS = (
    ("ConferenceStatusCallback", "statusCallbackEvent", "start end", ROOM_EVENTS),
    ("ConferenceRecordingStatusCallback", "recordingStatusCallbackEvent", "completed", RECORDING_EVENTS),
)


async def create_participant(request: web.Request) -> web.Response:
    """POST /Conferences/{name or sid}/Participants.json: call someone into the room; 201."""
    form = await read_form(request)
    board = carrier_of(request).board
    account, key = request.match_info["account_sid"], request.match_info["conference_sid"]
    known = board.conferences.get(key)
    if known is not None and known.status == "completed":
        raise RestError(16022, "The conference has ended")
    name = known.name if known is not None else key
    order = _read_order(request, form, name)
    room = rooms.open_room(board, account, name)
    call = place_order(request, order)
    rooms.expect(board, room, call)
    return web.json_response(expected_body(room, call, form.get("Label") or None), status=201)


def _read_order(request: web.Request, form: Form, name: str) -> CallOrder:
    office, account = carrier_of(request).office, require_active(request)
    to, caller = read_addresses(form, office, account)
    if office.is_at_concurrency_limit(account):
        raise RestError(16021, "The account has as many calls at once as it may have")
    if read_flag(form, "Coaching") and not form.get("CallSidToCoach"):
        raise RestError(13240, "Coaching needs CallSidToCoach")
    return CallOrder(
        account_sid=account.sid,
        to=to,
        caller=caller,
        program=Program(twiml=_write_twiml(form, name)),
        subscription=read_subscription(form, "StatusCallback", "completed", CALL_EVENTS),
        ring_timeout_seconds=read_number(form, "Timeout", 60, (5, 600)),
        time_limit_seconds=read_time_limit(form, account),
        detection=read_detection(form, "AmdStatusCallback"),
        recording=read_recording(form, "OutboundAPI") if read_flag(form, "Record") else None,
    )


def _write_twiml(form: Form, name: str) -> str:
    """A participant is a call whose program is one `<Conference>`; so there is one way into a room."""
    attributes = {twiml: form[key] for key, twiml in _ATTRIBUTES.items() if form.get(key)}
    for key, attribute, usual, known in _SUBSCRIPTIONS:
        subscription = read_subscription(form, key, usual, known)
        if subscription is not None:
            attributes[attribute] = " ".join(sorted(subscription.events))
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    escaped = name.replace("&", "&amp;").replace("<", "&lt;")
    return f"<Response><Dial><Conference{written}>{escaped}</Conference></Dial></Response>"


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
    expected = room.expected.get(request.match_info["call_sid"])
    if expected is not None:
        return web.json_response(expected_body(room, expected, None))
    return web.json_response(participant_body(*participant_of(request)))


async def list_participants(request: web.Request) -> web.Response:
    """GET …/Participants.json: who is in or on the way; filters Muted, Hold, Coaching. An ended room lists nobody."""
    room, query = room_of(request), request.query
    rows: list[tuple[str, Body]] = [(who.call.sid, participant_body(room, who)) for who in room.participants.values()]
    rows += [(call.sid, expected_body(room, call, None)) for call in room.expected.values()]
    for key in ("Muted", "Hold", "Coaching"):
        if query.get(key):
            rows = [row for row in rows if row[1][key.lower()] is read_flag(query, key)]
    path = f"{account_path(room.account_sid)}/Conferences/{room.sid}/Participants.json"
    return web.json_response(page_of("participants", path, query, rows, lambda row: row))


async def update_participant(request: web.Request) -> web.Response:
    """POST …/Participants/{sid}.json: Muted, Hold, Coaching with CallSidToCoach, EndConferenceOnExit, AnnounceUrl."""
    form = await read_form(request)
    room, who = participant_of(request)
    board = carrier_of(request).board
    coached_sid = _read_coached(room, form)
    announcement = read_webhook(form, "AnnounceUrl", "AnnounceMethod")
    if form.get("EndConferenceOnExit"):
        who.ends_on_exit = read_flag(form, "EndConferenceOnExit")
        rooms.change(board, room, who, "participant-modify")
    if form.get("Muted"):
        who.muted = read_flag(form, "Muted")
        rooms.change(board, room, who, "participant-mute" if who.muted else "participant-unmute")
    if form.get("Hold"):
        who.on_hold = read_flag(form, "Hold")
        rooms.change(board, room, who, "participant-hold" if who.on_hold else "participant-unhold")
    if form.get("Coaching") or form.get("CallSidToCoach"):
        who.coached_sid = coached_sid
        rooms.change(board, room, who, "participant-modify")
    if announcement is not None:
        announce(board, room, who, announcement)
    return web.json_response(participant_body(room, who))


def _read_coached(room: Conference, form: Form) -> str | None:
    if form.get("Coaching") and not read_flag(form, "Coaching"):
        return None
    sid = form.get("CallSidToCoach") or None
    if sid is None and form.get("Coaching"):
        raise RestError(13240, "Coaching needs CallSidToCoach")
    if sid is not None and rooms.find_participant(room, sid) is None:
        raise RestError(16028, f"The participant to coach, {sid}, is not in the conference")
    return sid


async def delete_participant(request: web.Request) -> web.Response:
    """DELETE …/Participants/{sid}.json: take someone out; 204. Somebody who still rings is canceled."""
    board, room = carrier_of(request).board, room_of(request)
    expected = room.expected.get(request.match_info["call_sid"])
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
