"""Forgets a customer by its number, in all that this house has, and asks partners that saw it to do the same.

The number stays blocked by its keyed hash. What proves that calls were lawful stays too: it names grounds, not people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Contact, ContactPhone, ContactStatus
from compliance import do_not_call
from dialer import personal_rows
from dialer.event_answers import event_terms
from dialer.tables import Call
from dialer.wiring import Parts
from events import forgetting
from foundation.errors import Conflict, NotFound
from foundation.secret_key import derived_key
from leads import privacy
from leads.anonymising import anonymise_lead, forget_number, lock_claims
from leads.desk import LeadDesk
from leads.lead_book import lock_lead
from leads.lead_states import LeadOutcome, LeadStatus
from leads.news import ring_to_send
from leads.privacy import RequestKind
from leads.tables import Lead

OUTCOME = "erased"


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
    # Looked for first: it reads every refused row, and nobody should wait for that behind a lock.
    with parts.database.reading() as session:
        refused = personal_rows.refused_rows_with(session, phone_number)
    with parts.database.transaction() as session:
        calls = _lock_calls(session, phone_number)
        contacts, lead_ids = _known_by(session, phone_number)
        _refuse_unknown(contacts, lead_ids, refused)
        if any(contact.status in personal_rows.LIVE for contact in contacts):
            raise Conflict("This number is in a call. Try again when the call is over.")
        _close_leads(parts, session, lead_ids, actor, now, OUTCOME)
        request, tasks = privacy.ask_partners(session, RequestKind.ERASURE, lead_ids, actor, now)
        do_not_call.block(session, phone_number, source="erasure", now=now, added_by=actor)
        for contact in contacts:
            personal_rows.forget_contact(session, contact, OUTCOME, now)
        forgetting.forget_guests(session, phone_number, [contact.id for contact in contacts], event_terms(now, actor))
        personal_rows.forget_callbacks(session, calls)
        personal_rows.forget_calls(session, calls)
        personal_rows.forget_refused_rows(session, refused)
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
        _lock_calls(session, phone_number)
        contacts, lead_ids = _known_by(session, phone_number)
        _refuse_unknown(contacts, lead_ids)
        _close_leads(parts, session, lead_ids, actor, now, "consent_withdrawn")
        request, tasks = privacy.ask_partners(session, RequestKind.WITHDRAWAL, lead_ids, actor, now)
        do_not_call.block(session, phone_number, source="withdrawal", now=now, added_by=actor)
        forgetting.leave_alone(session, phone_number, [contact.id for contact in contacts], event_terms(now, actor))
        waiting = [contact.id for contact in contacts if contact.status == ContactStatus.WAITING]
        contact_queue.finish_waiting(session, waiting, outcome="do_not_call", now=now)
        ring_to_send(parts.runtime, session)
        return Forgotten(request.id, len(contacts), len(lead_ids), len(tasks))


def _lock_calls(session: Session, phone_number: str) -> Sequence[Call]:
    """All calls to a number. Locks come in the order of all steps: calls, contacts, claims, leads, and credit with the
    first lead that is closed.
    """
    to_number = select(Call).where(Call.to_number == phone_number, Call.kind == "contact").order_by(Call.id)
    return session.scalars(to_number.with_for_update()).all()


def _known_by(session: Session, phone_number: str) -> tuple[Sequence[Contact], list[str]]:
    """Contacts, and the ids of all their leads, all of them locked, and what partners claim of the number."""
    other = select(ContactPhone.contact_id).where(ContactPhone.phone_number == phone_number)
    contacts = session.scalars(
        select(Contact)
        .where(or_(Contact.phone_number == phone_number, Contact.id.in_(other)))
        .order_by(Contact.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    lock_claims(session, phone_number)
    of_contact = Lead.contact_id.in_([contact.id for contact in contacts])
    known = select(Lead).where(or_(Lead.phone_number == phone_number, of_contact), Lead.anonymised_at.is_(None))
    locked = known.order_by(Lead.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return contacts, [lead.id for lead in session.scalars(locked)]


def _refuse_unknown(*found: Sequence[object]) -> None:
    if not any(found):
        raise NotFound("Nothing is known of this number.")


def _close_leads(  # noqa: PLR0913, PLR0917 - whose, which, who, when and why
    parts: Parts, session: Session, lead_ids: Sequence[str], actor: str, now: datetime, why: str
) -> None:
    desk = LeadDesk(parts.runtime, session, actor, now)
    for lead_id in lead_ids:
        if session.get_one(Lead, lead_id).status != LeadStatus.CLOSED:
            desk.close(lead_id, LeadOutcome.DISQUALIFIED, why)
