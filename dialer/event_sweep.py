"""Clocks of events that need more than events know: business hours, mail, and the call of the day before."""

from datetime import datetime

from sqlalchemy import select

from campaigns import contact_queue
from campaigns.tables import Campaign, CampaignStatus, Contact, ContactStatus
from dialer.event_answers import event_terms
from dialer.wiring import Parts
from events.letters import due_letters
from events.seat_states import INVITING, SeatStatus
from events.sweep import sweep_events
from events.tables import Event, Seat
from foundation.logs import get_logger
from foundation.queue import QueueName
from leads.job_names import SEND_DUE

log = get_logger(__name__)

AT_MOST = 100
WHY = "event_reminder"
# After these nobody is called any more, whoever invited.
_NEVER_AGAIN = frozenset({"do_not_call", "wrong_number"})


def sweep(parts: Parts, now: datetime) -> int:
    """Let lapse and end what is due, and bring key guests back in line; how many events and guests moved."""
    changed = sweep_events(parts.database, event_terms(now))
    if parts.settings.smtp_url.get_secret_value() and due_letters(parts.database, now, at_most=1):
        parts.queue.put(QueueName.SEND, SEND_DUE)
    for event_id in changed:
        parts.live.publish(f"event:{event_id}")
    return len(changed) + sum(_call_the_day_before(parts, seat_id, now) for seat_id in _due_calls(parts, now))


def _due_calls(parts: Parts, now: datetime) -> list[str]:
    query = select(Seat.id).where(Seat.call_due_at <= now).order_by(Seat.call_due_at).limit(AT_MOST)
    with parts.database.reading() as session:
        return list(session.scalars(query))


def _call_the_day_before(parts: Parts, seat_id: str, now: datetime) -> bool:
    """Promise the guest a call for now; whether one is promised. The gate looks at it like at any other.

    A contact who is being called at the moment waits for the next sweep.
    """
    with parts.database.transaction() as session:
        # The contact before the seat, as whoever forgets a customer.
        contact_id = session.get_one(Seat, seat_id).contact_id
        contact = session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
        seat = session.get_one(Seat, seat_id, with_for_update=True, populate_existing=True)
        event = session.get_one(Event, seat.event_id)
        if seat.call_due_at is None or seat.call_due_at > now:
            return False
        campaign = session.get(Campaign, contact.campaign_id) if contact else None
        is_wanted = seat.status == SeatStatus.CONFIRMED and event.status in INVITING and event.starts_at > now
        runs = campaign is not None and campaign.status == CampaignStatus.RUNNING
        if contact is None or not is_wanted or not runs or contact.outcome in _NEVER_AGAIN:
            seat.call_due_at = None
            log.info("event_call_dropped", seat_id=seat_id)
            return False
        if contact.status in {ContactStatus.RESERVED, ContactStatus.FENCED}:
            return False
        if contact.status == ContactStatus.DONE:
            contact_queue.put_back_many(
                session, contact.campaign_id, [contact.id], why=WHY, now=now, resets_attempts=True
            )
        contact_queue.promise_callback(session, seat.contact_id, at=now, agent_id="", now=now, call_id="")
        seat.call_due_at = None
        return True
