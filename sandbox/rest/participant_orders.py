"""Reads who is to be called into a conference, and how: a Participant is a call whose program is one `<Conference>`."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from sandbox.engine import rooms
from sandbox.engine.orders import CALL_EVENTS, RECORDING_EVENTS, CallOrder, Program, RoomOrder
from sandbox.engine.records import Conference
from sandbox.office.accounts import Account
from sandbox.office.office import Office
from sandbox.rest.addresses import read_addresses
from sandbox.rest.errors import RestError
from sandbox.rest.forms import INVALID_PARAMETER, Form, choice_field, read_flag, read_number
from sandbox.rest.orders import read_detection, read_recording, read_subscription, read_time_limit

ROOM_EVENTS = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
LONGEST_LABEL, LARGEST_ROOM = 128, 250
_CALL_SID = re.compile("CA[0-9a-f]{32}")
# How a Participants parameter is called as an attribute of `<Conference>`.
_ATTRIBUTES = {
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "Label": "participantLabel",
    "CallSidToCoach": "coach",
    "JitterBufferSize": "jitterBufferSize",
    "Region": "region",
    "ConferenceRecord": "record",
    "ConferenceTrim": "trim",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
    "ConferenceRecordingStatusCallbackMethod": "recordingStatusCallbackMethod",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
}
_SUBSCRIPTIONS = (
    ("ConferenceStatusCallback", "statusCallbackEvent", "start end", ROOM_EVENTS),
    ("ConferenceRecordingStatusCallback", "recordingStatusCallbackEvent", "completed", RECORDING_EVENTS),
)
_CHOICES = (
    choice_field("Beep", "true", "false", "onEnter", "onExit"),
    choice_field("JitterBufferSize", "large", "medium", "small", "off"),
    choice_field("ConferenceRecord", "do-not-record", "record-from-start", "true", "false"),
)


def read_participant_order(
    form: Form, office: Office, account: Account, room: Conference | None, name: str
) -> CallOrder:
    """Read `POST …/Participants.json`; `room` is the conference of that name, if it is open."""
    to, caller = read_addresses(form, office, account)
    if office.is_at_concurrency_limit(account):
        raise RestError(16021, "The account has as many calls at once as it may have")
    return CallOrder(
        account_sid=account.sid,
        to=to,
        caller=caller,
        program=Program(twiml=_write_twiml(form, name)),
        subscription=read_subscription(form, "StatusCallback", "completed", CALL_EVENTS),
        ring_timeout_seconds=read_number(form, "Timeout", 60, (5, 600)),
        time_limit_seconds=read_time_limit(form, account),
        detection=read_detection(form, "AmdStatusCallback"),
        recording=read_recording(form, "OutboundAPI") if read_flag(form, "Record") else None,
        room=_read_room(form, room, name),
    )


def _read_room(form: Form, room: Conference | None, name: str) -> RoomOrder:
    for choice in _CHOICES:
        if form.get(choice.key):
            choice.read(choice.key, form[choice.key])
    read_number(form, "MaxParticipants", LARGEST_ROOM, (2, LARGEST_ROOM))
    return RoomOrder(
        name=name,
        muted=read_flag(form, "Muted"),
        starts_on_enter=read_flag(form, "StartConferenceOnEnter", default=True),
        ends_on_exit=read_flag(form, "EndConferenceOnExit"),
        label=_read_label(form, room),
        coached_sid=read_coached(form, room),
    )


def _read_label(form: Form, room: Conference | None) -> str | None:
    label = form.get("Label", "") or None
    if label is None:
        return None
    if len(label) > LONGEST_LABEL or "/" in label or _CALL_SID.fullmatch(label):
        raise RestError(
            INVALID_PARAMETER, f"Label {label} is longer than {LONGEST_LABEL}, holds a / or looks like a SID"
        )
    if room is not None and find_by_label(room, label):
        raise RestError(rooms.LABEL_IN_USE, f"The label {label} is in use in the conference")
    return label


def find_by_label(room: Conference, label: str) -> str | None:
    """Return the SID of the call that has this label, in the room or on its way there."""
    who = rooms.find_participant(room, label)
    if who is not None:
        return who.call.sid
    expected = (
        call for call in room.expected.values() if call.order.room is not None and call.order.room.label == label
    )
    return next((call.sid for call in expected), None)


def read_coached(form: Form, room: Conference | None) -> str | None:
    """Return the call to coach: None for nobody, 13240 when it is not said, 16028 when it is not there."""
    if form.get("Coaching") and not read_flag(form, "Coaching"):
        return None
    sid = form.get("CallSidToCoach") or None
    if sid is None and form.get("Coaching"):
        raise RestError(13240, "Coaching needs CallSidToCoach")
    if sid is not None and (room is None or rooms.find_participant(room, sid) is None):
        raise RestError(16028, f"The participant to coach, {sid}, is not in the conference")
    return sid


def _write_twiml(form: Form, name: str) -> str:
    attributes = {twiml: form[key] for key, twiml in _ATTRIBUTES.items() if form.get(key)}
    if not read_flag(form, "Coaching", default=True):
        attributes.pop("coach", None)
    for key, attribute, usual, known in _SUBSCRIPTIONS:
        subscription = read_subscription(form, key, usual, known)
        if subscription is not None:
            attributes[attribute] = " ".join(sorted(subscription.events))
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<Response><Dial><Conference{written}>{escape(name)}</Conference></Dial></Response>"
