"""Rows of disputes: each with its history, and the leads that two partners work on because of one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table
from leads.dispute_states import DisputeStatus


class Dispute(Table):
    """A partner's word against a decision. `status` is written by `leads.dispute_book` alone.

    `precedent` is what all partners may read of it: nobody's name, no lead.
    """

    __tablename__ = "disputes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    round_number: Mapped[int]
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(2000))
    status: Mapped[str] = mapped_column(String(12), default=DisputeStatus.FILED)
    status_since: Mapped[datetime]
    filed_at: Mapped[datetime]
    filed_by: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime]
    reviewer: Mapped[str] = mapped_column(String(60), default="")  # a user's id
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(12), default="")
    reasoning: Mapped[str] = mapped_column(String(2000), default="")
    precedent: Mapped[str] = mapped_column(String(2000), default="")
    rule: Mapped[str] = mapped_column(String(40), default="")  # the rule of routing that it turned on, if one
    compensation_milli: Mapped[int] = mapped_column(default=0)  # thousandths of a lead

    __table_args__ = (
        UniqueConstraint("lead_id", "round_number", "partner_id"),
        Index("ix_disputes_due", "status", "due_at"),
        Index("ix_disputes_partner", "partner_id", "id"),
        Index("ix_disputes_decided", "decided_at"),
    )


class DisputeEvent(Table):
    """History of a dispute, one row per change. Codes and ids only."""

    __tablename__ = "dispute_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dispute_id: Mapped[str] = mapped_column(ForeignKey("disputes.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(20))
    from_status: Mapped[str] = mapped_column(String(12), default="")
    to_status: Mapped[str] = mapped_column(String(12), default="")
    actor: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CoDelivery(Table):
    """A second partner that works on an accepted lead beside the one that has it."""

    __tablename__ = "co_deliveries"

    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    since: Mapped[datetime]
    dispute_id: Mapped[str] = mapped_column(ForeignKey("disputes.id"))

    __table_args__ = (Index("ix_co_deliveries_partner", "partner_id", "lead_id"),)
