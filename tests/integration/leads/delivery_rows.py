"""Deliveries for tests: an endpoint at a receiver, and one run of the job that sends what is due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from foundation.clock import Clock
from foundation.database import Database
from foundation.outbound_http import Outbound
from foundation.runtime import Runtime
from leads.delivery_tables import DeliveryTry
from leads.endpoints import NewEndpoint, SecretBox, register
from leads.sending import Prepare, Ways, Webhooks, send_due
from leads.tables import Delivery
from tests.integration.leads.lead_rows import NOW
from tests.receiver import Received

QUICKLY = Outbound(anywhere=True, seconds=3)


class StandingClock(Clock):
    """A clock that shows one moment, however long a test takes."""

    def now(self) -> datetime:
        assert self.origin is not None
        return self.origin


def at(runtime: Runtime, moment: datetime) -> Runtime:
    """The same runtime at a moment."""
    return replace(runtime, clock=StandingClock(1.0, moment))


def add_endpoint(runtime: Runtime, partner_id: str, url: str) -> tuple[str, str]:
    """An endpoint of a partner; its id and its secret."""
    wanted = NewEndpoint(partner_id, url, "user_1", anywhere=True)
    with runtime.database.transaction() as session:
        endpoint, secret = register(session, SecretBox(runtime.settings), wanted, NOW)
    return endpoint.id, secret


def send_all(runtime: Runtime, **further: Prepare) -> int:
    """What the job does: how many tries were made. E-mail goes nowhere unless `further` says how."""
    ways: dict[str, Prepare] = {"webhook": Webhooks(runtime, QUICKLY), "email": lambda _: "no mail here"}
    return send_due(runtime, Ways(ways | further), lambda: 0.5)


def is_signed_with(secret: str, request: Received) -> bool:
    """Whether one of a request's signatures is that of this secret, by the specification's own library."""
    headers = request.headers
    moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signature = Webhook(secret).sign(headers["webhook-id"], moment, request.body.decode())
    return signature in headers["webhook-signature"].split()


def deliveries(database: Database, channel: str) -> Sequence[Delivery]:
    """The notices that go this way, the oldest first."""
    with database.reading() as session:
        return session.scalars(select(Delivery).where(Delivery.channel == channel).order_by(Delivery.id)).all()


def tries_of(database: Database, delivery_id: int) -> Sequence[DeliveryTry]:
    """Every try of a notice, the first one first."""
    with database.reading() as session:
        mine = select(DeliveryTry).where(DeliveryTry.delivery_id == delivery_id)
        return session.scalars(mine.order_by(DeliveryTry.id)).all()
