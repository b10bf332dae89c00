"""The events that partners' programs are told: JSON with ids, codes, moments and teasers, and never a person.

Who wants the contact of an accepted lead asks the API for it, so that nothing personal lies in other people's logs.
"""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from leads.delivery import (
    APPOINTMENT_SET,
    CONTACT_HALF,
    CONTACT_LATE,
    DISPUTE_DECIDED,
    EXTENSION_GRANTED,
    EXTENSION_REFUSED,
    INCUMBENT_TOLD,
    LEAD_ACCEPTED,
    LEAD_RECALLED,
    OFFER_ENDED,
    OFFER_MADE,
    PRIVACY_REMINDER,
    PRIVACY_TASK,
    PROTECTION_LAPSED,
)
from leads.tables import Delivery, Offer

VERSION = 1
# The names under which notices are told. One that is not here is told under its own name, with a dot in it.
EVENT_TYPES = {
    OFFER_MADE: "offer.made",
    OFFER_ENDED: "offer.ended",
    LEAD_ACCEPTED: "lead.accepted",
    LEAD_RECALLED: "lead.recalled",
    INCUMBENT_TOLD: "lead.passed_over",
    CONTACT_HALF: "reminder.first_contact",
    CONTACT_LATE: "reminder.first_contact_late",
    PROTECTION_LAPSED: "protection.lapsed",
    EXTENSION_GRANTED: "protection.extended",
    EXTENSION_REFUSED: "protection.not_extended",
    APPOINTMENT_SET: "appointment.set",
    DISPUTE_DECIDED: "dispute.decided",
    PRIVACY_TASK: "privacy.task",
    PRIVACY_REMINDER: "privacy.reminder",
}


def event_type(notice: str) -> str:
    """What an event is called: `offer.made`."""
    return EVENT_TYPES.get(notice, notice.replace("_", ".", 1))


def event_of(session: Session, delivery: Delivery) -> dict[str, Any]:
    """The event of a notice: `type`, `version`, `timestamp` (when it happened), `data`.

    The same for each try and replay, unless what it is about has been anonymised meanwhile.
    """
    told: dict[str, Any] = {"lead_id": delivery.lead_id} if delivery.lead_id else {}
    if delivery.offer_id:
        told["offer_id"] = delivery.offer_id
    offer = session.get(Offer, delivery.offer_id) if delivery.offer_id else None
    if offer is not None and delivery.notice == OFFER_MADE:
        told |= {
            "basis": offer.basis,
            "offered_at": moment(offer.offered_at),
            "expires_at": moment(offer.expires_at),
            "teaser": offer.teaser,
        }
    return {
        "type": event_type(delivery.notice),
        "version": VERSION,
        "timestamp": moment(delivery.created_at),
        "data": told | delivery.facts,
    }


def body_of(event: dict[str, Any]) -> bytes:
    """An event as it is sent: compact JSON, the same bytes for the same event."""
    return json.dumps(event, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def moment(at: datetime) -> str:
    """A moment as events have it: UTC, with Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
