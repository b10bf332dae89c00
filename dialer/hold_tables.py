"""The row of a customer who is kept on hold, or was. `dialer.holds` alone writes it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class CallHold(Table):
    """What the agent of a call has asked for last, and how far the carrier has done it. No row: never on hold.

    Each time the agent asks is a turn; the carrier has done what was asked in `done_turn`.
    """

    __tablename__ = "call_holds"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    is_wanted: Mapped[bool]
    wanted_since: Mapped[datetime]
    turn: Mapped[int]
    done_turn: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]  # somebody asks the carrier just now, or died while doing so
    signal_before: Mapped[str] = mapped_column(String(20), default="")  # what the desk had told before the hold

    __table_args__ = (
        Index(
            "ix_call_holds_to_do",
            "call_id",
            sqlite_where=text("done_turn < turn"),
            postgresql_where=text("done_turn < turn"),
        ),
    )
