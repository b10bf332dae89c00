"""A screening service at the other end: it asks who is calling, waits for words, and the person connects or does not.

As phones do that answer unknown callers themselves; to a detector the question sounds like a machine's greeting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.engine.board import Board
from sandbox.engine.lines import hang_up
from sandbox.engine.records import Call


def ask(board: Board, call: Call) -> None:
    """Ask who is calling; a caller who stays silent is hung up on."""
    person = call.behaviour
    assert person is not None
    seconds = person.greeting_seconds + person.screening_wait_seconds
    board.set_timer(call, "party", seconds, lambda: hang_up(board, call, "callee"))


def hear(board: Board, call: Call, connected: Callable[[], None]) -> None:
    """The caller speaks: the person decides, and from `connected` on acts like anyone who answered."""
    person = call.behaviour
    if person is None or person.outcome != "screened" or "screen" in call.timers:
        return
    board.clear_timer(call, "party")

    def decide() -> None:
        if not person.connects:
            hang_up(board, call, "callee")
            return
        call.behaviour = replace(person, outcome="human")
        board.edges.note("screening_passed", {"call": call.sid, "to": call.order.to})
        connected()

    # Words that fall into the question are heard when it has been asked.
    answered_at = call.answered_at if call.answered_at is not None else board.now()
    left = max(0.0, answered_at + person.greeting_seconds - board.now())
    board.set_timer(call, "screen", left + person.screening_decision_seconds, decide)
