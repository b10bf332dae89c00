"""What one partner may see: its offers as teasers, its accepted leads with the contact, its notices. Changes nothing.

Every function takes the partner's id and finds nothing of anyone else's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads.delivery import INCUMBENT_TOLD
from leads.dispute_tables import CoDelivery
from leads.lead_states import LeadStatus, OfferStatus
from leads.offers import is_an_answer
from leads.tables import Delivery, Lead, Offer


@dataclass(frozen=True)
class OfferTeaser:
    """An offer as its partner sees it before accepting: nothing personal."""

    offer_id: str
    lead_id: str
    status: str
    basis: str
    offered_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    teaser: dict[str, Any]


@dataclass(frozen=True)
class DisclosedLead:
    """A lead as the partner that accepted it sees it, with the contact."""

    lead_id: str
    status: str
    accepted_at: datetime | None
    company: str
    person: str
    phone_number: str
    email: str
    language: str
    postcode: str
    canton: str
    employees: int | None
    form_mark: str
    answers: dict[str, Any]
    evidence: dict[str, Any]
    wish: str
    complexity: int | None
    grade: str
    urgency: str
    assessment: dict[str, Any]
    notes: str
    outcome: str
    outcome_reason: str


@dataclass(frozen=True)
class PassedOver:
    """Word that a lead of a customer of theirs went elsewhere: which rules excluded the partner (code, found)."""

    lead_id: str
    at: datetime
    excluded_by: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class PartnerCounts:
    """How many of this partner's offers there are by status, and how many accepted leads are not closed."""

    offers: dict[str, int]
    leads_at_work: int


def list_live_offers(session: Session, partner_id: str) -> list[OfferTeaser]:
    """The offers that wait for this partner's answer, the most urgent first."""
    # What is offered by a call is answered there.
    mine = (Offer.partner_id == partner_id, Offer.status == OfferStatus.LIVE, Offer.by_call.is_(False))
    query = select(Offer).where(*mine)
    return [_teaser(offer) for offer in session.scalars(query.order_by(Offer.expires_at, Offer.id))]


def list_offers(session: Session, partner_id: str, before_id: str = "", limit: int = 50) -> list[OfferTeaser]:
    """One page of all this partner's offers, the newest first; without calls that it did not take."""
    query = select(Offer).where(Offer.partner_id == partner_id, is_an_answer()).order_by(Offer.id.desc()).limit(limit)
    if before_id:
        query = query.where(Offer.id < before_id)
    return [_teaser(offer) for offer in session.scalars(query)]


def view_offer(session: Session, partner_id: str, offer_id: str) -> OfferTeaser:
    """One of this partner's offers.

    Raises:
        NotFound: there is no such offer, or it is another partner's.
    """
    offer = session.get(Offer, offer_id)
    if offer is None or not partner_id or offer.partner_id != partner_id:
        raise NotFound("there is no such offer")
    return _teaser(offer)


def list_accepted(session: Session, partner_id: str, before_id: str = "", limit: int = 50) -> list[DisclosedLead]:
    """One page of the leads that this partner accepted or shares, the newest first."""
    shared = select(CoDelivery.lead_id).where(CoDelivery.partner_id == partner_id)
    query = select(Lead).where(or_(Lead.partner_id == partner_id, Lead.id.in_(shared)))
    query = query.order_by(Lead.id.desc()).limit(limit)
    if before_id:
        query = query.where(Lead.id < before_id)
    return [_disclosed(lead) for lead in session.scalars(query)]


def view_accepted(session: Session, partner_id: str, lead_id: str) -> DisclosedLead:
    """One lead that this partner accepted.

    Raises:
        NotFound: there is no such lead, or this partner has not accepted it.
    """
    lead = session.get(Lead, lead_id)
    if lead is None or not partner_id or not (lead.partner_id == partner_id or _shares(session, lead_id, partner_id)):
        raise NotFound("there is no such lead")
    return _disclosed(lead)


def _shares(session: Session, lead_id: str, partner_id: str) -> bool:
    return session.get(CoDelivery, (lead_id, partner_id)) is not None


def list_passed_over(session: Session, partner_id: str, limit: int = 50) -> list[PassedOver]:
    """The latest notices of leads from this partner's customers that it could not have."""
    query = (
        select(Delivery)
        .where(Delivery.partner_id == partner_id, Delivery.notice == INCUMBENT_TOLD, Delivery.channel == "portal")
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [
        PassedOver(notice.lead_id or "", notice.created_at, tuple(notice.facts.get("excluded_by", [])))
        for notice in session.scalars(query)
    ]


def count_own(session: Session, partner_id: str) -> PartnerCounts:
    """This partner's counts."""
    offers = dict.fromkeys(map(str, OfferStatus), 0)
    grouped = session.execute(
        select(Offer.status, func.count()).where(Offer.partner_id == partner_id, is_an_answer()).group_by(Offer.status)
    )
    offers |= {str(status): count for status, count in grouped}
    at_work = session.scalars(
        select(func.count()).where(Lead.partner_id == partner_id, Lead.status == LeadStatus.ACCEPTED)
    ).one()
    return PartnerCounts(offers, at_work)


def _teaser(offer: Offer) -> OfferTeaser:
    return OfferTeaser(
        offer_id=offer.id,
        lead_id=offer.lead_id,
        status=offer.status,
        basis=offer.basis,
        offered_at=offer.offered_at,
        expires_at=offer.expires_at,
        ended_at=offer.ended_at,
        teaser=offer.teaser,
    )


def _disclosed(lead: Lead) -> DisclosedLead:
    return DisclosedLead(
        lead_id=lead.id,
        status=lead.status,
        accepted_at=lead.accepted_at,
        company=lead.company,
        person=lead.person,
        phone_number=lead.phone_number,
        email=lead.email,
        language=lead.language,
        postcode=lead.postcode,
        canton=lead.canton,
        employees=lead.employees,
        form_mark=lead.form_mark,
        answers=lead.answers,
        evidence=lead.evidence,
        wish=lead.wish,
        complexity=lead.complexity,
        grade=lead.grade,
        urgency=lead.urgency,
        assessment=lead.assessment,
        notes=lead.notes,
        outcome=lead.outcome,
        outcome_reason=lead.outcome_reason,
    )
