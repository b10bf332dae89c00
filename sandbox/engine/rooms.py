"""Conferences: who is in, when they start and end, what is told. Who hears whom is left to `audibility`.

Rules from Twilio's `<Conference>` and Participant pages.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.engine.audibility import hears_someone, is_heard
from sandbox.engine.board import Board
from sandbox.engine.forgetting import keep_room
from sandbox.engine.orders import RoomOrder
from sandbox.engine.parties import start_hearing, stop_hearing
from sandbox.engine.recordings import mark_sound, start_room_recording, stop_all
from sandbox.engine.records import Call, Conference, Participant, Sound
from sandbox.engine.reports import report_room
from sandbox.engine.script import leave_frame
from sandbox.engine.waiting import ROOM_VERBS, wait_with

ROOM_FULL = 16020
LABEL_IN_USE = 16025


def open_room(board: Board, account_sid: str, name: str) -> Conference:
    """Return the account's living conference of that name, or a new one."""
    room = board.open_rooms.get((account_sid, name))
    if room is None:
        now = board.now()
        room = Conference(board.mint.make("CF"), account_sid, name, len(board.conferences), now, now)
        board.conferences[room.sid] = room
        board.open_rooms[account_sid, name] = room
        board.edges.note("conference_opened", {"conference": room.sid, "name": name})
    return room


def expect(board: Board, room: Conference, call: Call) -> None:
    """Count a call that was ordered into the room and has not answered yet; the room waits for it."""
    room.expected[call.sid] = call

    def forget() -> None:
        room.expected.pop(call.sid, None)
        if not room.participants and not room.expected and room.status != "completed":
            end_room(board, room, "last-participant-left", None)

    call.on_ended.append(forget)


def join(board: Board, call: Call, order: RoomOrder, on_left: Callable[[], None]) -> int | None:
    """Bring a call into its conference; return a Twilio error code when it may not come in."""
    room = open_room(board, call.order.account_sid, order.name)
    if len(room.participants) >= order.max_participants:
        return ROOM_FULL
    if order.label is not None and find_participant(room, order.label) is not None:
        return LABEL_IN_USE
    now = board.now()
    if not room.was_joined:
        room.subscription, room.was_joined = order.subscription, True
    who = Participant(call, order, now, now, order.muted, False, order.ends_on_exit, order.coached_sid, on_left)
    room.expected.pop(call.sid, None)
    room.participants[call.sid] = who
    room.updated_at = now
    call.conference = room
    board.edges.note("participant_joined", {"conference": room.sid, "call": call.sid, "to": call.order.to})
    report_room(board, room, "participant-join", who)
    _start_when_ready(board, room)
    _beep(board, room, who, "Enter")
    settle(board, room)
    return None


def _start_when_ready(board: Board, room: Conference) -> None:
    if room.status != "init" or len(room.participants) < 2:
        return
    if any(who.order.starts_on_enter for who in room.participants.values()):
        room.status = "in-progress"
        room.updated_at = board.now()
        board.edges.note("conference_started", {"conference": room.sid})
        report_room(board, room, "conference-start", None)
        for who in room.participants.values():
            if who.order.recording is not None and not room.recordings:
                start_room_recording(board, room, who.order.recording)
        for who in room.participants.values():
            leave_frame(board, who.call)


def leave(board: Board, call: Call, reason: str) -> None:
    """Take a call out of its conference. What it does next is up to the caller, except when the room ends with it."""
    room = call.conference
    if room is None:
        return
    who = _take_out(board, room, call, reason)
    _beep(board, room, who, "Exit")
    if who.ends_on_exit:
        kicked = reason == "participant_updated_via_api"
        end_room(board, room, f"participant-with-end-conference-on-exit-{'kicked' if kicked else 'left'}", call.sid)
    elif not room.participants and not room.expected:
        kicked = reason == "participant_updated_via_api"
        end_room(board, room, f"last-participant-{'kicked' if kicked else 'left'}", call.sid)
    else:
        settle(board, room)


def _take_out(board: Board, room: Conference, call: Call, reason: str) -> Participant:
    who = room.participants.pop(call.sid)
    call.conference = None
    room.updated_at = board.now()
    stop_hearing(board, call)
    facts: dict[str, object] = {"conference": room.sid, "call": call.sid, "to": call.order.to, "reason": reason}
    board.edges.note("participant_left", facts)
    status = ("ParticipantCallStatus", call.status)
    report_room(board, room, "participant-leave", who, ("ReasonParticipantLeft", reason), status)
    return who


def end_room(board: Board, room: Conference, reason: str, by_sid: str | None) -> None:
    """End a conference: everybody leaves and goes on with the TwiML after `<Dial>`; then nobody is listed in it."""
    room.status = "completed"
    room.end_reason, room.ended_by_sid = reason, by_sid
    room.updated_at = board.now()
    board.open_rooms.pop((room.account_sid, room.name), None)
    left_because = "conference_ended_via_api" if reason == "conference-ended-via-api" else "moderator_ended_conference"
    leavers = [_take_out(board, room, who.call, left_because) for who in list(room.participants.values())]
    stop_all(board, room)
    board.edges.note("conference_ended", {"conference": room.sid, "reason": reason})
    why = [("ReasonConferenceEnded", reason), ("Reason", reason.replace("-", " "))]
    if by_sid is not None:
        why.append(("CallSidEndingConference", by_sid))
    if room.was_joined:
        report_room(board, room, "conference-end", None, *why)
    for who in leavers:
        who.on_left()
    keep_room(board, room)


def kick(board: Board, who: Participant) -> None:
    """Remove a participant by the API; its call goes on with the TwiML after `<Dial>`."""
    leave(board, who.call, "participant_updated_via_api")
    who.on_left()


def find_participant(room: Conference, call_sid_or_label: str) -> Participant | None:
    """Find a participant by its call's SID or by its label."""
    by_sid = room.participants.get(call_sid_or_label)
    if by_sid is not None:
        return by_sid
    return next((who for who in room.participants.values() if who.order.label == call_sid_or_label), None)


def change(board: Board, room: Conference, who: Participant, event: str) -> None:
    """Tell of a change that was just made to a participant, and work out anew who hears whom.

    On hold, what `hold_webhook` answers is played over and over.
    """
    who.updated_at = room.updated_at = board.now()
    board.edges.note("participant_changed", {"conference": room.sid, "call": who.call.sid, "event": event})
    report_room(board, room, event, who)
    settle(board, room)
    if event == "participant-hold" and who.hold_webhook is not None:
        leave_frame(board, who.call)
        params = [("ConferenceSid", room.sid), ("FriendlyName", room.name)]
        wait_with(board, who.call, who.hold_webhook, ROOM_VERBS, lambda: params)
    elif event == "participant-unhold":
        leave_frame(board, who.call)
        settle(board, room)


def settle(board: Board, room: Conference) -> None:
    """Start and stop each participant's hearing after a change in the room."""
    tells_speakers = room.subscription is not None and "speaker" in room.subscription.events
    for who in list(room.participants.values()):
        if who.call.is_final:
            continue
        hears = hears_someone(room, who)
        if hears and who.call.bridged_since is None:
            start_hearing(board, who.call)
        elif not hears and who.call.bridged_since is not None:
            stop_hearing(board, who.call, on_hold=who.on_hold)
        if tells_speakers and who.is_speaking != is_heard(room, who):
            who.is_speaking = not who.is_speaking
            report_room(board, room, f"participant-speech-{'start' if who.is_speaking else 'stop'}", who)
    is_talk = any(who.call.bridged_since is not None for who in room.participants.values())
    sound: Sound = "talk" if is_talk else "silence"
    if sound != room.sound:
        room.sound = sound
        mark_sound(board, room)


def _beep(board: Board, room: Conference, who: Participant, moment: str) -> None:
    """Everybody else who is not on hold hears a tone when somebody comes or goes, unless that one wants none."""
    if room.status != "in-progress" or who.order.beep not in ("true", f"on{moment}"):
        return
    heard_by = [other.call.sid for other in room.participants.values() if other is not who and not other.on_hold]
    if heard_by:
        facts: dict[str, object] = {"conference": room.sid, "call": who.call.sid, "moment": moment.lower()}
        board.edges.note("beep_heard", facts | {"heard_by": heard_by})
