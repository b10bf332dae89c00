"""The Gather verb: prompts, keys and speech, timeouts, and where the input goes.

What people press is left to their behaviour.

Source: Twilio's `<Gather>` page (input, action, timeout, numDigits, finishOnKey, speechTimeout, actionOnEmptyResult).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.engine.board import Board
from sandbox.engine.parties import hear_announcement, stop_announcement
from sandbox.engine.records import Call
from sandbox.engine.script import follow, go_on, speech_seconds
from sandbox.engine.twiml import Verb

PROMPTS = ("Say", "Play", "Pause")


@dataclass(slots=True)
class _Gathering:
    verb: Verb
    digits: str = ""
    turn: int = 0
    wants: tuple[str, ...] = field(default=("dtmf",))


def perform(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Gather: play what is inside, wait for input, then ask the action or go on."""
    gathering = _Gathering(verb, turn=call.script_turn, wants=tuple(verb.get("input", "dtmf").split()))
    for child in verb.children:
        if child.name not in PROMPTS:
            board.alert(call, 12200, f"Schema validation warning: {child.name} inside Gather", is_warning=True)
    prompt = sum(speech_seconds(board, child) for child in verb.children if child.name in PROMPTS)
    hear_announcement(board, call)
    call.receive_input = lambda kind, what: _take(board, call, gathering, kind, what)
    timeout = verb.seconds("timeout", 5.0)
    board.set_timer(call, "script", prompt + timeout, lambda: _end(board, call, gathering))
    _let_person_reply(board, call, gathering, prompt)
    return True


def _let_person_reply(board: Board, call: Call, gathering: _Gathering, prompt_seconds: float) -> None:
    person = call.behaviour
    if person is None or not (call.presses or call.says):
        return
    kind = "dtmf" if call.presses and "dtmf" in gathering.wants else "speech"
    wanted = int(gathering.verb.seconds("numDigits", 0))

    def reply() -> None:
        if call.receive_input is None or call.script_turn != gathering.turn:
            return
        if kind == "speech":
            call.says, what = "", call.says
        else:
            size = wanted or len(call.presses)
            what, call.presses = call.presses[:size], call.presses[size:]
        if what:
            call.receive_input(kind, what)

    board.set_timer(call, "reply", prompt_seconds + person.reply_seconds, reply)


def _take(board: Board, call: Call, gathering: _Gathering, kind: str, what: str) -> None:
    if kind not in gathering.wants:
        return
    if kind == "speech":
        _finish(board, call, gathering, [("SpeechResult", what), ("Confidence", "0.9")])
        return
    finish_key = gathering.verb.get("finishOnKey", "#")
    wanted = int(gathering.verb.seconds("numDigits", 0))
    for key in what:
        if finish_key and key in finish_key:
            _end(board, call, gathering)
            return
        gathering.digits += key
        if wanted and len(gathering.digits) >= wanted:
            _end(board, call, gathering)
            return
    timeout = gathering.verb.seconds("timeout", 5.0)
    board.set_timer(call, "script", timeout, lambda: _end(board, call, gathering))


def _end(board: Board, call: Call, gathering: _Gathering) -> None:
    if gathering.digits or gathering.verb.flag("actionOnEmptyResult", False):
        _finish(board, call, gathering, [("Digits", gathering.digits)])
        return
    _close(board, call)
    go_on(board, call)


def _finish(board: Board, call: Call, gathering: _Gathering, found: list[tuple[str, str]]) -> None:
    _close(board, call)
    own_url = call.script.base.url if call.script.base is not None else ""
    follow(board, call, gathering.verb, gathering.verb.get("action", own_url), found)


def _close(board: Board, call: Call) -> None:
    call.receive_input = None
    board.clear_timer(call, "script")
    board.clear_timer(call, "reply")
    stop_announcement(board, call)
