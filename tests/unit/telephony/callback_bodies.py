"""Callback bodies as the carrier writes them: its documented fields, blank ones included. The numbers are ours."""

from urllib.parse import urlencode

ACCOUNT_SID = "AC" + "1" * 32
CALL_SID = "CA" + "2" * 32
ROOM_SID = "CF" + "3" * 32

_PLACES = {
    f"{who}{what}": "" if what != "Country" else "CH"
    for who in ("Called", "To", "Caller", "From")
    for what in ("City", "State", "Zip", "Country")
}


def status_fields(call_status: str, number: int, **more: str) -> dict[str, str]:
    """The fields of a status callback with sequence number `number`."""
    return {
        "CallSid": CALL_SID,
        "AccountSid": ACCOUNT_SID,
        "From": "+41446681800",
        "To": "+41446681899",
        "Caller": "+41446681800",
        "Called": "+41446681899",
        "CallStatus": call_status,
        "ApiVersion": "2010-04-01",
        "Direction": "outbound-api",
        "Timestamp": "Mon, 02 Mar 2026 09:00:05 +0000",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(number),
        **_PLACES,
        **more,
    }


def room_fields(event: str, number: int, label: str, **more: str) -> dict[str, str]:
    """The fields of a conference callback. Its sequence counts per conference, and calls have a label."""
    return {
        "ConferenceSid": ROOM_SID,
        "FriendlyName": "call_leg",
        "AccountSid": ACCOUNT_SID,
        "CallSid": CALL_SID,
        "ParticipantLabel": label,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(number),
        "Timestamp": "Mon, 02 Mar 2026 09:00:07 +0000",
        "Muted": "false",
        "Hold": "false",
        "Coaching": "false",
        "EndConferenceOnExit": "false",
        "StartConferenceOnEnter": "true",
        **more,
    }


def machine_fields(answered_by: str) -> dict[str, str]:
    """The fields of the verdict of answering machine detection. It has no sequence number."""
    return {
        "CallSid": CALL_SID,
        "AccountSid": ACCOUNT_SID,
        "AnsweredBy": answered_by,
        "MachineDetectionDuration": "2861",
    }


def body_of(fields: dict[str, str]) -> bytes:
    """The form as it goes over the wire."""
    return urlencode(fields).encode()
