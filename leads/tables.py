"""Rows of leads: partners and what they offer, relations, leads, offers, decisions, turns, history and notices."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table
from leads.lead_states import LeadStatus, OfferStatus


class Partner(Table):
    """A reseller that takes leads. Lists are in its own order, the strongest first; written by `leads.partners`."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    name_key: Mapped[str] = mapped_column(String(200), unique=True)  # the name as it is compared
    email: Mapped[str] = mapped_column(String(300), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    languages: Mapped[list[str]] = mapped_column(default=list)
    cantons: Mapped[list[str]] = mapped_column(default=list)
    postcodes: Mapped[list[str]] = mapped_column(default=list)
    solutions: Mapped[list[str]] = mapped_column(default=list)
    min_employees: Mapped[int | None]
    max_employees: Mapped[int | None]
    weekly_capacity: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PartnerRevision(Table):
    """What a partner offered as of a revision. Never changed, so that old decisions can be replayed."""

    __tablename__ = "partner_revisions"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PartnerRelation(Table):
    """A customer that a partner already serves. The customer is known by company number, phone number or name."""

    __tablename__ = "partner_relations"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    known_by: Mapped[str] = mapped_column(String(10))  # uid, phone, company
    customer_key: Mapped[str] = mapped_column(String(300))  # as `leads.customer_identity` writes it
    evidence: Mapped[str] = mapped_column(String(300))
    since: Mapped[date]
    until: Mapped[date | None]  # the last day; None: no end known
    recorded_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("partner_id", "known_by", "customer_key"),
        Index("ix_partner_relations_customer", "known_by", "customer_key"),
    )


class Lead(Table):
    """A qualified call. `status` is written by `leads.lead_book` alone; call, contact and campaign are plain ids."""

    __tablename__ = "leads"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(40), unique=True)
    contact_id: Mapped[str] = mapped_column(String(40), default="")
    campaign_id: Mapped[str] = mapped_column(String(40), default="")
    company: Mapped[str] = mapped_column(String(300), default="")
    person: Mapped[str] = mapped_column(String(300), default="")
    phone_number: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(2), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    canton: Mapped[str] = mapped_column(String(10), default="")
    employees: Mapped[int | None]
    uid: Mapped[str] = mapped_column(String(20), default="")
    existing_partner: Mapped[str] = mapped_column(String(300), default="")  # as written on the contact
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[str] = mapped_column(String(4000), default="")
    receipt: Mapped[str] = mapped_column(Text, default="")  # signed: why the customer could be called; nothing personal

    status: Mapped[str] = mapped_column(String(20), default=LeadStatus.OPEN)
    status_since: Mapped[datetime]
    opened_at: Mapped[datetime]
    in_line_since: Mapped[datetime]  # offers made since then count towards the limit
    human_reason: Mapped[str] = mapped_column(String(40), default="")  # why a person has to decide
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partners.id"))  # who accepted it
    accepted_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    outcome_reason: Mapped[str] = mapped_column(String(1000), default="")
    closed_at: Mapped[datetime | None]
    # The latest one, with the reasons per partner. It is large, so lists of leads do not load it.
    decision: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)

    __table_args__ = (
        Index("ix_leads_status_since", "status", "status_since", "id"),
        Index("ix_leads_partner", "partner_id", "accepted_at"),
        Index("ix_leads_campaign", "campaign_id", "opened_at"),
        Index("ix_leads_opened", "opened_at", "id"),
    )


class Offer(Table):
    """One partner's chance at a lead, one of which may be live. `status` is written by `leads.lead_book` alone."""

    __tablename__ = "offers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    number: Mapped[int]  # first, second, third … of this lead
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    basis: Mapped[str] = mapped_column(String(20))  # relation, turn, by_hand
    status: Mapped[str] = mapped_column(String(20), default=OfferStatus.LIVE)
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(String(20), default="")
    decline_text: Mapped[str] = mapped_column(String(1000), default="")
    teaser: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the partner saw; nothing personal

    __table_args__ = (
        UniqueConstraint("lead_id", "number"),
        Index(
            "uq_offers_live",
            "lead_id",
            unique=True,
            sqlite_where=text("status = 'live'"),
            postgresql_where=text("status = 'live'"),
        ),
        Index("ix_offers_due", "status", "expires_at"),
        Index("ix_offers_partner", "partner_id", "status", "offered_at"),
        Index("ix_offers_load", "offered_at", "partner_id", "status", "basis", "decline_reason"),
    )


class RoutingRound(Table):
    """One decision of the router with all that went into it. Never changed; it replays to the same bytes."""

    __tablename__ = "routing_rounds"

    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decision: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TurnShare(Table):
    """What one lead, decided by turn, entitled a partner to: thousandths of a lead, summing to a whole one per lead."""

    __tablename__ = "turn_shares"

    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    at: Mapped[datetime]
    share_milli: Mapped[int]

    __table_args__ = (Index("ix_turn_shares_window", "at", "partner_id", "share_milli"),)


class LeadEvent(Table):
    """History of a lead and its offers, one row per change or disclosure. Codes and ids, never a name or number."""

    __tablename__ = "lead_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(40))
    from_status: Mapped[str] = mapped_column(String(20), default="")
    to_status: Mapped[str] = mapped_column(String(20), default="")
    offer_id: Mapped[str] = mapped_column(String(40), default="")
    partner_id: Mapped[str] = mapped_column(String(40), default="")
    actor: Mapped[str] = mapped_column(String(60), default="")  # a user's id; empty: the router or the clock
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (Index("ix_lead_events_lead", "lead_id", "id"),)


class Delivery(Table):
    """A notice to a partner, written with what it tells. The portal shows it at once; e-mail leaves later."""

    __tablename__ = "lead_deliveries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(140), unique=True)  # makes a repeat land on the same row
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    offer_id: Mapped[str] = mapped_column(String(40), default="")
    notice: Mapped[str] = mapped_column(String(20))  # offer_made, incumbent_told
    channel: Mapped[str] = mapped_column(String(10))  # portal, email
    status: Mapped[str] = mapped_column(String(10))  # pending, sent, failed
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        Index("ix_lead_deliveries_due", "status", "next_try_at"),
        Index("ix_lead_deliveries_partner", "partner_id", "id"),
    )
