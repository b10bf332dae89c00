"""Rows of compliance: numbers that must not be called."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class DoNotCall(Table):
    """One blocked number. An empty `campaign_id` blocks it everywhere. A later disposition never lifts a block."""

    __tablename__ = "do_not_call"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    phone_number: Mapped[str] = mapped_column(String(20), index=True)
    campaign_id: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(40))  # disposition, import, api, page
    note: Mapped[str] = mapped_column(String(500), default="")
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(40), default="")
    expires_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("phone_number", "campaign_id"),)
