"""Rows of what accepting a lead gives and asks: protection of the customer, and the clock of the first contact."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class ProtectionWindow(Table):
    """One partner's protection of a customer for a solution, under all the customer's marks.

    `status` is running, lapsed or ended; `extension` is empty, asked, granted or refused. Written by `leads.protection`
    alone. The marks by which routing finds it are rows of `Protection`.
    """

    __tablename__ = "protection_windows"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    solution: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    until: Mapped[date]  # the last day
    lead_id: Mapped[str] = mapped_column(String(40), default="")  # what it began with: a lead
    claim_id: Mapped[str] = mapped_column(String(40), default="")  # or a registered deal
    status: Mapped[str] = mapped_column(String(10), default="running")
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(20), default="")  # lapsed, recalled, lost, disqualified, revoked
    extension: Mapped[str] = mapped_column(String(10), default="")
    activity: Mapped[str] = mapped_column(String(1000), default="")  # what the partner did, as it says
    activity_day: Mapped[date | None]
    extension_asked_at: Mapped[datetime | None]
    extension_due_at: Mapped[datetime | None]  # until when staff decides
    extension_decided_at: Mapped[datetime | None]
    extension_decided_by: Mapped[str] = mapped_column(String(60), default="")
    extension_reason: Mapped[str] = mapped_column(String(1000), default="")

    __table_args__ = (
        Index("ix_protection_windows_partner", "partner_id", "status", "until"),
        Index("ix_protection_windows_due", "status", "until"),
        Index("ix_protection_windows_lead", "lead_id"),
        Index("ix_protection_windows_extension", "extension", "extension_due_at"),
    )


class FirstContact(Table):
    """The clock of a partner's first contact with the customer of a lead that it accepted.

    `next_at` is when the clock next does something: a reminder, a second, then the recall; None: it stands still.
    Written by `leads.first_contact` alone, under the lead's lock.
    """

    __tablename__ = "first_contacts"

    offer_id: Mapped[str] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    started_at: Mapped[datetime]
    half_at: Mapped[datetime]
    late_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    reminders: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None]  # when the partner said that it had spoken with the customer
    made_by: Mapped[str] = mapped_column(String(60), default="")
    stopped_at: Mapped[datetime | None]  # without contact: recalled or closed
