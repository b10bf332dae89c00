"""Rows of what was let go by night."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class RetentionRun(Table):
    """One night's run: how much of each kind was let go. Without `ended_at` it is at work, or was lost."""

    __tablename__ = "retention_runs"

    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
