"""Rows of what partners claim: relations to customers and registered deals, and the marks of the customers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class Claim(Table):
    """A partner's claim to a customer: a registered deal, a running contract, a past project.

    `status` is asked, confirmed, refused or revoked; written by `leads.claims` alone.
    """

    __tablename__ = "claims"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str] = mapped_column(String(12))  # registered, running, past
    company: Mapped[str] = mapped_column(String(300), default="")
    person: Mapped[str] = mapped_column(String(300), default="")  # a registered deal names the contact
    uid: Mapped[str] = mapped_column(String(20), default="")
    phone_number: Mapped[str] = mapped_column(String(20), default="")
    solution: Mapped[str] = mapped_column(String(40), default="")
    evidence: Mapped[str] = mapped_column(String(1000))
    since: Mapped[date]
    until: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(10), default="asked")
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime]  # until when staff decides
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    refusal: Mapped[str] = mapped_column(String(20), default="")  # already_protected, or staff's own reason
    reason: Mapped[str] = mapped_column(String(1000), default="")
    spot_check: Mapped[str] = mapped_column(String(10), default="")  # wanted, held, failed

    __table_args__ = (
        Index("ix_claims_partner", "partner_id", "asked_at"),
        Index("ix_claims_due", "status", "due_at"),
        Index("ix_claims_spot_check", "spot_check", "decided_at"),
    )


class ClaimMark(Table):
    """One mark by which a claim's customer is recognised, so that two claims to one customer find each other."""

    __tablename__ = "claim_marks"

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    known_by: Mapped[str] = mapped_column(String(10), primary_key=True)  # uid, phone, company
    customer_key: Mapped[str] = mapped_column(String(300))

    __table_args__ = (Index("ix_claim_marks_customer", "known_by", "customer_key"),)
