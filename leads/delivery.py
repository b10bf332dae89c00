"""Notices to partners, written in the transaction of what they tell. The portal shows them at once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.tables import Delivery, Lead, Offer

OFFER_MADE = "offer_made"
INCUMBENT_TOLD = "incumbent_told"
CONTACT_HALF = "first_contact_half"  # half the time for the first contact is over
CONTACT_LATE = "first_contact_late"  # four fifths of it
LEAD_RECALLED = "lead_recalled"
PROTECTION_LAPSED = "protection_lapsed"
EXTENSION_GRANTED = "extension_granted"
EXTENSION_REFUSED = "extension_refused"
CLAIM_CONFIRMED = "claim_confirmed"
CLAIM_REFUSED = "claim_refused"
CLAIM_REVOKED = "claim_revoked"
PORTAL = "portal"


@dataclass(frozen=True)
class Notice:
    """What a partner is told. One notice of a kind about a subject (an id), however often it is written."""

    kind: str
    subject: str
    partner_id: str
    lead_id: str = ""
    offer_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def notify(session: Session, notice: Notice, now: datetime) -> bool:
    """Tell a partner; whether it was not told before. Called under the lock of what it tells."""
    key = f"{notice.kind}:{notice.subject}:{PORTAL}"
    if session.scalar(select(Delivery.id).where(Delivery.key == key)) is not None:
        return False
    session.add(
        Delivery(
            key=key,
            partner_id=notice.partner_id,
            lead_id=notice.lead_id or None,
            offer_id=notice.offer_id,
            notice=notice.kind,
            channel=PORTAL,
            status="sent",
            facts=notice.facts,
            created_at=now,
            sent_at=now,
        )
    )
    session.flush()
    return True


def notify_of_offer(session: Session, offer: Offer, now: datetime) -> None:
    """Tell a partner of its new offer."""
    session.add(
        Delivery(
            key=f"{OFFER_MADE}:{offer.id}:{PORTAL}",
            partner_id=offer.partner_id,
            lead_id=offer.lead_id,
            offer_id=offer.id,
            notice=OFFER_MADE,
            channel=PORTAL,
            status="sent",
            created_at=now,
            sent_at=now,
        )
    )


def tell_incumbent(session: Session, lead: Lead, partner_id: str, facts: dict[str, Any], now: datetime) -> bool:
    """Tell a partner that a lead of a customer it serves goes elsewhere, and why; whether it was not told before."""
    key = f"{INCUMBENT_TOLD}:{lead.id}:{partner_id}:{PORTAL}"
    if session.scalar(select(Delivery.id).where(Delivery.key == key)) is not None:
        return False
    session.add(
        Delivery(
            key=key,
            partner_id=partner_id,
            lead_id=lead.id,
            notice=INCUMBENT_TOLD,
            channel=PORTAL,
            status="sent",
            facts=facts,
            created_at=now,
            sent_at=now,
        )
    )
    return True
