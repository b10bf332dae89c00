"""Makes a lead of a qualified call: the contact, what was answered, what it comes to, and the proof of its origin."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.tables import Contact
from compliance import receipts
from compliance.calling_hours import Place
from compliance.jurisdictions import find_jurisdiction
from compliance.rules import accepted_grounds
from dialer import job_names
from dialer.drafts import LONGEST_WISH, Judged
from dialer.tables import Call
from dialer.wiring import Parts
from foundation.phone_number import country_of
from foundation.queue import QueueName
from foundation.secret_key import derived_key
from leads import form_book, lead_book
from leads.tables import Lead


def open_lead(parts: Parts, session: Session, call: Call, draft: lead_book.LeadDraft, now: datetime) -> None:
    """Open the lead of a locked call, and have it routed. One that was opened during the call is completed."""
    was_open = bool(call.lead_id)
    lead = enter_lead(parts, session, call, draft, now)
    if was_open:
        lead_book.complete_lead(session, lead_book.lock_lead(session, lead.id), draft, now)
    parts.queue.put_after_commit(session, QueueName.WORK, job_names.ROUTE_LEAD, lead.id)
    parts.live.publish_after_commit(session, "leads")


def enter_lead(parts: Parts, session: Session, call: Call, draft: lead_book.LeadDraft, now: datetime) -> Lead:
    """The lead of a locked call, with the proof of its origin; not routed yet. There is one a call, whoever asks."""
    lead = lead_book.open_lead(session, draft, now)
    call.lead_id = lead.id
    if not lead.receipt:
        key = derived_key(parts.settings, receipts.PURPOSE)
        lead.receipt = receipts.sign_receipt(session, key, receipts.Origin(lead.id, call.id, call.gate_verdict), now)
    return lead


def draft_of_lead(session: Session, call: Call, judged: Judged, wish: str, now: datetime) -> lead_book.LeadDraft:
    """What a lead of this call holds. The form that was asked is kept, so that the answers can always be read."""
    contact = session.get_one(Contact, call.contact_id)
    made_of_answers = judged.assessment
    return lead_book.LeadDraft(
        call_id=call.id,
        contact_id=contact.id,
        campaign_id=contact.campaign_id,
        company=contact.company,
        person=contact.person,
        phone_number=contact.phone_number,
        email=contact.email,
        language=contact.language,
        postcode=contact.postcode,
        canton=contact.canton,
        employees=contact.employees,
        uid=contact.uid,
        existing_partner=contact.existing_partner,
        needs_receipt=needs_ground(call, contact.canton, now),
        form_mark=form_book.keep_form(session, judged.form, now),
        answers=dict(judged.answers.values),
        evidence=dict(judged.answers.evidence),
        wish=wish.strip()[:LONGEST_WISH],
        complexity=made_of_answers.complexity.band,
        grade=made_of_answers.grade,
        urgency=made_of_answers.urgency,
        assessment=made_of_answers.to_json(),
        notes=call.notes,
    )


def needs_ground(call: Call, canton: str, now: datetime) -> bool:
    """Whether the law where the call went asks for a ground: by the facts that the gate saw, else by the number.

    Where no rules are known, it is taken to.
    """
    facts = call.gate_verdict.get("facts", {})
    country = str(facts.get("country", "")) or country_of(call.to_number)
    place = facts.get("place", {})
    region = place.get("region", canton if country == "CH" else "")
    where = Place(str(region), tuple(place.get("time_zones", ())), str(place.get("party", "")))
    return find_jurisdiction(country) is None or accepted_grounds(country, where, now.date()) is not None
