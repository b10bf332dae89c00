"""Rows of the credit journal: what each of the latest holds of the credit lock changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class CreditChange(Table):
    """What one hold changed. Written by `leads.credit_journal`, which forgets it after some hundred others."""

    __tablename__ = "credit_changes"

    hold: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    partner_id: Mapped[str] = mapped_column(String(40), default="")  # whose credit or room changed; empty: nobody's
    credit_milli: Mapped[int] = mapped_column(default=0)
    places: Mapped[int] = mapped_column(default=0)  # 1: an offer took one, -1: gave it back
    offered_at: Mapped[datetime | None]  # when that offer was made
    roster: Mapped[str] = mapped_column(String(32), default="")  # which one the shares go by
    shares: Mapped[list[Any]] = mapped_column(default=list)  # place on the roster, and thousandths of a lead
