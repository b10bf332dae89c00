"""What the page is told of calls, conferences, queues, alerts and requests to the application, as plain values."""

from __future__ import annotations

from itertools import islice

from sandbox.carrier import Carrier
from sandbox.engine.audibility import hears
from sandbox.engine.clock import ScaledClock
from sandbox.engine.records import Alert, Call, Conference, Queue
from sandbox.phones.hearing import companions

View = dict[str, object]

# How much of the past a page that is opened sees.
ENDED_SHOWN, ALERTS_SHOWN, REQUESTS_SHOWN, QUEUES_SHOWN = 30, 100, 100, 50
EXCHANGES_SHOWN, LONGEST_BODY = 30, 4000
REQUEST_KINDS = frozenset({"callback_tried", "twiml_fetched", "recording_tried"})


def view_network(carrier: Carrier) -> View:
    """Return all that lives now, and a little of what was."""
    board = carrier.board
    ended = [call for call in islice(reversed(board.calls.values()), 500) if call.is_final][:ENDED_SHOWN]
    return {
        "calls": [view_call(carrier, call) for call in (*board.live_calls.values(), *reversed(ended))],
        "rooms": [view_room(room) for room in board.open_rooms.values()],
        "alerts": [view_alert(alert) for alert in board.alerts[-ALERTS_SHOWN:]],
        "requests": last_requests(carrier),
        "by_hand": list(carrier.people.by_hand),
        **view_figures(carrier),
    }


def view_figures(carrier: Carrier) -> View:
    """Return the clock, the counts at the head of the page, and the queues."""
    board, clock = carrier.board, carrier.clock
    return {
        "now": clock.now(),
        "speed": clock.speed if isinstance(clock, ScaledClock) else 0,
        "live": len(board.live_calls),
        "placed": len(board.calls) + board.forgotten_calls,
        "open_rooms": len(board.open_rooms),
        "queues": [view_queue(queue) for queue in board.queues.values() if queue.members][:QUEUES_SHOWN],
        "pending": carrier.courier.pending_callbacks + carrier.courier.pending_fetches,
    }


def view_call(carrier: Carrier, call: Call) -> View:
    """Return one call. Instants are carrier Unix seconds or None."""
    room, voice = call.conference, carrier.switch.voice_of(call.sid)
    who = room.participants.get(call.sid) if room is not None else None
    person = call.behaviour
    return {
        "sid": call.sid,
        "to": call.order.to,
        "from": call.order.caller,
        "direction": call.order.direction,
        "parent": call.order.parent_sid,
        "status": call.status,
        "created_at": call.created_at,
        "since": call.ended_at or call.answered_at or call.dialed_at or call.created_at,
        "outcome": person.outcome if person is not None else None,
        "is_agent": carrier.people.is_agent(call.order.to),
        "has_phone": carrier.switch.is_registered(call.order.to),
        "listens": call.receive_input is not None,
        "room": room.name if room is not None else None,
        "queue": call.member.queue.name if call.member is not None else None,
        "muted": who is not None and who.muted,
        "on_hold": who is not None and who.on_hold,
        "hears": [one.call.order.to for one in companions(call) if one.hears][:5],
        "voice": ("phone" if voice.ends_call else "page") if voice is not None else None,
        "voice_muted": voice is not None and voice.is_muted,
        "answered_by": call.answered_by,
        "sip": call.sip_code,
        "ended_by": call.hung_up_by,
    }


def view_room(room: Conference) -> View:
    """Return one conference and who hears whom in it."""
    return {
        "sid": room.sid,
        "name": room.name,
        "status": room.status,
        "created_at": room.created_at,
        "people": [
            {
                "sid": who.call.sid,
                "to": who.call.order.to,
                "muted": who.muted,
                "on_hold": who.on_hold,
                "coaches": who.coached_sid,
                "hears": [other.call.order.to for other in hears(room, who)],
            }
            for who in room.participants.values()
        ],
    }


def view_queue(queue: Queue) -> View:
    """Return one queue in which somebody waits."""
    return {"sid": queue.sid, "name": queue.name, "waiting": [who.call.order.to for who in queue.members.values()][:20]}


def view_alert(alert: Alert) -> View:
    """Return one line of the alert list."""
    return {
        "sid": alert.sid,
        "code": alert.code,
        "level": alert.level,
        "text": alert.text,
        "call": alert.call_sid,
        "at": alert.at,
        "url": alert.url,
    }


def view_request(entry: dict[str, object]) -> View:
    """Return one request to the application from its ledger entry: what was told, and what came back."""
    kept = ("n", "at", "kind", "topic", "event", "sid", "url", "call_status", "try", "status", "failure", "ms", "fault")
    return {key: entry[key] for key in kept if entry.get(key) is not None}


def last_requests(carrier: Carrier) -> list[View]:
    """Return the last requests to the application, oldest first."""
    found: list[View] = []
    for entry in islice(carrier.ledger.read_backwards(), 5000):
        if entry["kind"] in REQUEST_KINDS:
            found.append(view_request(entry))
            if len(found) == REQUESTS_SHOWN:
                break
    return found[::-1]


def view_exchanges(carrier: Carrier, sid: str) -> list[View]:
    """Return what was said to the application about a call, whole, and what it answered; the newest first."""
    return [
        {
            "at": one.at,
            "method": one.method,
            "url": one.url,
            "sent": [[key, value] for key, value in one.params if value],
            "status": one.status,
            "type": one.content_type,
            "body": one.body[:LONGEST_BODY],
            "ms": one.milliseconds,
        }
        for one in reversed(carrier.office.deliveries.of(sid)[-EXCHANGES_SHOWN:])
    ]
