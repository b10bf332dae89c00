"""The hand on one phone: answer, refuse, be a machine, take over, speak, press keys, hang up, as the person called.

Who may ask for it is left to `admin` and to the phones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.engine import lines
from sandbox.engine.board import Board
from sandbox.engine.inbound import give_up
from sandbox.engine.records import Call

KEYS = frozenset("0123456789*#w")
LONGEST_SPEECH = 1000
LONGEST_KEYS = 32


class CannotDo(ValueError):
    """The phone is in no state for it, or the words make no sense; the text says which."""


def do(board: Board, call: Call, deed: str, what: str = "") -> None:
    """Do one deed of DEEDS; CannotDo when it is not possible now."""
    perform = DEEDS.get(deed)
    if perform is None:
        raise CannotDo(f"{deed!r} is not known; known: {', '.join(DEEDS)}")
    perform(board, call, what)


def answer(board: Board, call: Call, what: str = "") -> None:
    """Pick up. Nothing is simulated from now on: whoever answered stays until somebody hangs up."""
    _need_ringing(call, "answer")
    _stop_pretending(board, call)
    lines.answer(board, call)


def be_machine(board: Board, call: Call, greeting: str = "") -> None:
    """Pick up as an answering machine that says its greeting, beeps, records for a while and hangs up."""
    _need_ringing(call, "be_machine")
    text = _speech(greeting) if greeting.strip() else ""
    assert call.behaviour is not None
    seconds = len(text) / board.options.speech_characters_per_second if text else call.behaviour.greeting_seconds
    call.behaviour = replace(call.behaviour, outcome="machine", greeting_seconds=seconds)
    lines.answer(board, call)
    if text and not call.is_final:
        board.edges.note("person_said", {"call": call.sid, "to": call.order.to, "text": text})


def refuse(board: Board, call: Call, what: str = "") -> None:
    """Turn the call down: the caller hears that the line is busy."""
    _need_ringing(call, "refuse")
    lines.finish(board, call, "busy", 486, "callee")


def take_over(board: Board, call: Call, what: str = "") -> None:
    """Step in for the simulated person on the line, who then neither loses patience nor hangs up."""
    if call.status != "in-progress":
        raise CannotDo(f"a call that is {call.status} cannot be taken over")
    _stop_pretending(board, call)


def hang_up(board: Board, call: Call, what: str = "") -> None:
    """Hang up."""
    if call.order.direction == "inbound" and not call.is_final:
        give_up(board, call)
        return
    if call.status != "in-progress":
        raise CannotDo(f"a call that is {call.status} cannot be hung up here; one that rings can be refused")
    lines.hang_up(board, call, "callee")


def press(board: Board, call: Call, what: str) -> None:
    """Press keys. A Gather that listens takes them; without one they are tones that nobody counts."""
    if not what or len(what) > LONGEST_KEYS or not KEYS.issuperset(what):
        raise CannotDo(f"keys are 1 to {LONGEST_KEYS} of 0-9, * and #")
    _need_answered(call, "press")
    board.edges.note("person_pressed", {"call": call.sid, "to": call.order.to, "keys": what})
    if call.receive_input is not None:
        call.receive_input("dtmf", what)


def say(board: Board, call: Call, what: str) -> None:
    """Speak. A Gather that listens for speech takes the words; whoever can hear the call can read them."""
    text = _speech(what)
    _need_answered(call, "say")
    board.edges.note("person_said", {"call": call.sid, "to": call.order.to, "text": text})
    if call.receive_input is not None:
        call.receive_input("speech", text)


def _speech(what: str) -> str:
    text = " ".join(what.split())
    if not text or len(text) > LONGEST_SPEECH:
        raise CannotDo(f"what is said has 1 to {LONGEST_SPEECH} characters")
    return text


def _need_ringing(call: Call, deed: str) -> None:
    if call.order.direction == "inbound":
        raise CannotDo("a call that comes in is answered by your application")
    if call.status != "ringing" or call.behaviour is None:
        raise CannotDo(f"a call that is {call.status} cannot {deed}; only one that rings can")


def _need_answered(call: Call, deed: str) -> None:
    if call.status != "in-progress":
        raise CannotDo(f"a call that is {call.status} cannot {deed}; only one that was answered can")


def _stop_pretending(board: Board, call: Call) -> None:
    assert call.behaviour is not None
    call.behaviour = replace(call.behaviour, outcome="manual")
    call.presses = call.says = ""
    board.clear_timer(call, "party")
    board.clear_timer(call, "reply")


DEEDS: dict[str, Callable[[Board, Call, str], None]] = {
    "answer": answer,
    "be_machine": be_machine,
    "refuse": refuse,
    "take_over": take_over,
    "hang_up": hang_up,
    "press": press,
    "say": say,
}
