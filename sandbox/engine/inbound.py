"""Calls that come in: from outside, or because one of the account's own numbers was called. Its voice program runs.

Which numbers an account owns is told by the board's `find_number`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import Board, OwnNumber
from sandbox.engine.lines import answer, enter_status, finish, hang_up, open_line
from sandbox.engine.orders import CallOrder
from sandbox.engine.records import Call, CallStatus
from sandbox.engine.script import start

# The far end of a line between two programs: nobody simulated is there.
LINE = Behaviour("human", is_agent=True, setup_seconds=0.0, answer_seconds=0.0)
_RING_SECONDS = 0.2
_UNANSWERED: dict[CallStatus, tuple[CallStatus, int]] = {
    "busy": ("busy", 486),
    "no-answer": ("no-answer", 603),
    "failed": ("failed", 500),
    "canceled": ("no-answer", 487),
    "completed": ("completed", 200),
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who calls in from outside, and what they are like."""

    number: str
    person: Behaviour
    forwarded_from: str | None = None


def ring_in(board: Board, own: OwnNumber, visitor: Visitor) -> Call:
    """Let somebody call one of the account's numbers."""
    call = _open(board, own, visitor.number, visitor.person, visitor.forwarded_from)
    call.presses, call.says = visitor.person.presses, visitor.person.says
    _run(board, call)
    return call


def give_up(board: Board, call: Call) -> None:
    """The caller hangs up: completed when somebody had answered, no-answer when nobody had."""
    if call.answered_at is None:
        finish(board, call, "no-answer", 487, "caller")
    else:
        hang_up(board, call, "caller")


def reach(board: Board, outer: Call, own: OwnNumber) -> None:
    """A call to one of the account's own numbers: a second call comes in there, and the two are one line."""
    outer.behaviour = LINE
    inner = _open(board, own, outer.order.caller, LINE, None)
    outer.far, inner.far = inner, outer

    def inner_ended() -> None:
        status, code = _UNANSWERED[inner.status]
        if outer.answered_at is not None:
            finish(board, outer, "completed", 200, "callee")
        else:
            finish(board, outer, status, code, "callee")

    def outer_ended() -> None:
        give_up(board, inner)

    inner.on_ended.append(inner_ended)
    outer.on_ended.append(outer_ended)
    inner.on_answered = lambda: answer(board, outer)
    board.set_timer(inner, "progress", _RING_SECONDS, lambda: _run(board, inner))


def _open(board: Board, own: OwnNumber, caller: str, person: Behaviour, forwarded_from: str | None) -> Call:
    order = CallOrder(
        account_sid=own.account_sid,
        to=own.number,
        caller=caller,
        program=own.program,
        subscription=own.subscription,
        direction="inbound",
        forwarded_from=forwarded_from,
    )
    call = open_line(board, order)
    call.behaviour = person
    call.dialed_at = board.now()
    call.on_answered = lambda: None
    enter_status(board, call, "ringing")
    return call


def _run(board: Board, call: Call) -> None:
    if not call.is_final:
        start(board, call, call.order.program)
