"""Recordings of calls and conferences: start, pause, resume, stop, fetch, list, delete, and the media.

One record shows in three ways, which differ by a few keys.
"""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web

from sandbox.engine import recordings
from sandbox.engine.records import Call, Conference, Recording
from sandbox.engine.reports import API_VERSION, recording_url, rfc2822
from sandbox.engine.tape import recorded_seconds
from sandbox.engine.wav import wav_chunks, wav_size
from sandbox.rest.bodies import Body, account_path, money
from sandbox.rest.conferences import room_of
from sandbox.rest.context import call_of, carrier_of
from sandbox.rest.errors import RestError, not_found
from sandbox.rest.filters import Instants, Words, keep
from sandbox.rest.forms import read_form, read_needed
from sandbox.rest.orders import read_recording
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import account_of

_WORDS: Words[Recording] = {
    "CallSid": lambda one: one.call.sid if one.call is not None else None,
    "ConferenceSid": lambda one: one.room.sid if one.room is not None else None,
}
_INSTANTS: Instants[Recording] = {"DateCreated": lambda one: one.started_at}
_PARTS = {"add_on_results": "AddOnResults", "transcriptions": "Transcriptions"}
NOT_IN_PROGRESS = 21220


def _owner_of(request: web.Request) -> Call | Conference | None:
    """Return the call or conference in the path; None for the account's own list."""
    if "call_sid" in request.match_info:
        return call_of(request)
    return room_of(request) if "conference_sid" in request.match_info else None


def _belongs(recording: Recording, owner: Call | Conference | None) -> bool:
    return owner is None or owner in (recording.call, recording.room)


def _recording_of(request: web.Request) -> Recording:
    """Return the recording in the path; `Twilio.CURRENT` is the one that runs."""
    owner, sid = _owner_of(request), request.match_info["sid"]
    found: Recording | None
    if sid == recordings.CURRENT and owner is not None:
        found = recordings.find_current(owner)
    else:
        found = carrier_of(request).board.recordings.get(sid)
    if found is None or found.account_sid != account_of(request).sid or not _belongs(found, owner):
        raise not_found(request.path)
    return found


def _body(request: web.Request, recording: Recording) -> Body:
    carrier, order = carrier_of(request), recording.order
    board, base = carrier.board, account_path(recording.account_sid)
    parent = ""
    if "call_sid" in request.match_info and recording.call is not None:
        parent = f"/Calls/{recording.call.sid}"
    elif "conference_sid" in request.match_info and recording.room is not None:
        parent = f"/Conferences/{recording.room.sid}"
    price = carrier.office.billing.prices.get(recording.sid)
    body: Body = {
        "account_sid": recording.account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call.sid if recording.call is not None else None,
        "channels": order.channels,
        "conference_sid": recording.room.sid if recording.room is not None else None,
        "date_created": rfc2822(recording.started_at),
        "date_updated": rfc2822(recording.updated_at),
        "duration": None if recording.is_live else str(recorded_seconds(recording, board.now())),
        "encryption_details": None,
        "error_code": None,
        "price": money(-price) if price is not None else None,
        "price_unit": "USD",
        "sid": recording.sid,
        "source": order.source,
        "start_time": rfc2822(recording.started_at),
        "status": recording.status,
        "uri": f"{base}{parent}/Recordings/{recording.sid}.json",
    }
    if not parent:
        body["media_url"] = recording_url(board, recording)
        uri = f"{base}/Recordings/{recording.sid}"
        body["subresource_uris"] = {key: f"{uri}/{name}.json" for key, name in _PARTS.items()}
    elif recording.call is not None:
        body["track"] = order.track
    return body


async def list_recordings(request: web.Request) -> web.Response:
    """GET …/Recordings.json: newest first; filters DateCreated with < and >, for the account also CallSid and so on."""
    board, account, owner = carrier_of(request).board, account_of(request).sid, _owner_of(request)

    def seen() -> Iterator[Recording]:
        for one in reversed(list(board.recordings.values())):
            if one.account_sid == account and _belongs(one, owner):
                yield one

    rows = keep(seen(), request.query, _WORDS if owner is None else {}, _INSTANTS)
    look = lambda one: (one.sid, _body(request, one))  # noqa: E731
    return web.json_response(page_of("recordings", request.path, request.query, rows, look))


async def start_recording(request: web.Request) -> web.Response:
    """POST /Calls/{sid}/Recordings.json: record a call that is in progress; 201, or 21220 for another."""
    form, call = await read_form(request), call_of(request)
    order = read_recording(form, "StartCallRecordingAPI")
    if call.status != "in-progress":
        raise RestError(NOT_IN_PROGRESS, "Requested resource is not eligible for recording")
    started = recordings.start_call_recording(carrier_of(request).board, call, order)
    return web.json_response(_body(request, started), status=201)


async def fetch_recording(request: web.Request) -> web.Response:
    """GET …/Recordings/{sid}.json."""
    return web.json_response(_body(request, _recording_of(request)))


async def update_recording(request: web.Request) -> web.Response:
    """POST …/Recordings/{sid}.json: Status paused (with PauseBehavior), in-progress or stopped."""
    form, recording, board = await read_form(request), _recording_of(request), carrier_of(request).board
    status, behavior = read_needed(form, "Status"), form.get("PauseBehavior", "silence")
    if status == "paused" and behavior in ("skip", "silence"):
        is_done = recordings.pause(board, recording, "skip" if behavior == "skip" else "silence")
    elif status == "in-progress":
        is_done = recordings.resume(board, recording)
    elif status == "stopped":
        is_done = recordings.stop(board, recording)
    else:
        raise RestError(20001, f"Status {status} or PauseBehavior {behavior} is not known")
    if not is_done:
        raise RestError(NOT_IN_PROGRESS, f"A recording that is {recording.status} cannot be {status}")
    return web.json_response(_body(request, recording))


async def delete_recording(request: web.Request) -> web.Response:
    """DELETE …/Recordings/{sid}.json; 204."""
    if not recordings.delete(carrier_of(request).board, _recording_of(request)):
        raise RestError(20009, "A recording that has not ended cannot be deleted", 409)
    return web.Response(status=204)


async def send_media(request: web.Request) -> web.StreamResponse:
    """GET …/Recordings/{sid} or {sid}.wav: the audio; RequestedChannels mixes down or doubles. MP3 is not built."""
    carrier = carrier_of(request)
    recording, now = _recording_of(request), carrier.board.now()
    if recording.status not in ("completed", "processing", "stopped"):
        raise not_found(request.path)
    wanted = request.query.get("RequestedChannels", "")
    if wanted not in ("", "1", "2"):
        raise RestError(20001, "RequestedChannels is 1 or 2")
    channels = int(wanted) if wanted else None
    size = wav_size(recording, now, channels)
    answer = web.StreamResponse(headers={"Content-Type": "audio/x-wav", "Content-Length": str(size)})
    await answer.prepare(request)
    if request.method != "HEAD":
        for chunk in wav_chunks(recording, now, channels):
            await answer.write(chunk)
    await answer.write_eof()
    return answer


def recording_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resources; `base` is the account's path pattern."""
    call, room = f"{base}/Calls/{{call_sid}}/Recordings", f"{base}/Conferences/{{conference_sid}}/Recordings"
    routes = [web.post(f"{call}.json", start_recording)]
    for path in (f"{base}/Recordings", call, room):
        routes += [
            web.get(f"{path}.json", list_recordings),
            web.get(f"{path}/{{sid}}.json", fetch_recording),
            web.delete(f"{path}/{{sid}}.json", delete_recording),
        ]
    routes += [web.post(f"{path}/{{sid}}.json", update_recording) for path in (call, room)]
    return [*routes, web.get(f"{base}/Recordings/{{sid:RE[0-9a-f]{{32}}}}{{ending:(\\.wav)?}}", send_media)]
