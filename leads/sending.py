"""Sends what is due: claim, commit, send, record, one notice after the other, until nothing is left or time is up.

Dying between sending and recording sends a notice twice, under the same id; none is lost.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from foundation.database import Database
from foundation.errors import HalaliError, Invalid, Unavailable
from foundation.logs import get_logger
from foundation.marking import N_
from foundation.outbound_http import Outbound
from foundation.runtime import Runtime
from leads import delivery
from leads.delivery import Claim, Tried
from leads.delivery_tables import WebhookEndpoint
from leads.endpoints import SecretBox, signing_secrets
from leads.events import body_of, event_of
from leads.tables import Delivery, Offer
from leads.webhook_signature import signed_headers

log = get_logger(__name__)

# Longer than any try can last; whoever died with a notice holds it up for so long, on the wall.
LEASE_SECONDS = 120.0
# A job ends before the queue would end it. What is left is rung for again.
BUDGET_SECONDS = 60.0
_GONE = 410

# Why a notice was not taken, or is not sent.
ANSWERED = N_("answered %(code)s")
SWITCHED_OFF = N_("the address is switched off")
NO_SECRET = N_("the address has no secret")
NO_WAY = N_("there is no way to send by %(channel)s")

_LEAST_OK, _BEYOND_OK = 200, 300


class Try(Protocol):
    """One try to send one notice, without a transaction."""

    def __call__(self) -> Tried: ...


# What makes a try of a notice: reads what it needs, and leaves sending to the try. None and a reason: not to be sent.
Prepare = Callable[[Delivery], "Try | str"]


@dataclass(frozen=True)
class Ways:
    """How each channel sends. A channel that is missing cannot be used here."""

    by_channel: Mapping[str, Prepare]


def send_due(runtime: Runtime, ways: Ways, chance: Callable[[], float]) -> int:
    """Send what is due. Returns how many tries were made.

    A mail server that does not answer is left alone for the rest of this run: it is the same for all.
    """
    ends_at = time.monotonic() + BUDGET_SECONDS
    tries, without_mail = 0, False
    while time.monotonic() < ends_at:
        now = runtime.clock.now()
        with runtime.database.transaction(relaxed=True) as session:
            lease: timedelta = runtime.clock.real_seconds(LEASE_SECONDS)
            claim = delivery.claim_next(session, now, lease, without_mail=without_mail)
        if claim is None:
            return tries
        tried = _send(runtime, ways, claim)
        if tried is None:
            continue
        tries += 1
        with runtime.database.transaction(relaxed=True) as session:
            sent = delivery.record_try(session, claim, tried, chance(), runtime.clock.now())
            runtime.live.publish_after_commit(session, f"partner:{sent.partner_id}", deliveries=True)
        without_mail |= sent.channel == delivery.EMAIL and tried.problem != "" and tried.answer_code is None
        if tried.problem:
            log.info("notice_not_taken", delivery_id=claim.delivery_id, channel=sent.channel, code=tried.answer_code)
    return tries


def _send(runtime: Runtime, ways: Ways, claim: Claim) -> Tried | None:
    with runtime.database.reading() as session:
        notice = session.get_one(Delivery, claim.delivery_id)
    prepare = ways.by_channel.get(notice.channel)
    try:
        ready = prepare(notice) if prepare else NO_WAY % {"channel": notice.channel}
    except HalaliError as error:
        return Tried(str(error))
    if not isinstance(ready, str):
        return ready()
    with runtime.database.transaction(relaxed=True) as session:
        delivery.drop(session, claim, ready)
    return None


class Webhooks:
    """Makes tries that post an event to its endpoint, signed with each secret that counts now."""

    def __init__(self, runtime: Runtime, outbound: Outbound) -> None:
        self._runtime = runtime
        self._outbound = outbound

    def __call__(self, notice: Delivery) -> Try | str:
        """A try of this notice, or why it is not sent."""
        now = self._runtime.clock.now()
        with self._runtime.database.reading() as session:
            endpoint = session.get(WebhookEndpoint, notice.endpoint_id)
            if endpoint is None or endpoint.disabled_at is not None:
                return SWITCHED_OFF
            sealed = signing_secrets(session, endpoint.id, now)
            body = body_of(event_of(session, notice))
        if not sealed:
            return NO_SECRET
        box = SecretBox(self._runtime.settings)
        # The time of the wall, also in a rehearsal: receivers compare it with theirs.
        signed = signed_headers(notice.message_id, now, body, [box.open(one) for one in sealed])
        headers = {"Content-Type": "application/json", "User-Agent": "Halali-Webhooks/1"} | signed
        url = endpoint.url
        return lambda: self._post(url, headers, body)

    def _post(self, url: str, headers: dict[str, str], body: bytes) -> Tried:
        began = time.monotonic()
        code, problem = None, ""
        try:
            code = self._outbound.post(url, headers, body).status
            if not _LEAST_OK <= code < _BEYOND_OK:
                problem = ANSWERED % {"code": code}
        except (Unavailable, Invalid) as error:
            problem = str(error)
        spent = round(1000 * (time.monotonic() - began))
        return Tried(problem, code, spent, is_gone=code == _GONE)


def something_is_due(database: Database, now: datetime) -> bool:
    """Whether a notice waits whose time has come, leaving out addresses that rest."""
    with database.reading() as session:
        return session.scalar(delivery.due_notices(now).limit(1)) is not None


def is_over(runtime: Runtime, notice: Delivery) -> bool:
    """Whether a notice of an offer comes too late: a letter about it would only mislead."""
    if notice.notice != delivery.OFFER_MADE:
        return False
    with runtime.database.reading() as session:
        offer = session.get(Offer, notice.offer_id)
    return offer is None or offer.status != "live"
