"""The clock of the first contact: a partner that accepted speaks with the customer soon, or is reminded twice.

Holds the rows, under the lead's lock. What follows when nobody called is `leads.recall`'s affair.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.errors import Conflict, NotFound
from leads.business_clock import after_hours
from leads.facts import Policy
from leads.lead_book import Note, lock_lead, write_event
from leads.lead_states import LeadStatus
from leads.partner_calendar import calendar_of
from leads.partners import profile_of
from leads.promise_tables import FirstContact
from leads.tables import Lead, Offer, Partner

# At these parts of its time the partner is reminded.
HALF, LATE = 0.5, 0.8


def start_clock(session: Session, offer: Offer, policy: Policy, now: datetime) -> FirstContact:
    """Start the clock of an offer that has just been accepted, in the partner's business hours."""
    calendar = calendar_of(profile_of(session.get_one(Partner, offer.partner_id)), policy)
    half, late, due = (after_hours(now, policy.first_contact_hours * part, calendar) for part in (HALF, LATE, 1.0))
    clock = FirstContact(
        offer_id=offer.id,
        lead_id=offer.lead_id,
        partner_id=offer.partner_id,
        started_at=now,
        half_at=half,
        late_at=late,
        due_at=due,
        next_at=half,
        reminders=0,
    )
    session.add(clock)
    session.flush()
    return clock


def confirm(session: Session, lead_id: str, partner_id: str, actor: str, now: datetime) -> Lead:
    """The partner says that it has spoken with the customer: the clock stands still. Saying it again changes nothing.

    Raises:
        NotFound: this partner has no such lead; it may have been recalled a moment ago.
        Conflict: the lead is closed.
    """
    lead = lock_lead(session, lead_id)
    if not partner_id or lead.partner_id != partner_id:
        raise NotFound("there is no such lead")
    clock = clock_of(session, lead)
    if clock is None or clock.made_at is not None:
        return lead
    if lead.status != LeadStatus.ACCEPTED:
        raise Conflict("this lead is closed")
    clock.made_at = now
    clock.made_by = actor
    clock.next_at = None
    write_event(session, lead.id, Note("first_contact_made", now, actor, clock.offer_id, partner_id))
    session.flush()
    return lead


def stop_clock(session: Session, lead: Lead, now: datetime) -> None:
    """Stop the clock of a locked lead that is closed or recalled."""
    clock = clock_of(session, lead)
    if clock is not None and clock.next_at is not None:
        clock.next_at = None
        clock.stopped_at = now
        session.flush()


def clock_of(session: Session, lead: Lead) -> FirstContact | None:
    """The clock of the lead's present partner; None where it has none."""
    return session.scalar(
        select(FirstContact)
        .where(FirstContact.lead_id == lead.id, FirstContact.partner_id == (lead.partner_id or ""))
        .execution_options(populate_existing=True)
    )


def due_clocks(database: Database, now: datetime, at_most: int) -> list[tuple[str, str]]:
    """Offers and their leads whose clock has something to do, the longest overdue first."""
    query = (
        select(FirstContact.offer_id, FirstContact.lead_id)
        .where(FirstContact.next_at <= now)
        .order_by(FirstContact.next_at)
        .limit(at_most)
    )
    with database.reading() as session:
        return [(offer_id, lead_id) for offer_id, lead_id in session.execute(query)]
