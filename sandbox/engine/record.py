"""The Record verb: a beep, what the person says, and where the recording is told of.

Source: Twilio's `<Record>` page. Transcription is not built.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine.attributes import read_recording
from sandbox.engine.board import Board
from sandbox.engine.parties import start_message, stop_message
from sandbox.engine.recordings import start_call_recording, stop
from sandbox.engine.records import Call, Interruption, Recording
from sandbox.engine.reports import recording_url
from sandbox.engine.script import follow, go_on, tell_action
from sandbox.engine.tape import recorded_seconds
from sandbox.engine.twiml import Verb

BEEP_SECONDS = 0.5
_KEYS = "1234567890*#"


@dataclass(slots=True)
class _Take:
    verb: Verb
    recording: Recording
    has_speech: bool = False


def perform(board: Board, call: Call, verb: Verb) -> bool:
    """Run a Record; the call goes on at the action, or with the next verb when nobody said anything."""
    beep = BEEP_SECONDS if verb.flag("playBeep", True) else 0.0
    board.set_timer(call, "script", beep, lambda: _listen(board, call, verb))
    return True


def _listen(board: Board, call: Call, verb: Verb) -> None:
    take = _Take(verb, start_call_recording(board, call, read_recording(call, verb, "RecordVerb")))

    def stopped() -> None:
        board.clear_timer(call, "record_limit")
        stop(board, take.recording)

    def interrupted(why: Interruption) -> None:
        stopped()
        if why == "hung_up":
            tell_action(board, call, verb, _results(board, take, "hangup"))

    if call.script.frame is None:
        call.interrupt = interrupted
    call.stop_verb = stopped
    call.receive_input = lambda kind, what: _take_input(board, call, take, kind, what)
    board.set_timer(call, "record_limit", verb.seconds("maxLength", 3600.0), lambda: _end(board, call, take, ""))
    person = call.behaviour
    talks = person is not None and person.outcome == "human" and not person.is_agent
    if call.says:
        text, call.says = call.says, ""
        _speak(board, call, take, len(text) / board.options.speech_characters_per_second)
    elif person is not None and talks:
        _speak(board, call, take, person.voice_seconds)
    else:
        _fall_silent(board, call, take)


def _speak(board: Board, call: Call, take: _Take, seconds: float) -> None:
    if seconds <= 0.0:
        _fall_silent(board, call, take)
        return
    take.has_speech = True
    start_message(board, call)
    board.set_timer(call, "script", seconds, lambda: _fall_silent(board, call, take))


def _fall_silent(board: Board, call: Call, take: _Take) -> None:
    stop_message(board, call)
    board.set_timer(call, "script", take.verb.seconds("timeout", 5.0), lambda: _end(board, call, take, ""))


def _take_input(board: Board, call: Call, take: _Take, kind: str, what: str) -> None:
    if kind == "speech":
        _speak(board, call, take, len(what) / board.options.speech_characters_per_second)
        return
    key = next((key for key in what if key in take.verb.get("finishOnKey", _KEYS)), None)
    if key is not None:
        _end(board, call, take, key)


def _end(board: Board, call: Call, take: _Take, key: str) -> None:
    if call.script.frame is None:
        call.interrupt = None
    call.receive_input = call.stop_verb = None
    board.clear_timer(call, "script")
    board.clear_timer(call, "record_limit")
    stop_message(board, call)
    stop(board, take.recording)
    if not take.has_speech and not key:
        # Silence alone is no recording: the action is not asked.
        go_on(board, call)
        return
    own_url = call.script.base.url if call.script.base is not None else ""
    follow(board, call, take.verb, take.verb.get("action", own_url), _results(board, take, key))


def _results(board: Board, take: _Take, key: str) -> list[tuple[str, str]]:
    return [
        ("RecordingUrl", recording_url(board, take.recording)),
        ("RecordingSid", take.recording.sid),
        ("RecordingDuration", str(recorded_seconds(take.recording, board.now()))),
        ("Digits", key),
    ]
