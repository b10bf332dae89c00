"""Words the answers of the REST API: exactly Twilio's keys, types, nulls and dates (RFC 2822).

Finding things is left to others.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.engine.orders import RoomOrder
from sandbox.engine.records import Call, Conference, Participant
from sandbox.engine.reports import API_VERSION, duration_seconds, rfc2822
from sandbox.engine.rooms import find_participant
from sandbox.office.office import Office

Body = dict[str, object]
_CALL_PARTS = (
    "events",
    "notifications",
    "payments",
    "recordings",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_message_subscriptions",
    "user_defined_messages",
)


def date_or_null(at: float | None) -> str | None:
    """Return a carrier instant as Twilio writes it, or None."""
    return rfc2822(at) if at is not None else None


def account_path(account_sid: str) -> str:
    """Return the path under which an account's resources live."""
    return f"/{API_VERSION}/Accounts/{account_sid}"


def formatted(number: str) -> str:
    """Return a number as Twilio shows it to people: those of North America as (415) 555-0100, others as they are."""
    if len(number) == 12 and number.startswith("+1"):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def money(amount: Decimal) -> str:
    """Return a sum of USD as Twilio writes it."""
    return f"{amount:.5f}"


def call_body(office: Office, call: Call) -> Body:
    """Render a call: 26 keys, numbers of seconds as strings."""
    path = f"{account_path(call.order.account_sid)}/Calls/{call.sid}"
    number = office.number_item(call.order.account_sid, call.order.caller)
    price = office.billing.prices.get(call.sid)
    answered_by = call.answered_by.split("_")[0] if call.answered_by in _RESOURCE_VERDICTS else None
    return {
        "sid": call.sid,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
        "parent_call_sid": call.order.parent_sid,
        "account_sid": call.order.account_sid,
        "to": call.order.to,
        "to_formatted": formatted(call.order.to),
        "from": call.order.caller,
        "from_formatted": formatted(call.order.caller),
        "phone_number_sid": number.sid if number is not None else None,
        # `initiated` is a word of callbacks only.
        "status": "queued" if call.status == "initiated" else call.status,
        "start_time": date_or_null(call.dialed_at),
        "end_time": date_or_null(call.ended_at),
        "duration": str(duration_seconds(call)) if call.is_final else None,
        "price": money(-price) if price is not None else None,
        "price_unit": "USD",
        "direction": call.order.direction,
        "answered_by": answered_by,
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(call.queue_milliseconds),
        "trunk_sid": None,
        "uri": f"{path}.json",
        "subresource_uris": {part: f"{path}/{_camel(part)}.json" for part in _CALL_PARTS},
    }


_RESOURCE_VERDICTS = {"human", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"}


def _camel(word: str) -> str:
    return "".join(part.capitalize() for part in word.split("_"))


def conference_body(room: Conference) -> Body:
    """Render a conference."""
    path = f"{account_path(room.account_sid)}/Conferences/{room.sid}"
    return {
        "account_sid": room.account_sid,
        "date_created": rfc2822(room.created_at),
        "date_updated": rfc2822(room.updated_at),
        "api_version": API_VERSION,
        "friendly_name": room.name,
        "region": "us1",
        "sid": room.sid,
        "status": room.status,
        "uri": f"{path}.json",
        "reason_conference_ended": room.end_reason,
        "call_sid_ending_conference": room.ended_by_sid,
        "subresource_uris": {"participants": f"{path}/Participants.json", "recordings": f"{path}/Recordings.json"},
    }


def participant_body(room: Conference, who: Participant) -> Body:
    """Render someone who is in the room."""
    coached = find_participant(room, who.coached_sid) if who.coached_sid is not None else None
    return {
        **_participant_base(room, who.call),
        "label": who.order.label,
        "call_sid_to_coach": coached.call.sid if coached is not None else who.coached_sid,
        "coaching": who.coached_sid is not None,
        "date_created": rfc2822(who.joined_at),
        "date_updated": rfc2822(who.updated_at),
        "end_conference_on_exit": who.ends_on_exit,
        "muted": who.muted,
        "hold": who.on_hold,
        "start_conference_on_enter": who.order.starts_on_enter,
        "status": "connected",
    }


def expected_body(room: Conference, call: Call) -> Body:
    """Render someone who was ordered into the room and has not answered yet: as ordered."""
    status = {"queued": "queued", "initiated": "connecting", "ringing": "ringing"}.get(call.status, "connecting")
    order = call.order.room or RoomOrder(room.name)
    return {
        **_participant_base(room, call),
        "label": order.label,
        "call_sid_to_coach": order.coached_sid,
        "coaching": order.coached_sid is not None,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
        "end_conference_on_exit": order.ends_on_exit,
        "muted": order.muted,
        "hold": False,
        "start_conference_on_enter": order.starts_on_enter,
        "status": status,
    }


def _participant_base(room: Conference, call: Call) -> Body:
    path = f"{account_path(room.account_sid)}/Conferences/{room.sid}/Participants/{call.sid}.json"
    return {
        "account_sid": room.account_sid,
        "call_sid": call.sid,
        "conference_sid": room.sid,
        "queue_time": str(call.queue_milliseconds),
        "uri": path,
    }
