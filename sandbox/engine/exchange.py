"""The engine's front: place, update, answer and end calls; run what is due.

HTTP and the pace of time are left outside.
"""

from __future__ import annotations

from sandbox.engine import amd, dial, enqueue, gather, inbound, lines, parties, record, rooms, script, verbs
from sandbox.engine.board import Board
from sandbox.engine.orders import Program
from sandbox.engine.records import Call
from sandbox.engine.reports import report_verdict
from sandbox.engine.speech import tones_seconds


def open_exchange(board: Board) -> Board:
    """Tie the modules together on a fresh board."""
    verbs.register(board)
    board.performers["Gather"] = gather.perform
    board.performers["Dial"] = dial.perform
    board.performers["Record"] = record.perform
    board.performers["Enqueue"] = enqueue.perform
    board.performers["Leave"] = enqueue.leave
    board.call_answered = lambda call: _begin(board, call)
    board.reach_number = lambda call, own: inbound.reach(board, call, own)
    return board


def run_due(board: Board, limit: int = 500) -> bool:
    """Run what is due now, at most `limit` actions; return True when more is due already."""
    for _ in range(limit):
        action = board.agenda.pop_due(board.now())
        if action is None:
            return False
        action()
    return True


def redirect_call(board: Board, call: Call, program: Program) -> bool:
    """Give a live call another program; False when the call is not in progress."""
    if call.status != "in-progress":
        return False
    script.redirect(board, call, program)
    return True


def cancel_call(board: Board, call: Call) -> None:
    """End a call that nobody answered yet; one in progress goes on."""
    if not call.is_final and call.answered_at is None:
        lines.hang_up(board, call, "api")


def complete_call(board: Board, call: Call) -> None:
    """End a call in whatever state it is."""
    lines.hang_up(board, call, "api")


def end_all(board: Board) -> None:
    """Forget every call and room, silently."""
    board.agenda.clear()
    for known in (board.calls, board.calls_by_number, board.live_calls, board.dial_counts, board.conferences):
        known.clear()
    for more in (board.recordings, board.queues, board.queues_by_name):
        more.clear()
    for ended in (board.ended_calls, board.ended_rooms, board.ended_recordings):
        ended.clear()
    board.forgotten_calls = 0
    board.open_rooms.clear()
    board.alerts.clear()
    board.media.clear()
    board.next_dial_at.clear()


def _begin(board: Board, call: Call) -> None:
    parties.pick_up(board, call)
    # Keys that are sent would be taken for speech: they switch detection off.
    detection = call.order.detection if not call.order.send_digits else None
    if detection is None or detection.is_async:
        _go(board, call)
    if detection is None or call.behaviour is None:
        return
    verdict = amd.judge(call.behaviour, detection)

    def decided() -> None:
        call.answered_by = verdict.answered_by
        call.detection_milliseconds = int(verdict.seconds * 1000)
        board.edges.note("amd_decided", {"call": call.sid, "answered_by": verdict.answered_by})
        _tell_verdict(board, call)

    if not call.is_final:
        board.set_timer(call, "amd", verdict.seconds, decided)


def _go(board: Board, call: Call) -> None:
    """Hand an answered call to whoever waits for it, or run its own program, after the keys that are to be sent."""
    keys = call.order.send_digits
    if call.on_answered is not None:
        call.on_answered()
    elif keys:

        def sent() -> None:
            verbs.send_keys(call, keys)
            script.start(board, call, call.order.program)

        board.set_timer(call, "script", tones_seconds(keys), sent)
    else:
        script.start(board, call, call.order.program)


def _tell_verdict(board: Board, call: Call) -> None:
    detection = call.order.detection
    assert detection is not None
    if not detection.is_async:
        if call.script_turn > 0:
            return  # an update of the call gave it a program while the detector listened
        duration = str(call.detection_milliseconds or 0)
        extra = [("AnsweredBy", call.answered_by or "unknown"), ("MachineDetectionDuration", duration)]
        script.start(board, call, call.order.program, extra)
    elif detection.webhook is not None:
        report_verdict(board, call, detection.webhook)


__all__ = [
    "cancel_call",
    "complete_call",
    "end_all",
    "lines",
    "open_exchange",
    "redirect_call",
    "rooms",
    "run_due",
]
