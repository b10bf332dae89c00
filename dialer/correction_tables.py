"""Rows of what agents said otherwise of a call, after they had said what came of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class DispositionCorrection(Table):
    """One correction of a call's disposition. Both codes may be the same: only what was noted is another."""

    __tablename__ = "disposition_corrections"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"))
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[datetime]
    from_code: Mapped[str] = mapped_column(String(40))
    to_code: Mapped[str] = mapped_column(String(40))

    __table_args__ = (Index("ix_disposition_corrections_call_id", "call_id"),)
