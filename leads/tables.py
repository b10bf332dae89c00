"""Rows of leads: partners and what they offer, relations, leads, offers, decisions, credit, history and notices."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
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
    agreed_capacity: Mapped[int] = mapped_column(default=0, server_default="0")  # the most that the partner may set
    levels: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    home_postcode: Mapped[str] = mapped_column(String(10), default="", server_default="")
    reach_km: Mapped[int | None]
    min_complexity: Mapped[int | None]
    max_complexity: Mapped[int | None]
    excluded_customers: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    owner: Mapped[str] = mapped_column(String(200), default="", server_default="")
    absent: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    weight_percent: Mapped[int] = mapped_column(default=100, server_default="100")
    closed_days: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # ISO days
    grade: Mapped[str] = mapped_column(String(1), default="", server_default="")  # A, B, C
    staff: Mapped[int | None]
    takes_live_calls: Mapped[bool] = mapped_column(default=False, server_default=false())
    live_number: Mapped[str] = mapped_column(String(20), default="", server_default="")  # E.164
    live_hours: Mapped[str] = mapped_column(String(60), default="", server_default="")  # empty: business hours
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
    kind: Mapped[str] = mapped_column(String(12), default="running", server_default="running")
    author: Mapped[str] = mapped_column(String(60), default="", server_default="")  # a user's id; empty: a file
    claim_id: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)

    __table_args__ = (
        UniqueConstraint("partner_id", "known_by", "customer_key", "kind"),
        Index("ix_partner_relations_customer", "known_by", "customer_key"),
    )


class Protection(Table):
    """One mark of a customer that belongs to one partner for a solution until a day: nobody else is offered its leads.

    A protection is a `ProtectionWindow`; these are the marks by which routing finds it.
    """

    __tablename__ = "protections"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    known_by: Mapped[str] = mapped_column(String(10))  # uid, phone, company
    customer_key: Mapped[str] = mapped_column(String(300))
    solution: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    until: Mapped[date]  # the last day
    lead_id: Mapped[str] = mapped_column(String(40), default="")  # the lead that it began with, if any
    window_id: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)

    __table_args__ = (Index("ix_protections_customer", "known_by", "customer_key", "solution", "until"),)


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
    wish: Mapped[str] = mapped_column(String(300), default="", server_default="")  # asked for on the call
    complexity: Mapped[int | None]  # 1 to 5
    urgency: Mapped[str] = mapped_column(String(10), default="normal", server_default="normal")  # hot, normal
    needs_receipt: Mapped[bool] = mapped_column(default=False, server_default=false())
    grade: Mapped[str] = mapped_column(
        String(1), default="", server_default=""
    )  # A, B, C; empty: before there were any
    form_mark: Mapped[str] = mapped_column(String(16), default="", server_default="")  # the form that was asked
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # by answer: said, inferred …
    assessment: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # codes and numbers only
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
    anonymised_at: Mapped[datetime | None]  # since then nothing in it tells who the customer was

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
    cleared_at: Mapped[datetime | None]  # since then the teaser and the words of a decline are gone
    # Made by a call, with the customer on the line: it lasts a minute, and missing it is no answer.
    by_call: Mapped[bool] = mapped_column(default=False, server_default=false())

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
    """One decision of the router with all that went into it; the reasons come from replaying it.

    Never changed, but that `leads.anonymising` takes people's words out of it; then `first_digest` is the one before.
    """

    __tablename__ = "routing_rounds"

    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    partner_id: Mapped[str] = mapped_column(String(40), default="")  # empty: nobody
    basis: Mapped[str] = mapped_column(String(20), default="")
    policy_mark: Mapped[str] = mapped_column(ForeignKey("routing_policies.mark"))
    inputs: Mapped[bytes] = mapped_column(LargeBinary)  # as `leads.kept_inputs` packs them
    digest: Mapped[str] = mapped_column(String(64))  # of the inputs and of what was decided
    first_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")


class RoutingPolicy(Table):
    """A policy that decisions were made under, with its dials."""

    __tablename__ = "routing_policies"

    mark: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    dials: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first_used_at: Mapped[datetime]


class RoutingPeriod(Table):
    """A month of routing: its seed breaks ties, and is published once the month is over."""

    __tablename__ = "routing_periods"

    name: Mapped[str] = mapped_column(String(7), primary_key=True)  # such as 2026-03
    seed: Mapped[str] = mapped_column(String(64))


class CreditLock(Table):
    """One row. Whoever changes credit holds it, so that two leads decided at once do not take the same room."""

    __tablename__ = "credit_locks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holds: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # how often it was held
    life: Mapped[str] = mapped_column(String(32), default="", server_default="")  # drawn with the row


class PartnerCredit(Table):
    """What a partner is owed, in thousandths of a lead, and what the yardstick taught about it.

    Changed under `CreditLock`, by `leads.credit_book` alone.
    """

    __tablename__ = "partner_credits"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    since: Mapped[datetime]
    credit_milli: Mapped[int] = mapped_column(default=0)
    entitled_milli: Mapped[int] = mapped_column(BigInteger, default=0)  # since then
    response_milli: Mapped[int] = mapped_column(default=700)
    rating_milli: Mapped[int] = mapped_column(default=700)
    weight_milli: Mapped[int] = mapped_column(default=1000)
    price_milli: Mapped[int] = mapped_column(default=0)


class YardstickRun(Table):
    """One night's lessons: how good routing was against the best that could have been done, and how fair."""

    __tablename__ = "yardstick_runs"

    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    leads: Mapped[int]
    fit_milli: Mapped[int]  # of the best under the same promises
    jain_milli: Mapped[int]
    worst_milli: Mapped[int]  # received of entitled, of the partner that fares worst
    is_alert: Mapped[bool]
    lessons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # By holder: leads received and entitled to, the latter in thousandths. Empty where too little is due to say.
    shares: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    broken: Mapped[int] = mapped_column(default=0, server_default="0")  # relations admitted and passed over
    unrouted: Mapped[int] = mapped_column(default=0, server_default="0")  # leads that no partner has or had
    # The week that this night settled, such as 2026-09, or nothing; by holder, what was due and what was credited.
    settled_week: Mapped[str] = mapped_column(String(10), default="", server_default="")
    settled: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


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
    """A notice to a partner by one way, written with what it tells. The portal shows it at once; others leave later."""

    __tablename__ = "lead_deliveries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(140), unique=True)  # makes a repeat land on the same row
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("leads.id"))  # None: it tells of no lead
    offer_id: Mapped[str] = mapped_column(String(40), default="")
    notice: Mapped[str] = mapped_column(String(20))  # what it tells, such as offer_made
    channel: Mapped[str] = mapped_column(String(10))  # portal, email, webhook
    endpoint_id: Mapped[str] = mapped_column(String(40), default="", server_default="")  # of a webhook
    message_id: Mapped[str] = mapped_column(String(40), default="", server_default="")  # as its receiver knows it
    status: Mapped[str] = mapped_column(String(10))  # pending, sent, failed, dropped; by `leads.delivery` alone
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        Index("ix_lead_deliveries_due", "status", "next_try_at"),
        Index("ix_lead_deliveries_endpoint", "endpoint_id", "id"),
        Index("ix_lead_deliveries_message", "message_id"),
        Index("ix_lead_deliveries_partner", "partner_id", "id"),
    )
