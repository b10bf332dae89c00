"""Rows of agents' legs that were lost in a talk, and of the rooms that the legs called in their place join."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from dialer.lost_line_rules import LineStatus
from foundation.database import Table


class LostLine(Table):
    """One loss of an agent's leg with a customer in the room. `status` is written by `dialer.lost_line_book` alone."""

    __tablename__ = "lost_lines"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"))  # the contact's
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    leg_call_id: Mapped[str] = mapped_column(String(40))  # the leg that was lost
    room: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20), default=LineStatus.LOST)
    lost_at: Mapped[datetime]
    until: Mapped[datetime]  # then the customer is let go
    was_on_hold: Mapped[bool] = mapped_column(default=False, server_default=false())  # as the agent had asked
    is_promised: Mapped[bool] = mapped_column(default=False, server_default=false())  # a callback
    ended_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # since then nothing is left to do

    __table_args__ = (
        Index("ix_lost_lines_call_id", "call_id"),
        # A call loses one line at a time, whatever crashes or races.
        Index(
            "ix_lost_lines_open_call",
            "call_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_lost_lines_unsettled",
            "lost_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )


class LegRoom(Table):
    """The room of a leg that was called in place of a lost one. A leg without a row has a room of its own."""

    __tablename__ = "leg_rooms"

    leg_call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    room: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime]

    __table_args__ = (Index("ix_leg_rooms_room_given_at", "room", "given_at"),)
