"""Rows of delivery: where a partner's webhooks go, the secrets that sign them, and every try to send a notice."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class WebhookEndpoint(Table):
    """An address of a partner that is told of its events. Written by `leads.endpoints` and `leads.delivery`."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(60), default="")
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str] = mapped_column(String(20), default="")  # by_hand, gone, failing
    failures: Mapped[int] = mapped_column(default=0)  # tries in a row that failed
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]  # after a failure nothing is sent there for a while


class WebhookSecret(Table):
    """A secret that signs what goes to an endpoint. Several count at once while the partner changes over."""

    __tablename__ = "webhook_secrets"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted with the installation's own secret
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # None: the newest


class DeliveryTry(Table):
    """One try to send a notice, and what came of it. Never changed."""

    __tablename__ = "delivery_tries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("lead_deliveries.id"))
    at: Mapped[datetime]
    milliseconds: Mapped[int] = mapped_column(default=0)
    answer_code: Mapped[int | None]  # of HTTP or SMTP
    problem: Mapped[str] = mapped_column(String(300), default="")  # empty: it was taken

    __table_args__ = (Index("ix_delivery_tries_delivery", "delivery_id", "id"),)
