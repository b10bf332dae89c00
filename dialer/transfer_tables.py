"""Rows of live transfers: a customer on the line who is put through to a partner, and what happened to it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from dialer.transfer_states import TransferStatus
from foundation.database import Table


class LiveTransfer(Table):
    """One try to put a contact's call through, at most one a call. `status` is written by `dialer.transfer_book` alone.

    What the carrier was told of the room is noted once it is done, so that whoever finds it undone does it again.
    """

    __tablename__ = "live_transfers"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), primary_key=True)  # the contact's
    campaign_id: Mapped[str] = mapped_column(String(40))
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    lead_id: Mapped[str] = mapped_column(String(40))
    room: Mapped[str] = mapped_column(String(40))  # the conference: the id of the agent's leg as it was then
    from_number: Mapped[str] = mapped_column(String(20))  # that partners are shown
    status: Mapped[str] = mapped_column(String(20), default=TransferStatus.ASKING)
    status_since: Mapped[datetime]
    began_at: Mapped[datetime]
    asked: Mapped[int] = mapped_column(default=0)  # how many partners were called
    asked_until: Mapped[datetime | None]  # then the next one is asked, whatever became of this one
    partner_id: Mapped[str] = mapped_column(String(40), default="")  # who is asked, or has it
    partner_call_id: Mapped[str] = mapped_column(String(40), default="")
    offer_id: Mapped[str] = mapped_column(String(40), default="")
    joined_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # What the carrier has confirmed: the agent may leave without ending the room; customer and partner may not.
    agent_may_leave: Mapped[bool] = mapped_column(default=False, server_default=false())
    pair_is_bound: Mapped[bool] = mapped_column(default=False, server_default=false())
    settled_at: Mapped[datetime | None]  # since then nothing is left to do

    __table_args__ = (
        Index("ix_live_transfers_partner_call", "partner_call_id"),
        Index("ix_live_transfers_lead", "lead_id"),
        Index("ix_live_transfers_began", "began_at"),
        Index(
            "ix_live_transfers_unsettled",
            "status_since",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )


class LiveTransferEvent(Table):
    """History of a live transfer, one row per step. Codes and ids, never a name or number."""

    __tablename__ = "live_transfer_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("live_transfers.call_id"), index=True)
    at: Mapped[datetime]
    from_status: Mapped[str] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(20))
    partner_id: Mapped[str] = mapped_column(String(40), default="")
    partner_call_id: Mapped[str] = mapped_column(String(40), default="")
