"""The Gather verb: prompts, keys and speech, timeouts, and where the input goes.

What people press and say is left to their behaviour.

Source: Twilio's `<Gather>` page.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine.attributes import read_webhook
from sandbox.engine.board import Board
from sandbox.engine.parties import hear_announcement, stop_announcement
from sandbox.engine.ports import Report
from sandbox.engine.records import Call
from sandbox.engine.reports import call_params
from sandbox.engine.script import follow, go_on
from sandbox.engine.speech import PROMPTS, measure
from sandbox.engine.twiml import Verb

# How long Twilio waits after the last word when it is left to Twilio.
AUTO_SPEECH_SECONDS = 1.0
USUAL_CONFIDENCE, HINTED_CONFIDENCE = "0.9", "0.99"


@dataclass(slots=True)
class _Gathering:
    verb: Verb
    wants: tuple[str, ...]
    turn: int
    digits: str = ""
    said: str = ""
    partials: int = 0

    @property
    def timeout_seconds(self) -> float:
        return self.verb.seconds("timeout", 5.0)

    @property
    def speech_end_seconds(self) -> float:
        if self.verb.get("speechTimeout") == "auto":
            return AUTO_SPEECH_SECONDS
        return self.verb.seconds("speechTimeout", self.timeout_seconds)


def perform(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Gather: play what is inside, wait for input, then ask the action or go on."""
    gathering = _Gathering(verb, tuple(verb.get("input", "dtmf").split()), call.script_turn)
    prompts = [child for child in verb.children if child.name in PROMPTS]
    # Keys that come before the prompt's files are there count too.
    call.receive_input = lambda kind, what: _take(board, call, gathering, kind, what)

    def begin(prompt_seconds: float) -> None:
        hear_announcement(board, call)
        wait = prompt_seconds + gathering.timeout_seconds
        board.set_timer(call, "script", wait, lambda: _end(board, call, gathering))
        _let_person_reply(board, call, gathering, prompt_seconds)

    measure(board, call, prompts, begin)
    return True


def _let_person_reply(board: Board, call: Call, gathering: _Gathering, prompt_seconds: float) -> None:
    person = call.behaviour
    if person is None or not (call.presses or call.says):
        return
    presses = bool(call.presses) and "dtmf" in gathering.wants
    wanted = int(gathering.verb.seconds("numDigits", 0))

    def reply() -> None:
        if call.receive_input is None or call.script_turn != gathering.turn:
            return
        if presses:
            size = wanted or len(call.presses)
            what, call.presses = call.presses[:size], call.presses[size:]
            call.receive_input("dtmf", what)
        elif call.says:
            _speak(board, call, gathering)

    board.set_timer(call, "reply", prompt_seconds + person.reply_seconds, reply)


def _speak(board: Board, call: Call, gathering: _Gathering) -> None:
    """The person begins to talk: nothing times out until the last word, or the longest time allowed."""
    call.says, what = "", call.says
    if "speech" not in gathering.wants:
        return
    rate, longest = board.options.speech_characters_per_second, gathering.verb.seconds("maxSpeechTime", 60.0)
    heard = what[: int(longest * rate)]
    stop_announcement(board, call)
    board.clear_timer(call, "script")
    board.set_timer(call, "reply", len(heard) / rate, lambda: _take(board, call, gathering, "speech", heard))


def _take(board: Board, call: Call, gathering: _Gathering, kind: str, what: str) -> None:
    if kind not in gathering.wants or not what:
        return
    stop_announcement(board, call)
    if kind == "speech":
        gathering.said = f"{gathering.said} {what}".strip()
        _report_partial(board, call, gathering)
        wait = gathering.speech_end_seconds
        board.set_timer(call, "script", wait, lambda: _end(board, call, gathering))
        return
    # Whoever presses keys is not listened to any more.
    gathering.said = ""
    board.clear_timer(call, "reply")
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
    board.set_timer(call, "script", gathering.timeout_seconds, lambda: _end(board, call, gathering))


def _report_partial(board: Board, call: Call, gathering: _Gathering) -> None:
    webhook = read_webhook(call, gathering.verb, "partialResultCallback", "partialResultCallbackMethod")
    if webhook is None:
        return
    params = (
        *call_params(call),
        ("StableSpeechResult", gathering.said),
        ("UnstableSpeechResult", ""),
        ("Stability", USUAL_CONFIDENCE),
        ("SequenceNumber", str(gathering.partials)),
    )
    gathering.partials += 1
    board.edges.report(Report("gather", "partial-result", call.sid, webhook, params))


def _end(board: Board, call: Call, gathering: _Gathering) -> None:
    if gathering.said:
        found = [("SpeechResult", gathering.said), ("Confidence", _confidence(gathering))]
        if gathering.verb.get("language"):
            found.append(("Language", gathering.verb.get("language")))
        _finish(board, call, gathering, found)
    elif gathering.digits or gathering.verb.flag("actionOnEmptyResult", False):
        _finish(board, call, gathering, [("Digits", gathering.digits)])
    else:
        _close(board, call)
        go_on(board, call)


def _confidence(gathering: _Gathering) -> str:
    hints = [hint.strip().lower() for hint in gathering.verb.get("hints").split(",") if hint.strip()]
    return HINTED_CONFIDENCE if any(hint in gathering.said.lower() for hint in hints) else USUAL_CONFIDENCE


def _finish(board: Board, call: Call, gathering: _Gathering, found: list[tuple[str, str]]) -> None:
    _close(board, call)
    own_url = call.script.base.url if call.script.base is not None else ""
    follow(board, call, gathering.verb, gathering.verb.get("action", own_url), found)


def _close(board: Board, call: Call) -> None:
    call.receive_input = None
    board.clear_timer(call, "script")
    board.clear_timer(call, "reply")
    stop_announcement(board, call)
