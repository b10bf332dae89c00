"""The verbs that need nobody else: Say, Play, Pause, Redirect, Hangup, Reject, Refer."""

from __future__ import annotations

from sandbox.engine.board import Board
from sandbox.engine.lines import finish
from sandbox.engine.parties import hear_announcement, stop_announcement
from sandbox.engine.records import Call
from sandbox.engine.script import end_call, follow, follow_action, go_on
from sandbox.engine.speech import measure
from sandbox.engine.twiml import Verb

REFER_SECONDS = 1.0


def register(board: Board) -> None:
    """Put this module's verbs on the board."""
    board.performers.update(
        {
            "Say": speak,
            "Play": speak,
            "Pause": pause,
            "Hangup": hang_up,
            "Redirect": redirect,
            "Reject": reject,
            "Refer": refer,
        }
    )


def speak(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Say or a Play."""

    def ended() -> None:
        stop_announcement(board, call)
        send_keys(call, verb.get("digits"))
        go_on(board, call)

    def begin(seconds: float) -> None:
        hear_announcement(board, call)
        board.set_timer(call, "script", seconds, ended)

    measure(board, call, [verb], begin)
    return True


def send_keys(call: Call, keys: str) -> None:
    """Press keys for the other end, if a program listens there; people and machines do not mind."""
    far = call.far
    heard = "".join(key for key in keys if key not in "wW")
    if heard and far is not None and far.receive_input is not None:
        far.receive_input("dtmf", heard)


def pause(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Pause."""
    board.set_timer(call, "script", verb.seconds("length", 1.0), lambda: go_on(board, call))
    return True


def hang_up(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Hangup."""
    end_call(board, call, "program")
    return True


def redirect(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Redirect; an empty one asks the document's own address again."""
    follow(board, call, verb, verb.text or (call.script.base.url if call.script.base else ""))
    return True


def reject(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Reject: an inbound call that rings ends unanswered and unpaid; on any other it has no meaning."""
    if call.order.direction != "inbound" or call.answered_at is not None:
        text = "Schema validation warning: Reject has no meaning once a call is answered"
        board.alert(call, 12200, text, is_warning=True)
        return False
    is_busy = verb.get("reason") == "busy"
    finish(board, call, "busy" if is_busy else "no-answer", 486 if is_busy else 603, "program")
    return True


def refer(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Refer: the SIP phone at the other end is sent elsewhere and leaves; the action is asked what is next."""
    ends = (call.order.to, call.order.caller)
    if not any(end.startswith("sip:") for end in ends):
        board.alert(call, 12200, "Schema validation warning: Refer needs a SIP call", is_warning=True)
        return False

    def referred() -> None:
        if verb.get("action"):
            found = [
                ("ReferCallStatus", "completed"),
                ("ReferSipResponseCode", "202"),
                ("NotifySipResponseCode", "200"),
            ]
            follow_action(board, call, verb, found)
        else:
            end_call(board, call, "callee")

    board.set_timer(call, "script", REFER_SECONDS, referred)
    return True
