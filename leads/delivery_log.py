"""What was sent to a partner and what came of it, and sending it again: one message, or all since a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads.delivery import PORTAL, send_again
from leads.delivery_tables import DeliveryTry
from leads.endpoints import own_endpoint
from leads.events import event_type
from leads.tables import Delivery

# What one request may set going again; who wants more asks again for what is older.
REPLAYED_AT_MOST = 1000


@dataclass(frozen=True)
class Message:
    """A notice that left the house, or is to. `answer_code`: of the last try, None where nobody answered.

    `cursor` is its place in the list.
    """

    message_id: str
    cursor: str
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


def list_messages(session: Session, partner_id: str, before: str = "", limit: int = 50) -> list[Message]:
    """One page of what was sent to a partner, or is to be, the newest first."""
    mine = _of_partner(partner_id)
    if before.isdigit():
        mine = mine.where(Delivery.id < int(before[:18]))
    rows = session.scalars(mine.order_by(Delivery.id.desc()).limit(limit)).all()
    last = _last_tries(session, [row.id for row in rows])
    return [_message(row, last.get(row.id)) for row in rows]


def view_message(session: Session, partner_id: str, message_id: str) -> Message:
    """One message.

    Raises:
        NotFound: there is no such message, or it is another partner's.
    """
    row = _own(session, partner_id, message_id)
    return _message(row, _last_tries(session, [row.id]).get(row.id))


def replay_one(session: Session, partner_id: str, message_id: str, now: datetime) -> None:
    """Send one message again, under its id.

    Raises:
        NotFound: there is no such message, or it is another partner's.
    """
    send_again(session, _own(session, partner_id, message_id), now)


def replay_since(session: Session, partner_id: str, endpoint_id: str, since: datetime, now: datetime) -> int:
    """Send everything again that an endpoint was to be told since a moment, the oldest first; how much that is.

    Raises:
        NotFound: there is no such endpoint, or it is another partner's.
    """
    endpoint = own_endpoint(session, partner_id, endpoint_id)
    theirs = (
        select(Delivery)
        .where(Delivery.endpoint_id == endpoint.id, Delivery.created_at >= since)
        .order_by(Delivery.id)
        .limit(REPLAYED_AT_MOST)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = session.scalars(theirs).all()
    for row in rows:
        send_again(session, row, now)
    return len(rows)


def _of_partner(partner_id: str) -> Select[Delivery]:
    return select(Delivery).where(Delivery.partner_id == partner_id, Delivery.channel != PORTAL)


def _own(session: Session, partner_id: str, message_id: str) -> Delivery:
    row = session.scalar(
        _of_partner(partner_id)
        .where(Delivery.message_id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or not partner_id or not message_id:
        raise NotFound("there is no such message")
    return row


def _last_tries(session: Session, delivery_ids: Sequence[int]) -> dict[int, DeliveryTry]:
    tries = select(DeliveryTry).where(DeliveryTry.delivery_id.in_(delivery_ids)).order_by(DeliveryTry.id)
    return {one.delivery_id: one for one in session.scalars(tries)}


def _message(row: Delivery, last: DeliveryTry | None) -> Message:
    return Message(
        message_id=row.message_id,
        cursor=str(row.id),
        type=event_type(row.notice),
        channel=row.channel,
        endpoint_id=row.endpoint_id,
        lead_id=row.lead_id or "",
        offer_id=row.offer_id,
        status=row.status,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_try_at=row.next_try_at,
        tries=row.tries,
        answer_code=last.answer_code if last is not None else None,
        milliseconds=last.milliseconds if last is not None else None,
        problem=row.problem,
    )
