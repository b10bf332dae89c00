"""Queues a contact's next call, whoever wants it: a tick, or an agent who has looked at the contact."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.campaigns import SHORTEST_RING_SECONDS
from campaigns.tables import Campaign, Contact
from compliance import directory
from dialer import caller_number_rows, calls, limits
from dialer.call_states import CallStatus
from dialer.caller_numbers import CallerNumber
from dialer.retries import NEVER_RANG
from dialer.tables import Call


def pool_of(session: Session, campaign: Campaign, now: datetime) -> list[CallerNumber]:
    """The campaign's numbers with today's use; those whose look at the directory has lapsed may not be shown."""
    numbers = caller_number_rows.numbers_shown(session, campaign)
    unlisted = directory.not_listed(session, numbers, campaign.country, now)
    return caller_number_rows.read_pool(session, campaign, limits.day_began_at(campaign, now), unlisted)


def queue_contact_call(  # noqa: PLR0913 - whom, from where, for whom, and when
    session: Session,
    campaign: Campaign,
    contact: Contact,
    from_number: str,
    now: datetime,
    *,
    kept_agent_id: str = "",
) -> Call:
    """The contact's next attempt, queued. `kept_agent_id`: who takes it, and no other call meanwhile."""
    return calls.queue_call(
        session,
        Call(
            id=calls.new_call_id(),
            kind="contact",
            campaign_id=campaign.id,
            contact_id=contact.id,
            attempt_number=calls.next_attempt_number(session, contact.id),
            language=contact.language,
            to_number=contact.phone_number,
            from_number=from_number,
            for_agent_id=kept_agent_id or contact.callback_agent_id,
            keeps_agent=bool(kept_agent_id),
            ring_timeout_seconds=max(campaign.ring_timeout_seconds, SHORTEST_RING_SECONDS),
            detect_machines=campaign.detect_machines,
            status=CallStatus.QUEUED,
            status_since=now,
            queued_at=now,
        ),
    )


def abandoned_before(session: Session, contact_ids: Collection[str]) -> frozenset[str]:
    """Those of these contacts who answered the last call to them and found nobody."""
    newest = (
        select(Call.contact_id, func.max(Call.attempt_number).label("attempt"))
        .where(Call.contact_id.in_(contact_ids), Call.status.not_in(sorted(NEVER_RANG)))
        .group_by(Call.contact_id)
        .subquery()
    )
    rows = session.scalars(
        select(Call.contact_id)
        .join(newest, (Call.contact_id == newest.c.contact_id) & (Call.attempt_number == newest.c.attempt))
        .where(Call.status == CallStatus.ABANDONED)
    )
    return frozenset(contact_id for contact_id in rows if contact_id)
