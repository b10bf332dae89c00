"""Rows of data protection: who was shown whose contact, and what partners are asked to delete."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class Disclosure(Table):
    """A customer's contact was shown to a person of a partner: the first time on a day, by each way."""

    __tablename__ = "disclosures"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    user_id: Mapped[str] = mapped_column(String(60))
    way: Mapped[str] = mapped_column(String(10))  # accepted, page, api, file
    day: Mapped[date]
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("lead_id", "partner_id", "user_id", "way", "day", name="uq_disclosures_once"),
        Index("ix_disclosures_at", "at"),
        Index("ix_disclosures_partner", "partner_id", "id"),
    )


class PrivacyRequest(Table):
    """A customer asked that its data be erased, or took its consent back. Says nothing of who it was."""

    __tablename__ = "privacy_requests"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # erasure, withdrawal
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(60))  # the user who took it down
    leads: Mapped[int] = mapped_column(default=0)  # how many it was about


class PrivacyTask(Table):
    """What one partner has to do about one lead for a request, and whether it has said that it did."""

    __tablename__ = "privacy_tasks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("privacy_requests.id"), index=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    kind: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(String(60), default="")
    answer: Mapped[str] = mapped_column(String(20), default="")  # deleted, kept_by_law, never_kept

    __table_args__ = (
        Index("ix_privacy_tasks_partner", "partner_id", "done_at", "due_at"),
        Index("ix_privacy_tasks_due", "done_at", "due_at"),
        Index("ix_privacy_tasks_lead", "lead_id"),
    )
