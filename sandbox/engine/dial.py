"""The Dial verb: into a conference, or to a number, client or SIP address as a child leg, and the action that follows.

Source: Twilio's `<Dial>`, `<Number>` and `<Conference>` pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from sandbox.engine import dial_queue, rooms
from sandbox.engine.attributes import read_recording, read_subscription
from sandbox.engine.board import Board
from sandbox.engine.lines import hang_up, place
from sandbox.engine.orders import CallOrder, Program, RoomOrder, Webhook
from sandbox.engine.parties import start_hearing, stop_hearing
from sandbox.engine.ports import Fetched, FetchOrder
from sandbox.engine.recordings import start_call_recording, stop
from sandbox.engine.records import Call, Interruption, Recording
from sandbox.engine.reports import call_params, duration_seconds, recording_url
from sandbox.engine.script import follow_action, full_url, tell_action
from sandbox.engine.twiml import Verb

LEG_NOUNS = ("Number", "Client", "Sip")
_NOT_BUILT = {"ringTone", "hangupOnStar"}


@dataclass(slots=True)
class _Dialing:
    verb: Verb
    legs: list[Call] = field(default_factory=list)
    winner: Call | None = None
    recording: Recording | None = None
    is_over: bool = False


def perform(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Dial; the call goes on when the conference or the child leg has ended."""
    for attribute in sorted(_NOT_BUILT & verb.attributes.keys()):
        board.alert(call, 12200, f"Schema validation warning: Dial {attribute} is not run here", is_warning=True)
    conference = next((child for child in verb.children if child.name == "Conference"), None)
    if conference is not None:
        return _enter_room(board, call, verb, conference)
    queue = next((child for child in verb.children if child.name == "Queue"), None)
    if queue is not None:
        return dial_queue.perform(board, call, verb, queue)
    nouns = [child for child in verb.children if child.name in LEG_NOUNS]
    for child in verb.children:
        if child not in nouns:
            board.alert(call, 12200, f"Schema validation warning: Dial {child.name} is not run here", is_warning=True)
    if verb.text and not nouns:
        nouns = [Verb("Number", {}, verb.text)]
    if not nouns:
        return False
    _dial_legs(board, call, verb, nouns)
    return True


def _enter_room(board: Board, call: Call, verb: Verb, noun: Verb) -> bool:
    order = read_room(call, noun)

    def over() -> None:
        call.interrupt = None
        board.clear_timer(call, "dial_limit")
        if not call.is_final:
            follow_action(board, call, verb, [("DialCallStatus", "completed")])

    def interrupted(why: Interruption) -> None:
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
    _ask_for_music(board, call, order, noun)
    if "timeLimit" in verb.attributes:
        board.set_timer(call, "dial_limit", verb.seconds("timeLimit", 14400.0), lambda: _leave_room(board, call))
    return True


def _ask_for_music(board: Board, call: Call, order: RoomOrder, noun: Verb) -> None:
    """Who waits for a conference to start is played the waitUrl: it is asked once, and what it plays is not heard."""
    room = call.conference
    if room is None or room.status != "init" or not order.wait_url:
        return
    url = full_url(call, order.wait_url)

    def came(fetched: Fetched) -> None:
        if fetched.failure is not None or fetched.status >= 400:
            board.alert(call, fetched.failure or 11200, f"waitUrl failed with status {fetched.status}", url=url)

    params = (*call_params(call), ("ConferenceSid", room.sid), ("FriendlyName", room.name))
    board.edges.fetch(FetchOrder(Webhook(url, noun.get("waitMethod", "POST").upper()), params, call.sid), came)


def _leave_room(board: Board, call: Call) -> None:
    room = call.conference
    who = room.participants.get(call.sid) if room is not None else None
    if who is not None:
        rooms.kick(board, who)


def read_room(call: Call, noun: Verb) -> RoomOrder:
    """Read the attributes of a Conference noun."""
    return RoomOrder(
        name=noun.text,
        muted=noun.flag("muted", False),
        starts_on_enter=noun.flag("startConferenceOnEnter", True),
        ends_on_exit=noun.flag("endConferenceOnExit", False),
        beep=noun.get("beep", "true"),
        wait_url=noun.attributes.get("waitUrl"),
        max_participants=int(noun.seconds("maxParticipants", 250)),
        subscription=read_subscription(call, noun, "statusCallback", "start end"),
        label=noun.get("participantLabel") or None,
        coached_sid=noun.get("coach") or None,
        jitter_buffer_size=noun.get("jitterBufferSize", "large"),
        recording=(
            read_recording(call, noun, "Conference") if noun.get("record") in ("true", "record-from-start") else None
        ),
    )


def _dial_legs(board: Board, call: Call, verb: Verb, nouns: list[Verb]) -> None:
    dialing = _Dialing(verb)

    def interrupted(why: Interruption) -> None:
        dialing.is_over = True
        _stop_recording(board, dialing)
        board.clear_timer(call, "dial_limit")
        stop_hearing(board, call)
        for leg in dialing.legs:
            stop_hearing(board, leg)
            hang_up(board, leg, "parent")
        if why == "hung_up":
            tell_action(board, call, verb, _leg_params(board, dialing, dialing.winner or dialing.legs[0]))

    call.interrupt = interrupted
    for noun in nouns:
        leg = place(board, _leg_order(call, verb, noun))
        dialing.legs.append(leg)
        leg.on_answered = partial(_connect, board, call, dialing, leg)
        leg.on_ended.append(partial(_leg_ended, board, call, dialing, leg))


def _leg_order(call: Call, verb: Verb, noun: Verb) -> CallOrder:
    prefix = {"Client": "client:", "Sip": "sip:"}.get(noun.name, "")
    to = noun.text if noun.text.startswith(prefix) else prefix + noun.text
    return CallOrder(
        account_sid=call.order.account_sid,
        to=to,
        caller=verb.get("callerId") or call.order.caller,
        program=Program(),
        subscription=read_subscription(call, noun, "statusCallback", "completed"),
        ring_timeout_seconds=verb.seconds("timeout", 30.0),
        direction="outbound-dial",
        parent_sid=call.sid,
    )


def _connect(board: Board, call: Call, dialing: _Dialing, leg: Call) -> None:
    if dialing.is_over or dialing.winner is not None:
        hang_up(board, leg, "parent")
        return
    dialing.winner = leg
    for other in dialing.legs:
        if other is not leg:
            hang_up(board, other, "parent")
    # A child leg that is given a program of its own leaves the Dial, and the parent goes on.
    leg.interrupt = lambda why: _leg_ended(board, call, dialing, leg) if why == "redirected" else None
    start_hearing(board, call)
    start_hearing(board, leg)
    _record(board, call, dialing)
    if "timeLimit" in dialing.verb.attributes:
        limit = dialing.verb.seconds("timeLimit", 14400.0)
        board.set_timer(call, "dial_limit", limit, lambda: hang_up(board, leg, "time_limit"))


def _record(board: Board, call: Call, dialing: _Dialing) -> None:
    if dialing.recording is None and dialing.verb.get("record", "do-not-record") not in ("do-not-record", "false"):
        dialing.recording = start_call_recording(board, call, read_recording(call, dialing.verb, "DialVerb"))


def _leg_ended(board: Board, call: Call, dialing: _Dialing, leg: Call) -> None:
    if dialing.is_over or (dialing.winner is not None and leg is not dialing.winner):
        return
    if dialing.winner is None and not all(other.is_final for other in dialing.legs):
        return
    dialing.is_over = True
    _stop_recording(board, dialing)
    call.interrupt = None
    board.clear_timer(call, "dial_limit")
    stop_hearing(board, leg)
    stop_hearing(board, call)
    if not call.is_final:
        follow_action(board, call, dialing.verb, _leg_params(board, dialing, leg))


def _stop_recording(board: Board, dialing: _Dialing) -> None:
    if dialing.recording is not None:
        stop(board, dialing.recording)


def _leg_params(board: Board, dialing: _Dialing, leg: Call) -> list[tuple[str, str]]:
    found = [
        ("DialCallStatus", leg.status if leg.is_final else "completed"),
        ("DialCallSid", leg.sid),
        ("DialCallDuration", str(duration_seconds(leg))),
        ("DialBridged", "true" if leg.first_bridged_at is not None else "false"),
    ]
    if dialing.recording is not None:
        found.append(("RecordingUrl", recording_url(board, dialing.recording)))
    return found
