"""Twilio's callback fields, translated into our reports. Unknown fields and unknown statuses are passed over."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from telephony.carrier import CallReport, Reported

_CALL_STATUS = {
    "initiated": Reported.INITIATED,
    "queued": Reported.INITIATED,
    "ringing": Reported.RINGING,
    "in-progress": Reported.ANSWERED,
    "answered": Reported.ANSWERED,
    "completed": Reported.COMPLETED,
    "busy": Reported.BUSY,
    "no-answer": Reported.NO_ANSWER,
    "failed": Reported.FAILED,
    "canceled": Reported.CANCELED,
}
_ROOM_EVENT = {"participant-join": Reported.JOINED, "participant-leave": Reported.LEFT}
_HUMAN = frozenset({"human", "unknown"})


def callback_key(kind: str, call_id: str, fields: Mapping[str, str]) -> str:
    """A key that is equal for repeats of one callback and differs between callbacks.

    The sequence number where there is one (it counts per call, and per conference), else a hash of the content.
    """
    number = fields.get("SequenceNumber", "")
    if number:
        scope = fields.get("ConferenceSid") or fields.get("CallSid", "")
        return f"{kind}:{call_id}:{scope}:{number}"
    digest = hashlib.sha256(json.dumps(sorted(fields.items())).encode()).hexdigest()
    return f"{kind}:{call_id}:{digest[:32]}"


def status_report(call_id: str, key: str, fields: Mapping[str, str]) -> CallReport | None:
    """A call's progress; None when the status is one that we do not know."""
    what = _CALL_STATUS.get(fields.get("CallStatus", ""))
    if what is None:
        return None
    return CallReport(
        call_id=call_id,
        key=key,
        what=what,
        carrier_sid=fields.get("CallSid", ""),
        reported_at=_moment(fields.get("Timestamp", "")),
        sip_code=_number(fields.get("SipResponseCode", "")),
        duration_seconds=_number(fields.get("CallDuration", "")),
        answered_by=fields.get("AnsweredBy", ""),
    )


def room_report(key: str, fields: Mapping[str, str]) -> CallReport | None:
    """Someone joined or left a conference. The participant's label is our call id."""
    what = _ROOM_EVENT.get(fields.get("StatusCallbackEvent", ""))
    call_id = fields.get("ParticipantLabel", "")
    if what is None or not call_id:
        return None
    return CallReport(
        call_id=call_id,
        key=key,
        what=what,
        carrier_sid=fields.get("CallSid", ""),
        reported_at=_moment(fields.get("Timestamp", "")),
    )


def machine_report(call_id: str, key: str, fields: Mapping[str, str]) -> CallReport | None:
    """The verdict of answering machine detection. `unknown` is treated as a person: nobody is hung up on by guess."""
    answered_by = fields.get("AnsweredBy", "")
    if not answered_by:
        return None
    what = Reported.HUMAN_HEARD if answered_by in _HUMAN else Reported.MACHINE_HEARD
    return CallReport(call_id, key, what, carrier_sid=fields.get("CallSid", ""), answered_by=answered_by.split("_")[0])


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _number(text: str) -> int | None:
    """A small whole number; nothing longer fits a row."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
