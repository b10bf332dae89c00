"""Takes an accepted lead back: the partner's access to the contact ends, its protection too, and the next one is found.

The clock of the first contact does it by itself after two reminders; a person may do it with a reason.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Conflict
from leads import delivery, first_contact, protection
from leads.dispute_tables import CoDelivery
from leads.lead_book import Note, end_offer, lock_lead, write_event
from leads.lead_states import LeadStatus, OfferMove, OfferStatus
from leads.promise_tables import FirstContact
from leads.tables import Lead, Offer

NO_FIRST_CONTACT = "no_first_contact"
RECALLED = "recalled"


@dataclass(frozen=True)
class Acted:
    """What a clock did: `half` or `late` (a reminder), `recalled`, or nothing (empty). Whose lead it was."""

    deed: str = ""
    lead_id: str = ""
    partner_id: str = ""


def recall(session: Session, lead: Lead, reason: str, now: datetime, actor: str = "") -> Offer:
    """Take back a locked lead that a partner accepted; it is open again. `reason` is a code.

    The offer stays paid for: whoever accepts and does nothing must not fare better than whoever lets it lapse.

    Raises:
        Conflict: no partner has accepted this lead.
    """
    accepted = select(Offer).where(Offer.lead_id == lead.id, Offer.status == OfferStatus.ACCEPTED)
    offer = session.scalar(accepted)
    if offer is None or lead.status != LeadStatus.ACCEPTED:
        raise Conflict("no partner has accepted this lead")
    first_contact.stop_clock(session, lead, now)
    protection.end_of_lead(session, lead.id, "recalled", now)
    end_offer(session, lead, offer, OfferMove.RECALL, Note("lead_recalled", now, actor, facts={"reason": reason}))
    write_event(session, lead.id, Note("contact_access_ended", now, actor, offer.id, offer.partner_id))
    notice = delivery.Notice(delivery.LEAD_RECALLED, offer.id, offer.partner_id, lead.id, offer.id, {"reason": reason})
    delivery.notify(session, notice, now)
    _end_co_delivery(session, lead, reason, now, actor)
    return offer


def _end_co_delivery(session: Session, lead: Lead, reason: str, now: datetime, actor: str) -> None:
    """Who worked on the lead beside its partner has it from that partner's acceptance, and loses it with it."""
    for shared in session.scalars(select(CoDelivery).where(CoDelivery.lead_id == lead.id)).all():
        session.delete(shared)
        ended = Note("co_delivery_ended", now, actor, partner_id=shared.partner_id, facts={"reason": reason})
        write_event(session, lead.id, ended)
        write_event(session, lead.id, Note("contact_access_ended", now, actor, partner_id=shared.partner_id))
        subject = f"{lead.id}:{shared.partner_id}:{shared.since.isoformat()}"
        notice = delivery.Notice(delivery.LEAD_RECALLED, subject, shared.partner_id, lead.id, facts={"reason": reason})
        delivery.notify(session, notice, now)


def act_on_clock(session: Session, offer_id: str, lead_id: str, now: datetime) -> Acted:
    """Do what the clock of an offer says is due: remind, or take the lead back. Decided under the lead's lock, so a
    confirmation that came a moment ago stands.
    """
    lead = lock_lead(session, lead_id)
    clock = session.get_one(FirstContact, offer_id, populate_existing=True)
    if clock.next_at is None or clock.next_at > now:
        return Acted()
    if clock.partner_id != lead.partner_id or lead.status != LeadStatus.ACCEPTED:
        clock.next_at = None
        return Acted()
    if now >= clock.due_at:
        recall(session, lead, NO_FIRST_CONTACT, now)
        return Acted(RECALLED, lead.id, clock.partner_id)
    # After a pause of ours, the second reminder stands for both.
    deed, kind = ("late", delivery.CONTACT_LATE) if now >= clock.late_at else ("half", delivery.CONTACT_HALF)
    clock.reminders += 1
    clock.next_at = clock.due_at if deed == "late" else clock.late_at
    write_event(session, lead.id, Note("partner_reminded", now, "", offer_id, clock.partner_id, {"at": deed}))
    facts = {"due_at": clock.due_at.isoformat()}
    delivery.notify(session, delivery.Notice(kind, offer_id, clock.partner_id, lead.id, offer_id, facts), now)
    return Acted(deed, lead.id, clock.partner_id)
