"""Rows of what agents note while they talk, until what came of the call is settled."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class CallDraft(Table):
    """What is noted of one call so far. Goes once its disposition cannot be corrected any more, or after some days."""

    __tablename__ = "call_drafts"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    form_mark: Mapped[str] = mapped_column(String(16))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    wish: Mapped[str] = mapped_column(String(300), default="")
    is_hot: Mapped[bool] = mapped_column(default=False, server_default=false())
    notes: Mapped[str] = mapped_column(String(4000), default="")
    saved_at: Mapped[datetime]

    __table_args__ = (Index("ix_call_drafts_saved_at", "saved_at"),)
