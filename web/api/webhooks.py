"""A partner's webhooks and what was sent to it, in the API. Staff see and repeat every partner's."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from accounts import audit
from leads import delivery_log, endpoints
from leads.delivery_tables import WebhookEndpoint
from leads.endpoints import NewEndpoint, SecretBox, find_partner
from leads.news import ring_to_send
from web.caller import Caller, Paged, PageWanted, PartnerCaller, StaffCaller, paged

router = APIRouter(tags=["webhooks"])


class WebhookOut(BaseModel):
    """An address that is told of events. `secrets`: how many sign now, two while one is being changed."""

    endpoint_id: str
    url: str
    created_at: datetime
    is_on: bool
    disabled_because: str
    secrets: int


class NewWebhookOut(WebhookOut):
    """The same with its secret, which is told once."""

    secret: str


class SecretOut(BaseModel):
    """A secret, which is told once."""

    secret: str


class WebhookIn(BaseModel):
    """Where to send events."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=500)


class ReplayIn(BaseModel):
    """From when on everything is sent again."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime


class ReplayedOut(BaseModel):
    """How many messages are sent again."""

    messages: int


class MessageOut(BaseModel):
    """A message that was sent, or is to be. `message_id` is the `webhook-id` that its receiver sees."""

    model_config = ConfigDict(from_attributes=True)

    message_id: str
    type: str
    channel: str
    endpoint_id: str
    lead_id: str
    offer_id: str
    status: str
    created_at: datetime
    sent_at: datetime | None
    next_try_at: datetime | None
    tries: int
    answer_code: int | None
    milliseconds: int | None
    problem: str


@router.get("/webhooks")
def list_webhooks(caller: PartnerCaller) -> list[WebhookOut]:
    """Own addresses."""
    with caller.parts.database.reading() as session:
        return _listed(session, caller.person.partner_id, caller.now)


@router.post("/webhooks")
def add_webhook(caller: PartnerCaller, body: WebhookIn) -> NewWebhookOut:
    """Register an address; the answer has the secret, which is not told again."""
    settings = caller.parts.settings
    wanted = NewEndpoint(caller.person.partner_id, body.url, caller.person.user_id, settings.webhooks_anywhere)
    with caller.parts.database.transaction() as session:
        endpoint, secret = endpoints.register(session, SecretBox(settings), wanted, caller.now)
        audit.record(session, caller.act("webhook_added", endpoint.id), caller.now)
    return NewWebhookOut(**_shown(endpoint, 1).model_dump(), secret=secret)


@router.post("/webhooks/{endpoint_id}/secret")
def change_secret(caller: PartnerCaller, endpoint_id: str) -> SecretOut:
    """A new secret; the one before signs beside it for 24 hours."""
    box, partner_id = SecretBox(caller.parts.settings), caller.person.partner_id
    with caller.parts.database.transaction() as session:
        secret = endpoints.new_secret(session, box, partner_id, endpoint_id, caller.now)
        audit.record(session, caller.act("webhook_secret_changed", endpoint_id), caller.now)
    return SecretOut(secret=secret)


@router.post("/webhooks/{endpoint_id}/off")
def switch_off(caller: PartnerCaller, endpoint_id: str) -> WebhookOut:
    """Send nothing more there."""
    with caller.parts.database.transaction() as session:
        endpoints.switch_off(session, caller.person.partner_id, endpoint_id, caller.now)
        audit.record(session, caller.act("webhook_switched_off", endpoint_id), caller.now)
        return _one(session, caller, endpoint_id)


@router.post("/webhooks/{endpoint_id}/on")
def switch_on(caller: PartnerCaller, endpoint_id: str) -> WebhookOut:
    """Send there again, from now on."""
    with caller.parts.database.transaction() as session:
        endpoints.switch_on(session, caller.person.partner_id, endpoint_id)
        audit.record(session, caller.act("webhook_switched_on", endpoint_id), caller.now)
        return _one(session, caller, endpoint_id)


@router.post("/webhooks/{endpoint_id}/replay")
def replay_webhook(caller: PartnerCaller, endpoint_id: str, body: ReplayIn) -> ReplayedOut:
    """Send everything again since a moment, at most a thousand messages, under their ids."""
    return _replay_since(caller, caller.person.partner_id, endpoint_id, body.since)


@router.get("/messages")
def list_messages(caller: PartnerCaller, paging: PageWanted) -> Paged[MessageOut]:
    """What was sent, or is to be, the newest first."""
    return _messages(caller, caller.person.partner_id, paging)


@router.post("/messages/{message_id}/replay")
def replay_message(caller: PartnerCaller, message_id: str) -> MessageOut:
    """Send one message again, under its id."""
    return _replay_one(caller, caller.person.partner_id, message_id)


@router.get("/partners/{partner_id}/webhooks")
def list_webhooks_of(caller: StaffCaller, partner_id: str) -> list[WebhookOut]:
    """A partner's addresses."""
    with caller.parts.database.reading() as session:
        return _listed(session, find_partner(session, partner_id).id, caller.now)


@router.post("/partners/{partner_id}/webhooks/{endpoint_id}/replay")
def replay_webhook_of(caller: StaffCaller, partner_id: str, endpoint_id: str, body: ReplayIn) -> ReplayedOut:
    """Send everything again to a partner's address since a moment."""
    return _replay_since(caller, partner_id, endpoint_id, body.since)


@router.get("/partners/{partner_id}/messages")
def list_messages_of(caller: StaffCaller, partner_id: str, paging: PageWanted) -> Paged[MessageOut]:
    """What was sent to a partner, or is to be, the newest first."""
    with caller.parts.database.reading() as session:
        find_partner(session, partner_id)
    return _messages(caller, partner_id, paging)


@router.post("/partners/{partner_id}/messages/{message_id}/replay")
def replay_message_of(caller: StaffCaller, partner_id: str, message_id: str) -> MessageOut:
    """Send one message to a partner again."""
    return _replay_one(caller, partner_id, message_id)


def _messages(caller: Caller, partner_id: str, paging: PageWanted) -> Paged[MessageOut]:
    with caller.parts.database.reading() as session:
        rows = delivery_log.list_messages(session, partner_id, paging.cursor, paging.limit + 1)
    return paged(rows, paging, MessageOut.model_validate, lambda row: row.cursor)


def _replay_one(caller: Caller, partner_id: str, message_id: str) -> MessageOut:
    with caller.parts.database.transaction() as session:
        delivery_log.replay_one(session, partner_id, message_id, caller.now)
        audit.record(session, caller.act("message_replayed", message_id), caller.now)
        ring_to_send(caller.parts.runtime, session)
        return MessageOut.model_validate(delivery_log.view_message(session, partner_id, message_id))


def _replay_since(caller: Caller, partner_id: str, endpoint_id: str, since: datetime) -> ReplayedOut:
    with caller.parts.database.transaction() as session:
        count = delivery_log.replay_since(session, partner_id, endpoint_id, since, caller.now)
        audit.record(session, caller.act("messages_replayed", endpoint_id, messages=count), caller.now)
        ring_to_send(caller.parts.runtime, session)
    return ReplayedOut(messages=count)


def _one(session: Session, caller: Caller, endpoint_id: str) -> WebhookOut:
    shown = _listed(session, caller.person.partner_id, caller.now)
    return next(one for one in shown if one.endpoint_id == endpoint_id)


def _listed(session: Session, partner_id: str, now: datetime) -> list[WebhookOut]:
    rows = endpoints.list_endpoints(session, partner_id)
    counts = endpoints.count_secrets(session, [row.id for row in rows], now)
    return [_shown(row, counts.get(row.id, 0)) for row in rows]


def _shown(row: WebhookEndpoint, secrets: int) -> WebhookOut:
    return WebhookOut(
        endpoint_id=row.id,
        url=row.url,
        created_at=row.created_at,
        is_on=row.disabled_at is None,
        disabled_because=row.disabled_because,
        secrets=secrets,
    )
