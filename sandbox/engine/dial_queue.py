"""`<Dial><Queue>`: take the person at the front of a queue, or wait for one, and be connected.

Source: Twilio's `<Queue>` page. TaskRouter's reservations are not built.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine.attributes import read_recording, read_webhook
from sandbox.engine.board import Board
from sandbox.engine.orders import Program
from sandbox.engine.parties import start_hearing, stop_hearing, wait_on_hold
from sandbox.engine.queues import open_queue, stop_taking, take_next, wait_seconds
from sandbox.engine.recordings import start_call_recording, stop
from sandbox.engine.records import Call, Frame, Interruption, Member, Recording
from sandbox.engine.script import enter_frame, follow_action, leave_frame, tell_action
from sandbox.engine.twiml import Verb

# What may run on the queued call's side before the two are connected.
WHISPER_VERBS = frozenset({"Say", "Play", "Pause", "Gather", "Record", "Redirect", "Hangup"})


@dataclass(slots=True)
class _Taking:
    """A call that dials a queue. `member` is whom it got."""

    call: Call
    verb: Verb
    noun: Verb
    member: Member | None = None
    connected_at: float | None = None
    recording: Recording | None = None
    is_over: bool = False


def perform(board: Board, call: Call, verb: Verb, noun: Verb) -> bool:
    """Run a Dial with a Queue; the call goes on when the two have parted."""
    queue = open_queue(board, call.order.account_sid, noun.text)
    taking = _Taking(call, verb, noun)

    def interrupted(why: Interruption) -> None:
        stop_taking(queue, call)
        _part(board, taking)
        if why == "hung_up":
            tell_action(board, call, verb, _results(board, taking))

    call.interrupt = interrupted
    wait_on_hold(board, call)
    if "timeLimit" in verb.attributes:
        limit = verb.seconds("timeLimit", 14400.0)
        board.set_timer(call, "dial_limit", limit, lambda: _end(board, taking))
    take_next(board, queue, call, lambda member: _take(board, taking, member))
    return True


def _take(board: Board, taking: _Taking, member: Member) -> None:
    taking.member = member
    leave_frame(board, member.call)
    member.stage = "bridging"
    member.on_gone = lambda: _end(board, taking)
    whisper = read_webhook(taking.call, taking.noun, "url", "method")
    if whisper is None:
        _connect(board, taking)
        return

    def connect() -> None:
        leave_frame(board, member.call)
        _connect(board, taking)

    def params() -> list[tuple[str, str]]:
        waited = str(wait_seconds(member, board.now()))
        return [("QueueSid", member.queue.sid), ("QueueTime", waited), ("DequeingCallSid", taking.call.sid)]

    enter_frame(board, member.call, Frame(WHISPER_VERBS, connect, connect, params), Program(whisper))


def _connect(board: Board, taking: _Taking) -> None:
    member = taking.member
    assert member is not None
    member.stage = "bridged"
    taking.connected_at = board.now()
    taking.call.bridged_to, member.call.bridged_to = member.call, taking.call
    start_hearing(board, taking.call)
    start_hearing(board, member.call)
    if taking.verb.get("record", "do-not-record") not in ("do-not-record", "false"):
        order = read_recording(taking.call, taking.verb, "DialVerb")
        taking.recording = start_call_recording(board, taking.call, order)


def _end(board: Board, taking: _Taking) -> None:
    """The two part; the one who dialed goes on with its document."""
    if taking.is_over:
        return
    stop_taking(open_queue(board, taking.call.order.account_sid, taking.noun.text), taking.call)
    _part(board, taking)
    taking.call.interrupt = None
    if not taking.call.is_final:
        follow_action(board, taking.call, taking.verb, _results(board, taking))


def _part(board: Board, taking: _Taking) -> None:
    if taking.is_over:
        return
    taking.is_over = True
    board.clear_timer(taking.call, "dial_limit")
    stop_hearing(board, taking.call)
    if taking.recording is not None:
        stop(board, taking.recording)
    member = taking.member
    if member is None:
        return
    stop_hearing(board, member.call)
    if member.call.is_final or member.is_gone:
        return
    leave_frame(board, member.call)
    member.on_left("bridged")


def _results(board: Board, taking: _Taking) -> list[tuple[str, str]]:
    if taking.member is None or taking.connected_at is None:
        return [("DialCallStatus", "no-answer"), ("DialBridged", "false")]
    return [
        ("DialCallStatus", "completed"),
        ("DialCallSid", taking.member.call.sid),
        ("DialCallDuration", str(int(board.now() - taking.connected_at))),
        ("DialBridged", "true"),
    ]
