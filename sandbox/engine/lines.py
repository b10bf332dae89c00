"""A leg from order to end: queue, dial, ring, answer, finish.

What an answered call does is left to `board.call_answered`.
"""

from __future__ import annotations

from sandbox.engine.board import Board, OwnNumber
from sandbox.engine.forgetting import keep_call
from sandbox.engine.orders import CallOrder
from sandbox.engine.recordings import start_call_recording, stop_all
from sandbox.engine.records import Call, CallStatus
from sandbox.engine.reports import report_call

LONGEST_QUEUE_SECONDS = 86_400.0


def queue_wait_seconds(board: Board, account_sid: str) -> float:
    """Return how long a call ordered now would wait for its turn in the account's rate."""
    return max(0.0, board.next_dial_at.get(account_sid, 0.0) - board.now())


def place(board: Board, order: CallOrder) -> Call:
    """Take an order. Calls of the REST API wait for their turn; legs of `<Dial>` do not count in the rate."""
    wait = _take_turn(board, order, board.now())
    call = open_line(board, order)
    call.queue_milliseconds = int(wait * 1000)
    board.set_timer(call, "dial", wait, lambda: _dial(board, call))
    return call


def open_line(board: Board, order: CallOrder) -> Call:
    """Write a new call down; nobody is dialed."""
    now = board.now()
    call = Call(board.mint.make("CA"), order, len(board.calls), now, now)
    call.subscription = order.subscription
    call.time_limit_seconds = order.time_limit_seconds
    board.calls[call.sid] = call
    board.live_calls[call.sid] = call
    board.calls_by_number[order.to].append(call)
    _note(board, call, "call_created", caller=order.caller, direction=order.direction, parent=order.parent_sid)
    return call


def _take_turn(board: Board, order: CallOrder, now: float) -> float:
    rate = board.account_rates.get(order.account_sid, board.options.calls_per_second)
    if rate <= 0 or order.direction == "outbound-dial":
        return 0.0
    turn_at = max(now, board.next_dial_at.get(order.account_sid, 0.0))
    board.next_dial_at[order.account_sid] = turn_at + 1.0 / rate
    return turn_at - now


def _dial(board: Board, call: Call) -> None:
    refusal = board.dial_refusal(call)
    if refusal is not None:
        board.alert(call, *refusal)
        finish(board, call, "failed", None, "carrier")
        return
    own = board.find_number(call.order.to)
    if own is not None:
        _dial_own(board, call, own)
        return
    board.dial_counts[call.order.to] += 1
    call.dial_number = board.dial_counts[call.order.to]
    person = call.behaviour = board.edges.draw(call.order.to, call.dial_number)
    call.presses, call.says = person.presses, person.says
    call.dialed_at = board.now()
    enter_status(board, call, "initiated")
    if person.outcome == "unreachable":
        board.set_timer(call, "progress", person.setup_seconds, lambda: finish(board, call, "failed", 404, "network"))
    else:
        board.set_timer(call, "progress", person.setup_seconds, lambda: _ring(board, call))


def _dial_own(board: Board, call: Call, own: OwnNumber) -> None:
    call.dialed_at = board.now()
    enter_status(board, call, "initiated")
    _start_ringing(board, call)
    if not call.is_final:
        board.reach_number(call, own)


def _start_ringing(board: Board, call: Call) -> None:
    enter_status(board, call, "ringing")
    timeout = call.order.ring_timeout_seconds
    board.set_timer(call, "ring_timeout", timeout, lambda: finish(board, call, "no-answer", 487, "network"))
    if call.on_ringing is not None:
        call.on_ringing()


def _ring(board: Board, call: Call) -> None:
    _start_ringing(board, call)
    person = call.behaviour
    assert person is not None
    if person.outcome == "busy":
        board.set_timer(call, "progress", person.answer_seconds, lambda: finish(board, call, "busy", 486, "callee"))
    elif person.outcome not in ("no_answer", "manual"):
        board.set_timer(call, "progress", person.answer_seconds, lambda: answer(board, call))


def answer(board: Board, call: Call) -> None:
    """The phone is picked up: tell the application and let the call begin its program at the same moment."""
    board.clear_timer(call, "ring_timeout")
    board.clear_timer(call, "progress")
    call.answered_at = board.now()
    enter_status(board, call, "in-progress")
    board.set_timer(call, "limit", call.time_limit_seconds, lambda: finish(board, call, "completed", 200, "time_limit"))
    if call.order.recording is not None:
        start_call_recording(board, call, call.order.recording)
    board.call_answered(call)


def change_time_limit(board: Board, call: Call, seconds: float) -> None:
    """Set a new longest duration, counted from the answer."""
    call.time_limit_seconds = seconds
    if call.answered_at is not None:
        left = max(0.0, call.answered_at + seconds - board.now())
        board.set_timer(call, "limit", left, lambda: finish(board, call, "completed", 200, "time_limit"))


def hang_up(board: Board, call: Call, by: str) -> None:
    """End a call in any state: completed when it was answered, canceled when it was not."""
    if call.answered_at is not None:
        finish(board, call, "completed", 200, by)
    else:
        finish(board, call, "canceled", None if call.dialed_at is None else 487, by)


def finish(board: Board, call: Call, status: CallStatus, sip_code: int | None, by: str) -> None:
    """Bring a call to its end, once: stop its timers, leave what it was in, tell the application, tell who waits."""
    if call.is_final:
        return
    for entry in call.timers.values():
        entry.cancel()
    call.timers.clear()
    call.ended_at = board.now()
    call.sip_code = sip_code
    call.hung_up_by = by
    call.script_turn += 1
    call.receive_input = None
    _set_status(board, call, status)
    interrupt, call.interrupt = call.interrupt, None
    if interrupt is not None:
        interrupt("hung_up")
    stop_all(board, call)
    board.live_calls.pop(call.sid, None)
    board.call_ended(call)
    _note(board, call, f"call_{status.replace('-', '_')}", by=by, sip=sip_code)
    report_call(board, call)
    # What is not needed any more is let go: an ended call is kept for long.
    call.on_ringing = call.on_answered = call.stop_verb = None
    call.fixed_params = None
    waiting, call.on_ended = call.on_ended, []
    for tell in waiting:
        tell()
    keep_call(board, call)


def enter_status(board: Board, call: Call, status: CallStatus) -> None:
    """Bring a call to a status on its way, write it down, and tell the application."""
    _set_status(board, call, status)
    _note(board, call, f"call_{'answered' if status == 'in-progress' else status}")
    report_call(board, call)


def _set_status(board: Board, call: Call, status: CallStatus) -> None:
    call.status = status
    call.updated_at = board.now()


def _note(board: Board, call: Call, kind: str, **more: object) -> None:
    board.edges.note(kind, {"call": call.sid, "to": call.order.to, **more})
