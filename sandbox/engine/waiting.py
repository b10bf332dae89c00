"""Documents that run while a call waits (in a queue, in a conference that has not started, on hold), over and over."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.engine.board import Board
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.records import Call, Frame
from sandbox.engine.script import enter_frame, fetch, leave_frame

Params = Callable[[], list[tuple[str, str]]]
ROOM_VERBS = frozenset({"Say", "Play", "Pause", "Redirect"})
QUEUE_VERBS = frozenset({*ROOM_VERBS, "Gather", "Hangup", "Leave"})


def wait_with(board: Board, call: Call, webhook: Webhook, allowed: frozenset[str], params: Params) -> None:
    """Run the document at `webhook`, and ask for it again when it has ended.

    Silence follows a document that failed, and one that took no time: asking for that again would never end.
    """

    def again() -> None:
        if board.now() > call.script.started_at:
            call.script_turn += 1
            fetch(board, call, webhook)

    def failed() -> None:
        leave_frame(board, call)

    enter_frame(board, call, Frame(allowed, again, failed, params), Program(webhook))
