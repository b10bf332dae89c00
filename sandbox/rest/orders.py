"""Reads what a new or changed call is to do: its program, callbacks and machine detection. Nothing is placed here."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from sandbox.engine.orders import (
    CALL_EVENTS,
    RECORDING_EVENTS,
    CallOrder,
    Detection,
    Program,
    RecordingOrder,
    RecordingSource,
    Subscription,
)
from sandbox.office.accounts import Account
from sandbox.office.office import Office, webhook_of
from sandbox.office.shelf import Item
from sandbox.rest.addresses import read_addresses
from sandbox.rest.errors import RestError
from sandbox.rest.forms import INVALID_PARAMETER, Form, read_flag, read_number, read_webhook

LONGEST_TWIML = 4000
LONGEST_TRIAL_CALL_SECONDS = 600
_DIGITS = re.compile(r"[0-9#*wW]{1,32}")


def read_call_order(form: Form, office: Office, account: Account) -> CallOrder:
    """Read `POST /Calls.json`; RestError carries Twilio's code for what is missing or wrong."""
    to, caller = read_addresses(form, office, account)
    program = read_program(form, office, account)
    if program is None:
        raise RestError(21205, "Url, Twiml or ApplicationSid is required")
    if form.get("SendDigits") and not _DIGITS.fullmatch(form["SendDigits"]):
        raise RestError(21206, "SendDigits may have up to 32 of 0-9, #, * and w")
    return CallOrder(
        account_sid=account.sid,
        to=to,
        caller=caller,
        program=program,
        subscription=_read_call_subscription(form, office, account),
        ring_timeout_seconds=read_number(form, "Timeout", 60, (1, 600)),
        time_limit_seconds=read_time_limit(form, account),
        detection=read_detection(form, "AsyncAmdStatusCallback"),
        # They switch detection off, as on Twilio.
        send_digits=form.get("SendDigits", ""),
        recording=read_recording(form, "OutboundAPI") if read_flag(form, "Record") else None,
    )


def read_recording(form: Form, source: RecordingSource, prefix: str = "") -> RecordingOrder:
    """Read RecordingChannels, RecordingTrack, Trim and RecordingStatusCallback*; `prefix` is Conference, or nothing."""
    channels, track = form.get("RecordingChannels", "") or "mono", form.get("RecordingTrack", "") or "both"
    trim = form.get(f"{prefix}Trim", "") or "do-not-trim"
    if channels not in ("mono", "dual"):
        raise RestError(INVALID_PARAMETER, "RecordingChannels is mono or dual")
    if trim not in ("trim-silence", "do-not-trim"):
        raise RestError(INVALID_PARAMETER, f"{prefix}Trim is trim-silence or do-not-trim")
    sides: dict[str, Literal["inbound", "outbound", "both"]]
    sides = {"inbound": "inbound", "outbound": "outbound", "both": "both"}
    if track not in sides:
        raise RestError(INVALID_PARAMETER, "RecordingTrack is inbound, outbound or both")
    return RecordingOrder(
        source=source,
        channels=2 if channels == "dual" and not prefix else 1,
        track=sides[track],
        trims_silence=trim == "trim-silence",
        subscription=read_subscription(form, f"{prefix}RecordingStatusCallback", "completed", RECORDING_EVENTS),
    )


def read_time_limit(form: Form, account: Account) -> float:
    """Read TimeLimit: four hours unless said otherwise; a trial account's calls end after ten minutes."""
    seconds = read_number(form, "TimeLimit", 14400, (1, 86400))
    return min(seconds, LONGEST_TRIAL_CALL_SECONDS) if account.is_trial else seconds


def read_program(form: Form, office: Office, account: Account) -> Program | None:
    """Read Url (which wins over Twiml, and Twiml over ApplicationSid); None when none is there."""
    webhook = read_webhook(form, "Url", "Method")
    if webhook is not None:
        return Program(webhook, read_webhook(form, "FallbackUrl", "FallbackMethod"))
    twiml = form.get("Twiml", "")
    if twiml:
        if len(twiml) > LONGEST_TWIML:
            raise RestError(INVALID_PARAMETER, f"Twiml may have at most {LONGEST_TWIML} characters")
        return Program(twiml=twiml)
    application = _read_application(form, office, account)
    if application is None:
        return None
    main = webhook_of(application.values, "voice_url", "voice_method")
    if main is None:
        raise RestError(21218, f"ApplicationSid {application.sid} has no VoiceUrl")
    return Program(main, webhook_of(application.values, "voice_fallback_url", "voice_fallback_method"))


def _read_application(form: Form, office: Office, account: Account) -> Item | None:
    sid = form.get("ApplicationSid", "")
    application = office.applications.find(account.sid, sid)
    if sid and application is None:
        raise RestError(21218, f"ApplicationSid {sid} is not valid")
    return application


def _read_call_subscription(form: Form, office: Office, account: Account) -> Subscription | None:
    """An application brings its own status callback, and the call's own is ignored then."""
    application = _read_application(form, office, account)
    if application is None:
        return read_subscription(form, "StatusCallback", "completed", CALL_EVENTS)
    webhook = webhook_of(application.values, "status_callback", "status_callback_method")
    return Subscription(webhook, frozenset({"completed"})) if webhook is not None else None


def read_subscription(form: Form, key: str, default: str, known: Collection[str]) -> Subscription | None:
    """Read a callback URL and its events: repeated keys; one value with spaces is taken as one unknown event."""
    webhook = read_webhook(form, key, f"{key}Method")
    if webhook is None:
        return None
    wanted = form.getall(f"{key}Event", [])
    events = frozenset(wanted or default.split()) & frozenset(known)
    return Subscription(webhook, events or frozenset(default.split()))


def read_detection(form: Form, callback_key: str) -> Detection | None:
    """Read the machine detection parameters; 21234 for a mode Twilio does not know."""
    mode = form.get("MachineDetection", "")
    if not mode or mode == "None":
        return None
    if mode not in ("Enable", "DetectMessageEnd"):
        raise RestError(21234, f"MachineDetection {mode} is neither Enable nor DetectMessageEnd")
    webhook = read_webhook(form, callback_key, f"{callback_key}Method")
    is_async = read_flag(form, "AsyncAmd") or callback_key == "AmdStatusCallback"
    if is_async and webhook is None:
        raise RestError(21262, f"Asynchronous machine detection needs {callback_key}")
    return Detection(
        mode="Enable" if mode == "Enable" else "DetectMessageEnd",
        is_async=is_async,
        webhook=webhook,
        timeout_seconds=read_number(form, "MachineDetectionTimeout", 30, (3, 59)),
        speech_threshold_seconds=_milliseconds(form, "MachineDetectionSpeechThreshold", 2400, (1000, 6000)),
        speech_end_threshold_seconds=_milliseconds(form, "MachineDetectionSpeechEndThreshold", 1200, (500, 5000)),
        silence_timeout_seconds=_milliseconds(form, "MachineDetectionSilenceTimeout", 5000, (2000, 10000)),
    )


def _milliseconds(form: Form, key: str, default: int, span: tuple[int, int]) -> float:
    return read_number(form, key, default, span) / 1000.0
