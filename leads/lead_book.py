"""The one door to leads and offers: opens and locks leads, and makes every change of status with its history row.

Whoever changes a lead or one of its offers holds the lead's row lock. Who gets which offer is decided elsewhere.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.marking import Code
from leads import delivery, disclosures
from leads.credit_book import free_place
from leads.disclosures import Reader, Way
from leads.lead_states import (
    LEAD_FOLLOWS,
    LeadMove,
    LeadOutcome,
    LeadStatus,
    OfferMove,
    OfferStatus,
    next_lead_status,
    next_offer_status,
)
from leads.tables import Lead, LeadEvent, Offer

# Written once: putting a statement together takes as long as running it.
_OFFERS_MADE = select(func.coalesce(func.max(Offer.number), 0)).where(Offer.lead_id == bindparam("lead_id"))
# The weaker lock: who holds a protection that a lead began writes to its history, and waits for nobody who closes it.
_LOCK = select(Lead).where(Lead.id == bindparam("lead_id")).with_for_update(key_share=True)


@dataclass(frozen=True)
class LeadDraft:
    """A qualified call, as the dialer hands it over. `answers` are those to the form of `form_mark`."""

    call_id: str
    contact_id: str
    campaign_id: str
    company: str
    person: str
    phone_number: str
    email: str
    language: str
    postcode: str
    canton: str
    employees: int | None
    uid: str
    existing_partner: str
    answers: dict[str, Any] = field(default_factory=dict)
    notes: str = ""
    wish: str = ""  # the partner that the customer asked for
    complexity: int | None = None
    urgency: str = "normal"  # one of `qualification.URGENCIES`
    grade: str = ""
    form_mark: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    assessment: dict[str, Any] = field(default_factory=dict)  # as `assessment.Assessment` writes it
    needs_receipt: bool = False  # the country asks for a lawful ground, so nobody is offered a lead without its proof
    receipt: str = ""  # a signed statement of why the customer could be called


@dataclass(frozen=True)
class Note:
    """What the history says of a change: its name, its moment, who did it, and codes or ids worth keeping."""

    what: str
    at: datetime
    actor: str = ""
    offer_id: str = ""
    partner_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OfferTerms:
    """A new offer: to whom, on which basis (relation, turn, by_hand), until when, and what the partner gets to see.

    `number` counts the lead's offers.
    """

    partner_id: str
    basis: str
    expires_at: datetime
    teaser: dict[str, Any]
    by_call: bool = False
    number: int = 1


# What an agent goes on writing down while a lead is already on its way.
_COMPLETED = ("answers", "evidence", "wish", "complexity", "grade", "urgency", "form_mark", "assessment", "notes")


def open_lead(session: Session, draft: LeadDraft, now: datetime) -> Lead:
    """The lead of a call. Opening it again returns the one that is there, unchanged.

    Raises:
        Invalid: the draft has no call id.
    """
    if not draft.call_id:
        raise Invalid("a lead needs the id of the call that it comes from")
    if (known := _lead_of_call(session, draft.call_id)) is not None:
        return known
    lead = Lead(
        id=new_id("lead"),
        **asdict(draft),
        status=LeadStatus.OPEN,
        status_since=now,
        opened_at=now,
        in_line_since=now,
    )
    try:
        with session.begin_nested():
            session.add(lead)
    except IntegrityError:
        # Another process opened it between our look and our write.
        if (known := _lead_of_call(session, draft.call_id)) is None:
            raise
        return known
    write_event(session, lead.id, Note("lead_opened", now), "", LeadStatus.OPEN)
    return lead


def complete_lead(session: Session, lead: Lead, draft: LeadDraft, now: datetime) -> None:
    """What the rest of the call brought out, for a lead that was opened before the call was over.

    Offers that were made keep their teasers; what is decided from now on rests on it.
    """
    if lead.status == LeadStatus.CLOSED or lead.anonymised_at is not None:
        return
    before = {name: getattr(lead, name) for name in _COMPLETED}
    after = {name: getattr(draft, name) for name in _COMPLETED}
    if before != after:
        for name, value in after.items():
            setattr(lead, name, value)
        changed = sorted(name for name in after if after[name] != before[name])
        write_event(session, lead.id, Note("lead_completed", now, facts={"fields": changed}))
        session.flush()


def lock_lead(session: Session, lead_id: str) -> Lead:
    """The lead as it is now, ours until the transaction ends.

    Raises:
        NotFound: there is no such lead.
    """
    lead = session.scalar(_LOCK, {"lead_id": lead_id}, execution_options={"populate_existing": True})
    if lead is None:
        raise NotFound("there is no such lead")
    return lead


def lock_offer(session: Session, offer_id: str) -> tuple[Lead, Offer]:
    """An offer and its lead, both as they are now. The lead's lock guards its offers too.

    Raises:
        NotFound: there is no such offer.
    """
    lead_id = session.scalar(select(Offer.lead_id).where(Offer.id == offer_id))
    if lead_id is None:
        raise NotFound("there is no such offer")
    lead = lock_lead(session, lead_id)
    offer = session.get(Offer, offer_id, populate_existing=True)
    if offer is None:
        raise NotFound("there is no such offer")
    return lead, offer


def live_offer(session: Session, lead_id: str) -> Offer | None:
    """The lead's live offer, if it has one."""
    return session.scalar(select(Offer).where(Offer.lead_id == lead_id, Offer.status == OfferStatus.LIVE))


def add_offer(session: Session, lead: Lead, terms: OfferTerms, note: Note) -> Offer:
    """Offer a locked lead to a partner, under the credit lock: it takes room. Written with the next flush.

    Raises:
        Conflict: the lead cannot be offered now.
    """
    offer = Offer(
        id=new_id("offer"),
        lead_id=lead.id,
        number=terms.number,
        partner_id=terms.partner_id,
        basis=terms.basis,
        status=OfferStatus.LIVE,
        offered_at=note.at,
        expires_at=terms.expires_at,
        teaser=terms.teaser,
        by_call=terms.by_call,
    )
    noted = Note(note.what, note.at, note.actor, offer.id, terms.partner_id, {"basis": terms.basis} | note.facts)
    move_lead(session, lead, LeadMove.OFFER, noted)
    lead.human_reason = ""
    session.add(offer)
    return offer


def offers_made(session: Session, lead_id: str) -> int:
    """How many offers a lead had."""
    return session.scalars(_OFFERS_MADE, {"lead_id": lead_id}).one()


def end_offer(session: Session, lead: Lead, offer: Offer, move: OfferMove, note: Note) -> None:
    """End a locked lead's live offer, or take back an accepted one, and let the lead follow.

    All but accepting gives a partner room again, so it takes the credit lock, under which room is counted.

    Raises:
        Conflict: the offer is over already.
    """
    status = next_offer_status(OfferStatus(offer.status), move)
    if status is None:
        raise Conflict("This offer is over already: %(status)s.", status=Code(offer.status))
    if move is not OfferMove.ACCEPT:
        free_place(session, offer)
    offer.status = status
    offer.ended_at = note.at
    noted = Note(note.what, note.at, note.actor, offer.id, offer.partner_id, note.facts)
    move_lead(session, lead, LEAD_FOLLOWS[move], noted)
    if move is OfferMove.ACCEPT:
        lead.partner_id = offer.partner_id
        lead.accepted_at = note.at
    elif move is OfferMove.RECALL:
        lead.partner_id = None
        lead.accepted_at = None
    session.flush()
    if move is OfferMove.ACCEPT:
        shown_to = Reader(offer.partner_id, note.actor, Way.ACCEPTED)
        disclosures.note(session, [lead.id], shown_to, note.at)
    delivery.notify_of_end(session, offer, note.at)


def give_to_human(session: Session, lead: Lead, reason: str, now: datetime) -> None:
    """Put a locked, open lead before a person. `reason` is a code, such as NO_PARTNER_FITS."""
    move_lead(session, lead, LeadMove.GIVE_TO_HUMAN, Note("given_to_human", now, facts={"reason": reason}))
    lead.human_reason = reason
    session.flush()


def put_back_in_line(session: Session, lead: Lead, actor: str, now: datetime) -> None:
    """Let the router try again, with all its offers ahead of it."""
    move_lead(session, lead, LeadMove.ROUTE_AGAIN, Note("put_back_in_line", now, actor))
    lead.human_reason = ""
    lead.in_line_since = now
    session.flush()


def close_lead(session: Session, lead: Lead, outcome: LeadOutcome, reason: str, note: Note) -> None:
    """Close a locked lead for good.

    Raises:
        Conflict: the lead is closed already, or a partner has it before them.
    """
    move_lead(session, lead, LeadMove.CLOSE, note)
    lead.outcome = outcome
    lead.outcome_reason = reason[:1000]
    lead.closed_at = note.at
    session.flush()


def move_lead(session: Session, lead: Lead, move: LeadMove, note: Note) -> None:
    """Change a locked lead's status and write the history row.

    Raises:
        Conflict: the lead's status does not allow the move.
    """
    before = LeadStatus(lead.status)
    after = next_lead_status(before, move)
    if after is None:
        raise Conflict("This cannot be done with the lead any more. It is: %(status)s.", status=Code(before.value))
    lead.status = after
    lead.status_since = note.at
    write_event(session, lead.id, note, before, after)


def write_event(session: Session, lead_id: str, note: Note, before: str = "", after: str = "") -> None:
    """Add a row to a lead's history. Without states it tells of something that changed none."""
    session.add(
        LeadEvent(
            lead_id=lead_id,
            at=note.at,
            what=note.what,
            from_status=before,
            to_status=after,
            offer_id=note.offer_id,
            partner_id=note.partner_id,
            actor=note.actor,
            facts=note.facts,
        )
    )


def _lead_of_call(session: Session, call_id: str) -> Lead | None:
    return session.scalar(select(Lead).where(Lead.call_id == call_id))
