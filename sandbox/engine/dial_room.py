"""`<Dial><Conference>`: into a room, what is played until it starts or while on hold, and out again.

Source: Twilio's `<Conference>` page.
"""

from __future__ import annotations

from sandbox.engine import rooms
from sandbox.engine.attributes import read_recording, read_subscription, read_webhook
from sandbox.engine.board import Board
from sandbox.engine.orders import RoomOrder
from sandbox.engine.records import Call, Interruption
from sandbox.engine.script import follow_action, leave_frame, tell_action
from sandbox.engine.twiml import Verb
from sandbox.engine.waiting import ROOM_VERBS, wait_with


def perform(board: Board, call: Call, verb: Verb, noun: Verb) -> bool:
    """Enter a conference; the call goes on when it has left it."""
    order = read_room(call, noun)

    def over() -> None:
        leave_frame(board, call)
        call.interrupt = None
        board.clear_timer(call, "dial_limit")
        if not call.is_final:
            follow_action(board, call, verb, [("DialCallStatus", "completed")])

    def interrupted(why: Interruption) -> None:
        leave_frame(board, call)
        board.clear_timer(call, "dial_limit")
        rooms.leave(board, call, "participant_hung_up" if why == "hung_up" else "participant_updated_via_api")
        if why == "hung_up":
            tell_action(board, call, verb, [("DialCallStatus", "completed")])

    call.interrupt = interrupted
    refusal = rooms.join(board, call, order, over)
    if refusal is not None:
        call.interrupt = None
        board.alert(call, refusal, f"Conference {order.name!r} cannot be entered")
        return False
    if "timeLimit" in verb.attributes:
        board.set_timer(call, "dial_limit", verb.seconds("timeLimit", 14400.0), lambda: _leave_room(board, call))
    _play_until_start(board, call, order)
    return True


def _play_until_start(board: Board, call: Call, order: RoomOrder) -> None:
    room = call.conference
    if room is None or room.status != "init" or order.wait is None:
        return
    params = [("ConferenceSid", room.sid), ("FriendlyName", room.name)]
    wait_with(board, call, order.wait, ROOM_VERBS, lambda: params)


def _leave_room(board: Board, call: Call) -> None:
    room = call.conference
    who = room.participants.get(call.sid) if room is not None else None
    if who is not None:
        rooms.kick(board, who)


def read_room(call: Call, noun: Verb) -> RoomOrder:
    """Read the attributes of a Conference noun."""
    is_recorded = noun.get("record") in ("true", "record-from-start")
    return RoomOrder(
        name=noun.text,
        muted=noun.flag("muted", False),
        starts_on_enter=noun.flag("startConferenceOnEnter", True),
        ends_on_exit=noun.flag("endConferenceOnExit", False),
        beep=noun.get("beep", "true"),
        wait=read_webhook(call, noun, "waitUrl", "waitMethod"),
        max_participants=int(noun.seconds("maxParticipants", 250)),
        subscription=read_subscription(call, noun, "statusCallback", "start end"),
        label=noun.get("participantLabel") or None,
        coached_sid=noun.get("coach") or None,
        jitter_buffer_size=noun.get("jitterBufferSize", "large"),
        recording=read_recording(call, noun, "Conference") if is_recorded else None,
    )
