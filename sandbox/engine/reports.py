"""Words callbacks: the parameters Twilio sends for calls, conferences and AMD verdicts.

Sending them is left to the edges.

Source: Twilio's reference pages for the Call resource, `<Conference>` and answering machine detection.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from sandbox.engine.board import Board
from sandbox.engine.orders import Params, Webhook
from sandbox.engine.ports import Report
from sandbox.engine.records import Call, Conference, Participant, Recording
from sandbox.engine.tape import recorded_seconds

API_VERSION = "2010-04-01"
EVENT_OF_STATUS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
_COUNTRIES = {"41": "CH", "43": "AT", "49": "DE", "33": "FR", "39": "IT", "44": "GB", "423": "LI", "1": "US"}


def rfc2822(at: float) -> str:
    """Return a carrier instant as Twilio writes dates: `Tue, 31 Aug 2010 20:36:28 +0000`."""
    return _write_second(int(at))


@lru_cache(maxsize=4096)
def _write_second(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def country_of(number: str) -> str:
    """Return the country of an E.164 number where we know it, else an empty string."""
    return _country_of_prefix(number[1:4]) if number.startswith("+") else ""


@lru_cache(maxsize=1024)
def _country_of_prefix(digits: str) -> str:
    return next((_COUNTRIES[digits[:size]] for size in (3, 2, 1) if digits[:size] in _COUNTRIES), "")


def call_params(call: Call) -> list[tuple[str, str]]:
    """Return what every request about a call carries; unknown places are sent empty, as Twilio does."""
    if call.fixed_params is None:
        call.fixed_params = _fixed_params(call)
    before, after = call.fixed_params
    return [*before, ("CallStatus", call.status), *after]


def _fixed_params(call: Call) -> tuple[Params, Params]:
    """All but the status stays the same from order to end: it is worded once."""
    order = call.order
    before = (
        ("CallSid", call.sid),
        ("AccountSid", order.account_sid),
        ("From", order.caller),
        ("To", order.to),
        ("Caller", order.caller),
        ("Called", order.to),
    )
    after = [("ApiVersion", API_VERSION), ("Direction", order.direction)]
    after += _places(country_of(order.to), country_of(order.caller))
    if order.parent_sid is not None:
        after.append(("ParentCallSid", order.parent_sid))
    if order.forwarded_from is not None:
        after.append(("ForwardedFrom", order.forwarded_from))
    return before, tuple(after)


@lru_cache(maxsize=256)
def _places(to_country: str, caller_country: str) -> Params:
    sides = (("Called", to_country), ("To", to_country), ("Caller", caller_country), ("From", caller_country))
    return tuple(
        (side + part, country if part == "Country" else "")
        for side, country in sides
        for part in ("City", "State", "Zip", "Country")
    )


def report_call(board: Board, call: Call) -> None:
    """Tell the application of a call's new status, if it asked to be told."""
    event = EVENT_OF_STATUS.get(call.status, "completed")
    subscription = call.subscription
    if subscription is None or event not in subscription.events:
        return
    params = call_params(call)
    params += [
        ("Timestamp", rfc2822(board.now())),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(call.callbacks_sent)),
    ]
    if call.status in ("ringing", "in-progress"):
        params.append(("StirStatus", ""))
    if event == "completed":
        params += _closing_params(board, call)
    call.callbacks_sent += 1
    board.edges.report(Report("call", event, call.sid, subscription.webhook, tuple(params)))


def _closing_params(board: Board, call: Call) -> list[tuple[str, str]]:
    seconds = duration_seconds(call)
    params = [("CallDuration", str(seconds)), ("Duration", str(-(-seconds // 60)))]
    if call.sip_code is not None:
        params.append(("SipResponseCode", str(call.sip_code)))
    if call.answered_by is not None:
        params.append(("AnsweredBy", call.answered_by))
    recording = call.last_recording
    if recording is not None and call.order.recording is not None:
        seconds = recorded_seconds(recording, board.now())
        params += [
            ("RecordingUrl", recording_url(board, recording)),
            ("RecordingSid", recording.sid),
            ("RecordingDuration", str(seconds)),
        ]
    return params


def recording_url(board: Board, recording: Recording) -> str:
    """Return the address of its media, without a file type, as callbacks carry it."""
    return f"{board.public_url}/{API_VERSION}/Accounts/{recording.account_sid}/Recordings/{recording.sid}"


def duration_seconds(call: Call) -> int:
    """Return the whole seconds from answer to end; 0 when nobody answered."""
    if call.answered_at is None or call.ended_at is None:
        return 0
    return int(call.ended_at - call.answered_at)


def report_verdict(board: Board, call: Call, webhook: Webhook) -> None:
    """Tell the application who answered. Twilio ignores the answer to this request."""
    params: Params = (
        ("CallSid", call.sid),
        ("AccountSid", call.order.account_sid),
        ("AnsweredBy", call.answered_by or "unknown"),
        ("MachineDetectionDuration", str(call.detection_milliseconds or 0)),
    )
    board.edges.report(Report("amd", "amd", call.sid, webhook, params))


def report_room(board: Board, room: Conference, event: str, who: Participant | None, *extra: tuple[str, str]) -> None:
    """Tell the application of a conference event, if the first participant asked for its kind."""
    if room.subscription is None or _kind_of(event) not in room.subscription.events:
        return
    room.callbacks_sent += 1
    params = [
        ("ConferenceSid", room.sid),
        ("FriendlyName", room.name),
        ("AccountSid", room.account_sid),
        ("SequenceNumber", str(room.callbacks_sent)),
        ("Timestamp", rfc2822(board.now())),
        ("StatusCallbackEvent", event),
    ]
    if who is not None:
        params += _participant_params(who)
    params += extra
    board.edges.report(Report("conference", event, room.sid, room.subscription.webhook, tuple(params)))


_KINDS = {
    "unmute": "mute",
    "unhold": "hold",
    "speech-start": "speaker",
    "speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}


def _kind_of(event: str) -> str:
    kind = event.partition("-")[2 if event.startswith(("conference-", "participant-")) else 0]
    return _KINDS.get(kind, kind)


def _participant_params(who: Participant) -> list[tuple[str, str]]:
    def word(flag: bool) -> str:
        return "true" if flag else "false"

    params = [
        ("CallSid", who.call.sid),
        ("Muted", word(who.muted)),
        ("Hold", word(who.on_hold)),
        ("Coaching", word(who.coached_sid is not None)),
        ("EndConferenceOnExit", word(who.ends_on_exit)),
        ("StartConferenceOnEnter", word(who.order.starts_on_enter)),
    ]
    if who.coached_sid is not None:
        params.append(("CallSidToCoach", who.coached_sid))
    if who.order.label is not None:
        params.append(("ParticipantLabel", who.order.label))
    return params
