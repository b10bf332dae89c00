"""A partner's webhooks: where they go and the secrets that sign them. Sending them is `leads.sending`.

Whoever adds one, or switches one on or off, holds credits: routing remembers beside credit how partners are told.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, NotFound, Unavailable
from foundation.ids import new_id
from foundation.outbound_http import check_url
from foundation.secret_key import derived_key
from foundation.settings import Settings
from leads.credit_book import hold_credits
from leads.delivery_tables import WebhookEndpoint, WebhookSecret
from leads.tables import Partner
from leads.webhook_signature import SECRET_BYTES, written

ENDPOINTS_AT_MOST = 5
# How long the secret before still signs, beside the new one.
CHANGE_OVER = timedelta(hours=24)
BY_HAND, GONE, FAILING = "by_hand", "gone", "failing"


class SecretBox:
    """Seals secrets for the database with a key of the installation's own."""

    def __init__(self, settings: Settings) -> None:
        self._box = Fernet(base64.urlsafe_b64encode(derived_key(settings, "webhook-secrets")))

    def seal(self, secret: bytes) -> bytes:
        """The secret, unreadable."""
        return self._box.encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """The secret again.

        Raises:
            Unavailable: it was sealed with another SECRET_KEY.
        """
        try:
            return self._box.decrypt(sealed)
        except InvalidToken as error:
            raise Unavailable("this secret was sealed with another SECRET_KEY") from error


@dataclass(frozen=True)
class NewEndpoint:
    """An address that a partner wants to be told at, and who says so. `anywhere`: see `foundation.outbound_http`."""

    partner_id: str
    url: str
    actor: str
    anywhere: bool = False


def register(session: Session, box: SecretBox, wanted: NewEndpoint, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Add an endpoint; its secret is told here and never again.

    Raises:
        Invalid: the address is not one that may be called.
        Conflict: the partner has this one already, or too many.
        NotFound: there is no such partner.
    """
    url = wanted.url.strip()
    check_url(url, anywhere=wanted.anywhere)
    if session.get(Partner, wanted.partner_id, with_for_update={"key_share": True}) is None:
        raise NotFound("there is no such partner")
    in_use = [one.url for one in list_endpoints(session, wanted.partner_id) if one.disabled_at is None]
    if url in in_use:
        raise Conflict("This address is registered already.")
    if len(in_use) >= ENDPOINTS_AT_MOST:
        raise Conflict("There are five addresses already: switch one off first.")
    hold_credits(session)
    endpoint = WebhookEndpoint(
        id=new_id("endpoint"),
        partner_id=wanted.partner_id,
        url=url,
        created_at=now,
        created_by=wanted.actor,
        failures=0,
    )
    session.add(endpoint)
    session.flush()
    return endpoint, _add_secret(session, box, endpoint, now)


def new_secret(session: Session, box: SecretBox, partner_id: str, endpoint_id: str, now: datetime) -> str:
    """Another secret, told here and never again; the one before signs beside it for a day.

    Raises:
        NotFound: there is no such endpoint, or it is another partner's.
    """
    endpoint = own_endpoint(session, partner_id, endpoint_id)
    for before in session.scalars(select(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint.id)):
        before.ends_at = min(before.ends_at or now + CHANGE_OVER, now + CHANGE_OVER)
    return _add_secret(session, box, endpoint, now)


def switch_off(session: Session, partner_id: str, endpoint_id: str, now: datetime) -> WebhookEndpoint:
    """Send nothing more to an endpoint.

    Raises:
        NotFound: there is no such endpoint, or it is another partner's.
    """
    endpoint = own_endpoint(session, partner_id, endpoint_id)
    if endpoint.disabled_at is None:
        hold_credits(session)
        endpoint.disabled_at, endpoint.disabled_because = now, BY_HAND
        session.flush()
    return endpoint


def switch_on(session: Session, partner_id: str, endpoint_id: str) -> WebhookEndpoint:
    """Send to an endpoint again. What it missed meanwhile is sent when it is replayed.

    Raises:
        NotFound: there is no such endpoint, or it is another partner's.
    """
    endpoint = own_endpoint(session, partner_id, endpoint_id)
    hold_credits(session)
    endpoint.disabled_at, endpoint.disabled_because = None, ""
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
    session.flush()
    return endpoint


def find_partner(session: Session, partner_id: str) -> Partner:
    """A partner.

    Raises:
        NotFound: there is none of this id.
    """
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("there is no such partner")
    return partner


def own_endpoint(session: Session, partner_id: str, endpoint_id: str) -> WebhookEndpoint:
    """A partner's endpoint, ours until the transaction ends.

    Raises:
        NotFound: there is no such endpoint, or it is another partner's.
    """
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    if endpoint is None or not partner_id or endpoint.partner_id != partner_id:
        raise NotFound("there is no such endpoint")
    return endpoint


def list_endpoints(session: Session, partner_id: str) -> Sequence[WebhookEndpoint]:
    """A partner's endpoints, those that are switched off too, the oldest first."""
    mine = select(WebhookEndpoint).where(WebhookEndpoint.partner_id == partner_id)
    return session.scalars(mine.order_by(WebhookEndpoint.id)).all()


def count_secrets(session: Session, endpoint_ids: Sequence[str], now: datetime) -> dict[str, int]:
    """How many secrets sign at each endpoint now."""
    counted = (
        select(WebhookSecret.endpoint_id, func.count())
        .where(WebhookSecret.endpoint_id.in_(endpoint_ids), _counts(now))
        .group_by(WebhookSecret.endpoint_id)
    )
    return dict(session.execute(counted).all())


def signing_secrets(session: Session, endpoint_id: str, now: datetime) -> list[bytes]:
    """The sealed secrets that sign now, the newest first."""
    mine = select(WebhookSecret.sealed).where(WebhookSecret.endpoint_id == endpoint_id, _counts(now))
    return list(session.scalars(mine.order_by(WebhookSecret.made_at.desc(), WebhookSecret.id.desc())))


def _counts(now: datetime) -> ColumnElement[bool]:
    return or_(WebhookSecret.ends_at.is_(None), WebhookSecret.ends_at > now)


def _add_secret(session: Session, box: SecretBox, endpoint: WebhookEndpoint, now: datetime) -> str:
    secret = secrets.token_bytes(SECRET_BYTES)
    session.add(WebhookSecret(id=new_id("whsecret"), endpoint_id=endpoint.id, sealed=box.seal(secret), made_at=now))
    session.flush()
    return written(secret)
