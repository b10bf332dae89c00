"""Rows of appointments that partners and customers agreed on."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class Appointment(Table):
    """When a partner meets the customer of an accepted lead. The same row when it is moved: calendars follow it."""

    __tablename__ = "lead_appointments"

    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    way: Mapped[str] = mapped_column(String(10))  # on_site, video, phone
    sequence: Mapped[int] = mapped_column(default=0)  # counts its changes, as calendars do
    canceled_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(60), default="")
