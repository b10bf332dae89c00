"""Adds up what the carrier carried: per number, per outcome, and how long each answered person waited. Read-only."""

from __future__ import annotations

from collections import Counter

from sandbox.carrier import Carrier
from sandbox.engine.records import Call
from sandbox.ledger import iso_milliseconds


def summarise(carrier: Carrier, *, with_prospects: bool = True) -> dict[str, object]:
    """Return the counts of a run. A prospect is anyone called through the REST API who is not an agent's phone."""
    board, courier = carrier.board, carrier.courier
    ordered = [call for call in board.calls.values() if call.order.direction == "outbound-api"]
    prospects = [call for call in ordered if not carrier.people.is_agent(call.order.to)]
    agents = [call for call in ordered if carrier.people.is_agent(call.order.to)]
    answered = [call for call in prospects if call.answered_at is not None]
    found: dict[str, object] = {
        "now": iso_milliseconds(board.now()),
        "speed": carrier.settings.speed,
        "calls": len(board.calls),
        "forgotten": board.forgotten_calls,
        "placed": len(prospects),
        "placed_by_number": Counter(call.order.to for call in prospects),
        "placed_by_agent_address": Counter(call.order.to for call in agents),
        "by_status": Counter(call.status for call in prospects),
        "by_outcome": Counter(_outcome(call) for call in prospects),
        "agreeing": sum(call.behaviour is not None and call.behaviour.agrees for call in answered),
        "answered": len(answered),
        "bridged": sum(call.first_bridged_at is not None for call in answered),
        "live_calls": len(board.live_calls),
        "live_prospects": sum(not call.is_final for call in prospects),
        "live_conferences": len(board.open_rooms),
        "pending_callbacks": courier.pending_callbacks,
        "pending_fetches": courier.pending_fetches,
        "alerts": Counter(str(alert.code) for alert in board.alerts),
        "entries": carrier.ledger.counts,
        "faults_struck": carrier.faults.struck,
    }
    if with_prospects:
        found["prospects"] = [describe(call) for call in prospects]
    return found


def describe(call: Call) -> dict[str, object]:
    """Return one call as the carrier saw it; instants in carrier time with milliseconds."""
    wait = None
    if call.first_bridged_at is not None and call.answered_at is not None:
        wait = round((call.first_bridged_at - call.answered_at) * 1000, 3)
    return {
        "sid": call.sid,
        "to": call.order.to,
        "from": call.order.caller,
        "status": call.status,
        "outcome": _outcome(call),
        "agrees": call.behaviour.agrees if call.behaviour is not None else None,
        "dial_number": call.dial_number,
        "created_at": iso_milliseconds(call.created_at),
        "dialed_at": _instant(call.dialed_at),
        "answered_at": _instant(call.answered_at),
        "spoken_to_at": _instant(call.spoken_to_at),
        "bridged_at": _instant(call.first_bridged_at),
        "ended_at": _instant(call.ended_at),
        "answer_to_bridge_ms": wait,
        "bridged_seconds": round(call.bridged_seconds, 3),
        "hung_up_by": call.hung_up_by,
        "sip_code": call.sip_code,
        "conference": call.conference.name if call.conference is not None else None,
    }


def _outcome(call: Call) -> str:
    return call.behaviour.outcome if call.behaviour is not None else "not_dialed"


def _instant(at: float | None) -> str | None:
    return iso_milliseconds(at) if at is not None else None
