"""Forgets a customer by its number, in all that this house has, and asks partners that saw it to do the same.

The number stays blocked by its keyed hash. What proves that calls were lawful stays too: it names grounds, not people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Contact, ContactPhone, ContactStatus
from compliance import do_not_call
from dialer.draft_tables import CallDraft
from dialer.event_answers import event_terms
from dialer.tables import Call
from dialer.wiring import Parts
from events import forgetting
from foundation.errors import Conflict, NotFound
from foundation.secret_key import derived_key
from leads import privacy
from leads.anonymising import anonymise_lead, forget_number
from leads.desk import LeadDesk
from leads.lead_book import lock_lead
from leads.lead_states import LeadOutcome, LeadStatus
from leads.news import ring_to_send
from leads.privacy import RequestKind
from leads.tables import Lead

OUTCOME = "erased"
_LIVE = (ContactStatus.RESERVED, ContactStatus.FENCED)


@dataclass(frozen=True)
class Forgotten:
    """What a request came to: contacts and leads of this house, and tasks for partners."""

    request_id: str
    contacts: int
    leads: int
    tasks: int


def erase_customer(parts: Parts, phone_number: str, actor: str, now: datetime) -> Forgotten:
    """Forget everything about who has this number (E.164), and never dial it again.

    Raises:
        NotFound: nothing is known of it.
        Conflict: it is in a call right now.
    """
    with parts.database.transaction() as session:
        contacts, lead_ids = _known_by(session, phone_number)
        if any(contact.status in _LIVE for contact in contacts):
            raise Conflict("This number is in a call. Try again when the call is over.")
        _close_leads(parts, session, lead_ids, actor, now, OUTCOME)
        request, tasks = privacy.ask_partners(session, RequestKind.ERASURE, lead_ids, actor, now)
        do_not_call.block(session, phone_number, source="erasure", now=now, added_by=actor)
        for contact in contacts:
            _forget_contact(session, contact, now)
        forgetting.forget_guests(session, phone_number, [contact.id for contact in contacts], event_terms(now, actor))
        _forget_calls(session, phone_number)
        for lead_id in lead_ids:
            anonymise_lead(session, lock_lead(session, lead_id), now)
        forget_number(session, phone_number)
        do_not_call.erase(session, phone_number, derived_key(parts.settings, "do-not-call"), now)
        ring_to_send(parts.runtime, session)
        return Forgotten(request.id, len(contacts), len(lead_ids), len(tasks))


def withdraw_consent(parts: Parts, phone_number: str, actor: str, now: datetime) -> Forgotten:
    """Use the data of who has this number no more: no calls, no offers, and partners are told to stop.

    Raises:
        NotFound: nothing is known of it.
    """
    with parts.database.transaction() as session:
        contacts, lead_ids = _known_by(session, phone_number)
        _close_leads(parts, session, lead_ids, actor, now, "consent_withdrawn")
        request, tasks = privacy.ask_partners(session, RequestKind.WITHDRAWAL, lead_ids, actor, now)
        do_not_call.block(session, phone_number, source="withdrawal", now=now, added_by=actor)
        forgetting.leave_alone(session, phone_number, [contact.id for contact in contacts], event_terms(now, actor))
        waiting = [contact.id for contact in contacts if contact.status == ContactStatus.WAITING]
        contact_queue.finish_waiting(session, waiting, outcome="do_not_call", now=now)
        ring_to_send(parts.runtime, session)
        return Forgotten(request.id, len(contacts), len(lead_ids), len(tasks))


def _known_by(session: Session, phone_number: str) -> tuple[Sequence[Contact], list[str]]:
    other = select(ContactPhone.contact_id).where(ContactPhone.phone_number == phone_number)
    contacts = session.scalars(
        select(Contact)
        .where(or_(Contact.phone_number == phone_number, Contact.id.in_(other)))
        .order_by(Contact.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    of_contact = Lead.contact_id.in_([contact.id for contact in contacts])
    known = select(Lead.id).where(or_(Lead.phone_number == phone_number, of_contact), Lead.anonymised_at.is_(None))
    lead_ids = list(session.scalars(known.order_by(Lead.id)))
    if not contacts and not lead_ids:
        raise NotFound("Nothing is known of this number.")
    return contacts, lead_ids


def _close_leads(  # noqa: PLR0913, PLR0917 - whose, which, who, when and why
    parts: Parts, session: Session, lead_ids: Sequence[str], actor: str, now: datetime, why: str
) -> None:
    desk = LeadDesk(parts.runtime, session, actor, now)
    for lead_id in lead_ids:
        if session.get_one(Lead, lead_id).status != LeadStatus.CLOSED:
            desk.close(lead_id, LeadOutcome.DISQUALIFIED, why)


def _forget_contact(session: Session, contact: Contact, now: datetime) -> None:
    if contact.status == ContactStatus.WAITING:
        contact_queue.finish_waiting(session, [contact.id], outcome=OUTCOME, now=now)
    session.refresh(contact)
    session.execute(delete(ContactPhone).where(ContactPhone.contact_id == contact.id))
    # The column wants something that no other contact of the campaign has; this is no number, and cannot be dialed.
    contact.phone_number = f"gone_{contact.id[-14:]}"
    for name in ("company", "person", "email", "postcode", "place", "uid", "existing_partner", "notes", "external_id"):
        setattr(contact, name, "")
    contact.extension, contact.phone_label, contact.existing_partners, contact.fields = "", "", [], {}
    session.flush()


def _forget_calls(session: Session, phone_number: str) -> None:
    for call in session.scalars(select(Call).where(Call.to_number == phone_number, Call.kind == "contact")):
        session.execute(delete(CallDraft).where(CallDraft.call_id == call.id))
        call.to_number, call.notes, call.answers = "gone", "", {}
    session.flush()
