"""Notices to partners, written in the transaction of what they tell: a row for the portal, one for each other way.

The one door to a notice's status. The portal shows its row at once; the others are sent by `leads.sending`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from leads.credit_book import hold_credits
from leads.delivery_schedule import GIVES_UP_AFTER, rest_after, wait_after
from leads.delivery_tables import DeliveryTry, WebhookEndpoint
from leads.endpoints import FAILING, GONE
from leads.tables import Delivery, Lead, Offer, Partner

OFFER_MADE = "offer_made"
OFFER_ENDED = "offer_ended"
LEAD_ACCEPTED = "lead_accepted"
LEAD_RECALLED = "lead_recalled"
INCUMBENT_TOLD = "incumbent_told"
CONTACT_HALF = "first_contact_half"  # half the time for the first contact is over
CONTACT_LATE = "first_contact_late"  # four fifths of it
PROTECTION_LAPSED = "protection_lapsed"
EXTENSION_GRANTED = "extension_granted"
EXTENSION_REFUSED = "extension_refused"
CLAIM_CONFIRMED = "claim_confirmed"
CLAIM_REFUSED = "claim_refused"
CLAIM_REVOKED = "claim_revoked"
DISPUTE_DECIDED = "dispute_decided"
APPOINTMENT_SET = "appointment_set"
PRIVACY_TASK = "privacy_task"
PRIVACY_REMINDER = "privacy_reminder"
PORTAL, EMAIL, WEBHOOK = "portal", "email", "webhook"
PENDING, SENT, FAILED, DROPPED = "pending", "sent", "failed", "dropped"

# These say nothing that somebody who reads mail must know at once: programs hear of them, people see the portal.
_NOT_MAILED = frozenset({OFFER_ENDED, LEAD_ACCEPTED, INCUMBENT_TOLD})
_LONGEST_KEY = 140
# A mark on a session whose transaction has written something to send.
_WAITING = "halali_notices"
# Written once: putting a statement together takes as long as running it.
_WITH_KEY = select(Delivery.id).where(Delivery.key == bindparam("key"))
_WAYS = (
    select(Partner.email, WebhookEndpoint.id)
    .outerjoin(WebhookEndpoint, and_(WebhookEndpoint.partner_id == Partner.id, WebhookEndpoint.disabled_at.is_(None)))
    .where(Partner.id == bindparam("partner_id"))
    .order_by(WebhookEndpoint.id)
)
_ENDPOINTS = (
    select(WebhookEndpoint.partner_id, WebhookEndpoint.id)
    .where(WebhookEndpoint.disabled_at.is_(None))
    .order_by(WebhookEndpoint.id)
)


@dataclass(frozen=True)
class Reach:
    """How a partner is told, besides on the portal: whether by e-mail, and at which endpoints."""

    has_email: bool
    endpoints: Sequence[str] = ()


@dataclass(frozen=True)
class Notice:
    """What a partner is told. One notice of a kind about a subject (an id), however often it is written.

    Never a name or number in `facts`: whoever is told asks for what it may see.
    """

    kind: str
    subject: str
    partner_id: str
    lead_id: str = ""
    offer_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def key(self, way: str) -> str:
        """The same for the same notice by the same way."""
        written = f"{self.kind}:{self.subject}:{way}"
        if len(written) <= _LONGEST_KEY:
            return written
        return f"{self.kind}:{hashlib.sha256(written.encode()).hexdigest()}"


@dataclass(frozen=True)
class Claim:
    """A notice that this process sends now: until the moment `until` it is nobody else's."""

    delivery_id: int
    until: datetime


@dataclass(frozen=True)
class Tried:
    """What came of a try: the code of the answer, and what was wrong; an empty `problem` means that it was taken.

    `is_final`: trying again is no use. `is_gone`: the endpoint says that it wants no more.
    """

    problem: str = ""
    answer_code: int | None = None
    milliseconds: int = 0
    is_final: bool = False
    is_gone: bool = False


def notify(session: Session, notice: Notice, now: datetime) -> bool:
    """Tell a partner by every way that it has; whether it was not told before. Under the lock of what it tells."""
    if session.scalar(_WITH_KEY, {"key": notice.key(PORTAL)}) is not None:
        return False
    _tell(session, notice, _reach_of(session, notice.partner_id), now)
    session.flush()
    return True


def _tell(session: Session, notice: Notice, reach: Reach, now: datetime) -> None:
    _add(session, notice, PORTAL, now)
    if reach.has_email and notice.kind not in _NOT_MAILED:
        _add(session, notice, EMAIL, now)
    for endpoint_id in reach.endpoints:
        _add(session, notice, WEBHOOK, now, endpoint_id)


def _reach_of(session: Session, partner_id: str) -> Reach:
    # Straight from the connection, so that nothing is flushed yet.
    rows = session.connection().execute(_WAYS, {"partner_id": partner_id}).all()
    return Reach(bool(rows[0].email), [row.id for row in rows if row.id is not None])


def endpoints_by_partner(session: Session) -> dict[str, list[str]]:
    """All endpoints that something is sent to. Under the credit lock they stay so, see `endpoints`."""
    found: dict[str, list[str]] = defaultdict(list)
    for partner_id, endpoint_id in session.connection().execute(_ENDPOINTS):
        found[partner_id].append(endpoint_id)
    return dict(found)


def notify_of_offer(session: Session, offer: Offer, now: datetime, reach: Reach | None = None) -> None:
    """Tell a partner of an offer that this transaction makes, so nobody can have told of it before.

    Written with the next flush. `reach`: where it is known, under the credit lock.
    """
    notice = Notice(OFFER_MADE, offer.id, offer.partner_id, offer.lead_id, offer.id)
    _tell(session, notice, reach or _reach_of(session, offer.partner_id), now)


def notify_of_end(session: Session, offer: Offer, now: datetime) -> None:
    """Tell a partner's programs that its offer is over: it accepted, or it cannot any more. Of a recall it hears so."""
    if offer.by_call and offer.status != "accepted":
        return  # it was never told of it in writing
    kinds = {"accepted": LEAD_ACCEPTED, "declined": OFFER_ENDED, "timed_out": OFFER_ENDED, "withdrawn": OFFER_ENDED}
    if kind := kinds.get(offer.status):
        facts = {"status": str(offer.status)}
        notify(session, Notice(kind, offer.id, offer.partner_id, offer.lead_id, offer.id, facts), now)


def tell_incumbent(session: Session, lead: Lead, partner_id: str, facts: dict[str, Any], now: datetime) -> bool:
    """Tell a partner that a lead of a customer it serves goes elsewhere, and why; whether it was not told before."""
    subject = f"{lead.id}:{partner_id}"
    return notify(session, Notice(INCUMBENT_TOLD, subject, partner_id, lead.id, facts=facts), now)


def has_something_to_send(session: Session) -> bool:
    """Whether this transaction has written a notice that has to be sent."""
    return bool(session.info.get(_WAITING))


def due_notices(now: datetime) -> Select[Delivery]:
    """What has to be sent now; nothing to endpoints that rest."""
    resting = select(WebhookEndpoint.id).where(WebhookEndpoint.rests_until > now)
    return select(Delivery).where(
        Delivery.status == PENDING,
        Delivery.next_try_at <= now,
        or_(Delivery.endpoint_id == "", Delivery.endpoint_id.not_in(resting)),
    )


def claim_next(session: Session, now: datetime, lease: timedelta, *, without_mail: bool = False) -> Claim | None:
    """The notice that has been due longest, to be sent by the caller; None when nothing is due.

    Whoever dies with it loses nothing: it is due again when the lease is over.
    """
    due = due_notices(now)
    if without_mail:
        due = due.where(Delivery.channel != EMAIL)
    delivery = session.scalar(
        due.order_by(Delivery.next_try_at, Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if delivery is None:
        return None
    delivery.tries += 1
    delivery.next_try_at = now + lease
    session.flush()
    return Claim(delivery.id, delivery.next_try_at)


def record_try(session: Session, claim: Claim, tried: Tried, chance: float, now: datetime) -> Delivery:
    """Write down what came of a try and, where it failed, when the next one is due. `chance`: from 0 to 1."""
    # The endpoint before its notices, as whoever asks for all of them again does: nobody waits in a circle.
    endpoint_id = session.scalars(select(Delivery.endpoint_id).where(Delivery.id == claim.delivery_id)).one()
    if endpoint_id:
        _judge_endpoint(session, endpoint_id, tried, now)
    delivery = session.get_one(Delivery, claim.delivery_id, with_for_update=True, populate_existing=True)
    session.add(
        DeliveryTry(
            delivery_id=delivery.id,
            at=now,
            milliseconds=tried.milliseconds,
            answer_code=tried.answer_code,
            problem=tried.problem[:300],
        )
    )
    # Past its lease another process may have sent it, or somebody has asked for it again: then theirs counts.
    if delivery.status == PENDING and delivery.next_try_at == claim.until:
        _move_on(delivery, tried, chance, now)
    session.flush()
    return delivery


def drop(session: Session, claim: Claim, why: str) -> None:
    """Send a notice no more: what it tells is over, or there is no way to send it."""
    delivery = session.get_one(Delivery, claim.delivery_id, with_for_update=True, populate_existing=True)
    if delivery.status == PENDING and delivery.next_try_at == claim.until:
        delivery.status, delivery.next_try_at, delivery.problem = DROPPED, None, why[:300]
        delivery.tries -= 1
        session.flush()


def send_again(session: Session, delivery: Delivery, now: datetime) -> None:
    """Send a notice from the beginning, under the same id. The portal's needs no sending."""
    if delivery.channel == PORTAL:
        return
    delivery.status, delivery.tries, delivery.next_try_at, delivery.problem = PENDING, 0, now, ""
    session.info[_WAITING] = True
    session.flush()


def _add(session: Session, notice: Notice, channel: str, now: datetime, endpoint_id: str = "") -> None:
    is_shown = channel == PORTAL
    key = notice.key(endpoint_id or channel)
    session.add(
        Delivery(
            key=key,
            message_id=f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}",
            partner_id=notice.partner_id,
            lead_id=notice.lead_id or None,
            offer_id=notice.offer_id,
            notice=notice.kind,
            channel=channel,
            endpoint_id=endpoint_id,
            status=SENT if is_shown else PENDING,
            facts=notice.facts,
            created_at=now,
            sent_at=now if is_shown else None,
            next_try_at=None if is_shown else now,
        )
    )
    if not is_shown:
        session.info[_WAITING] = True


def _move_on(delivery: Delivery, tried: Tried, chance: float, now: datetime) -> None:
    delivery.problem = tried.problem[:300]
    if not tried.problem:
        delivery.status, delivery.sent_at, delivery.next_try_at = SENT, now, None
        return
    wait = None if tried.is_final or tried.is_gone else wait_after(delivery.tries, chance)
    if wait is None:
        delivery.status, delivery.next_try_at = FAILED, None
    else:
        delivery.next_try_at = now + wait


def _judge_endpoint(session: Session, endpoint_id: str, tried: Tried, now: datetime) -> None:
    endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    if not tried.problem:
        endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.rests_until = now + rest_after(endpoint.failures)
    if endpoint.disabled_at is None and (tried.is_gone or now - endpoint.failing_since >= GIVES_UP_AFTER):
        hold_credits(session)  # see `endpoints`
        endpoint.disabled_at, endpoint.disabled_because = now, GONE if tried.is_gone else FAILING
