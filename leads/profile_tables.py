"""Rows of what partners change about themselves, to take effect later."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class PlannedCapacity(Table):
    """A weekly capacity that a partner asked for, from a day on. The sweep carries it out and drops the row."""

    __tablename__ = "planned_capacities"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    weekly_capacity: Mapped[int]
    from_day: Mapped[date] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(60))
