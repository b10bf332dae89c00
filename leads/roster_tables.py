"""Rows of rosters: who was a candidate, in which revision. Decisions refer to them instead of naming everybody."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class RoutingRoster(Table):
    """Partners and their revisions as of some decisions. Never changed, so that these can be replayed."""

    __tablename__ = "routing_rosters"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)  # a hash of the revisions
    revisions: Mapped[bytes] = mapped_column(LargeBinary)  # packed JSON: partner's id and revision, in order
    first_used_at: Mapped[datetime]
