"""Rows of qualification forms: documents that never change, known by their mark, and which campaign uses which."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class QualificationForm(Table):
    """One document. Kept as soon as somebody is asked by it, so that its answers can always be read in its words."""

    __tablename__ = "qualification_forms"

    mark: Mapped[str] = mapped_column(String(16), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept_at: Mapped[datetime]


class CampaignForm(Table):
    """A version of a campaign's form; the highest one is asked. The campaign is a plain id."""

    __tablename__ = "campaign_forms"

    campaign_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(ForeignKey("qualification_forms.mark"))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60), default="")  # a user's id
