"""`<Dial>` to numbers, clients and SIP phones: child legs, what is whispered to them, the talk, and how it ends.

Source: Twilio's `<Dial>` and `<Number>` pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from sandbox.engine.attributes import read_recording, read_webhook
from sandbox.engine.board import Board
from sandbox.engine.lines import answer, hang_up, place
from sandbox.engine.nouns import MOST_NOUNS, NUMBER_INVALID, read_leg
from sandbox.engine.orders import CallOrder, Program, Webhook
from sandbox.engine.parties import start_hearing, stop_hearing
from sandbox.engine.recordings import start_call_recording, stop
from sandbox.engine.records import Call, Frame, Interruption, Recording
from sandbox.engine.reports import duration_seconds, recording_url
from sandbox.engine.script import enter_frame, follow_action, leave_frame, tell_action
from sandbox.engine.speech import tones_seconds
from sandbox.engine.twiml import Verb
from sandbox.engine.verbs import send_keys

# What may run on the called side before the two are connected.
WHISPER_VERBS = frozenset({"Say", "Play", "Pause", "Gather", "Record", "Redirect", "Hangup"})
_DETECTION_WITHOUT_CALLBACK = 21262
_CALLER_ID_INVALID = 13214


@dataclass(slots=True)
class _Dialing:
    """One Dial: who is called, now or later, and who was connected."""

    call: Call
    verb: Verb
    waiting: list[tuple[CallOrder, Webhook | None]] = field(default_factory=list)
    legs: list[Call] = field(default_factory=list)
    winner: Call | None = None
    recording: Recording | None = None
    is_over: bool = False


def perform(board: Board, call: Call, verb: Verb, nouns: list[Verb]) -> bool:
    """Call the nouns; the call goes on when the child leg has ended."""
    dialing = _Dialing(call, verb)
    if not _may_show(board, call, verb.get("callerId")):
        board.alert(call, _CALLER_ID_INVALID, f"Dial: callerId {verb.get('callerId')} is not the account's to show")
        nouns = []
    for noun in nouns[:MOST_NOUNS]:
        order = read_leg(call, verb, noun)
        if order is None:
            board.alert(call, NUMBER_INVALID, f"Dial: invalid or unsupported number {noun.text}")
            continue
        if order.detection is not None and order.detection.webhook is None:
            text = "Answering machine detection without amdStatusCallback: nobody is told"
            board.alert(call, _DETECTION_WITHOUT_CALLBACK, text, is_warning=True)
        dialing.waiting.append((order, read_webhook(call, noun, "url", "method")))
    if len(nouns) > MOST_NOUNS:
        board.alert(call, 12200, "Schema validation warning: Dial calls ten nouns at most", is_warning=True)
    if not dialing.waiting:
        follow_action(board, call, verb, [("DialCallStatus", "failed"), ("DialBridged", "false")])
        return True
    call.interrupt = lambda why: _interrupted(board, dialing, why)
    _call_next(board, dialing)
    return True


def _may_show(board: Board, call: Call, number: str) -> bool:
    return number in ("", call.order.caller, call.order.to) or board.may_show(call.order.account_sid, number)


def _call_next(board: Board, dialing: _Dialing) -> None:
    """Call all who are left at once, or only the next when they are to be called one after the other."""
    count = 1 if dialing.verb.flag("sequential", False) else len(dialing.waiting)
    now, dialing.waiting = dialing.waiting[:count], dialing.waiting[count:]
    for order, whisper in now:
        leg = place(board, order)
        dialing.legs.append(leg)
        leg.on_answered = partial(_picked_up, board, dialing, leg, whisper)
        leg.on_ended.append(partial(_leg_ended, board, dialing, leg))
        if _records_from(dialing, "ringing"):
            leg.on_ringing = partial(_record, board, dialing)


def _picked_up(board: Board, dialing: _Dialing, leg: Call, whisper: Webhook | None) -> None:
    # A child leg that is given a program of its own leaves the Dial.
    leg.interrupt = lambda why: _leg_redirected(board, dialing, leg) if why == "redirected" else None

    def sent() -> None:
        send_keys(leg, leg.order.send_digits)
        _whisper(board, dialing, leg, whisper)

    if leg.order.send_digits:
        board.set_timer(leg, "script", tones_seconds(leg.order.send_digits), sent)
    else:
        _whisper(board, dialing, leg, whisper)


def _whisper(board: Board, dialing: _Dialing, leg: Call, whisper: Webhook | None) -> None:
    if dialing.is_over or dialing.winner is not None:
        hang_up(board, leg, "parent")
        return
    if whisper is None:
        _connect(board, dialing, leg)
        return

    def connect() -> None:
        leave_frame(board, leg)
        _connect(board, dialing, leg)

    def params() -> list[tuple[str, str]]:
        return [("AnsweredBy", leg.answered_by)] if leg.answered_by is not None else []

    enter_frame(board, leg, Frame(WHISPER_VERBS, connect, connect, params), Program(whisper))


def _connect(board: Board, dialing: _Dialing, leg: Call) -> None:
    if dialing.is_over or dialing.winner is not None:
        hang_up(board, leg, "parent")
        return
    call = dialing.call
    dialing.winner, dialing.waiting = leg, []
    for other in dialing.legs:
        if other is not leg:
            hang_up(board, other, "parent")
    if call.status == "ringing":
        answer(board, call)
    call.bridged_to, leg.bridged_to = leg, call
    start_hearing(board, call)
    start_hearing(board, leg)
    if _records_from(dialing, "answer"):
        _record(board, dialing)
    if dialing.verb.flag("hangupOnStar", False):
        call.receive_input = lambda kind, what: _star(board, leg, kind, what)


def _star(board: Board, leg: Call, kind: str, what: str) -> None:
    if kind == "dtmf" and "*" in what:
        hang_up(board, leg, "parent")


def _records_from(dialing: _Dialing, moment: str) -> bool:
    wanted = dialing.verb.get("record", "do-not-record").removesuffix("-dual")
    return wanted == f"record-from-{moment}" or (wanted == "true" and moment == "answer")


def _record(board: Board, dialing: _Dialing) -> None:
    if dialing.recording is None and not dialing.is_over:
        order = read_recording(dialing.call, dialing.verb, "DialVerb")
        dialing.recording = start_call_recording(board, dialing.call, order)


def _leg_redirected(board: Board, dialing: _Dialing, leg: Call) -> None:
    if dialing.winner is None:
        # It was still being whispered to: for the Dial it is as if it had hung up.
        dialing.legs.remove(leg)
        if dialing.legs and not all(other.is_final for other in dialing.legs):
            return
        _over(board, dialing, leg)
    elif dialing.winner is leg:
        _over(board, dialing, leg)


def _leg_ended(board: Board, dialing: _Dialing, leg: Call) -> None:
    if dialing.is_over or leg not in dialing.legs or (dialing.winner is not None and leg is not dialing.winner):
        return
    if dialing.winner is None:
        if not all(other.is_final for other in dialing.legs):
            return
        if dialing.waiting:
            _call_next(board, dialing)
            return
    _over(board, dialing, leg)


def _over(board: Board, dialing: _Dialing, leg: Call) -> None:
    """The Dial has ended with this leg; the caller goes on."""
    call = dialing.call
    _close(board, dialing)
    stop_hearing(board, leg)
    call.interrupt = None
    if not call.is_final:
        follow_action(board, call, dialing.verb, _leg_params(board, dialing, leg))


def _interrupted(board: Board, dialing: _Dialing, why: Interruption) -> None:
    """The caller has hung up or does something else now: every leg is hung up."""
    _close(board, dialing)
    for leg in dialing.legs:
        stop_hearing(board, leg)
        hang_up(board, leg, "parent")
    if why == "hung_up":
        last = dialing.winner or dialing.legs[0]
        tell_action(board, dialing.call, dialing.verb, _leg_params(board, dialing, last))


def _close(board: Board, dialing: _Dialing) -> None:
    dialing.is_over, dialing.waiting = True, []
    dialing.call.receive_input = None
    stop_hearing(board, dialing.call)
    if dialing.recording is not None:
        stop(board, dialing.recording)


def _leg_params(board: Board, dialing: _Dialing, leg: Call) -> list[tuple[str, str]]:
    is_bridged = leg is dialing.winner
    found = [
        ("DialCallStatus", leg.status if leg.is_final else "completed"),
        ("DialCallSid", leg.sid),
        ("DialCallDuration", str(duration_seconds(leg))),
        ("DialBridged", "true" if is_bridged else "false"),
    ]
    if leg.order.to.startswith("sip:"):
        code = leg.sip_code if leg.sip_code is not None else 200
        found += [("DialSipCallId", f"{leg.sid}@sandbox"), ("DialSipResponseCode", str(code))]
    if dialing.recording is not None:
        found.append(("RecordingUrl", recording_url(board, dialing.recording)))
    return found
