"""Queues a contact's next call, whoever wants it: a tick, or an agent who has looked at the contact."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaigns.campaigns import SHORTEST_RING_SECONDS
from campaigns.contact_queue import CalledContact
from campaigns.tables import Campaign
from compliance import directory
from dialer import caller_number_rows, calls, limits
from dialer.call_states import CallStatus
from dialer.caller_numbers import CallerNumber
from dialer.lost_line_rules import LINE_LOST
from dialer.retries import NEVER_RANG
from dialer.tables import Call
from foundation.many_values import is_one_of


def pool_of(session: Session, campaign: Campaign, now: datetime) -> list[CallerNumber]:
    """The campaign's numbers with today's use; those whose look at the directory has lapsed may not be shown."""
    numbers = caller_number_rows.numbers_shown(session, campaign)
    unlisted = directory.not_listed(session, numbers, campaign.country, now)
    return caller_number_rows.read_pool(session, campaign, limits.day_began_at(campaign, now), unlisted)


@dataclass(frozen=True)
class NextCall:
    """Whom to call, and which number they are shown. `kept_agent_id`: who takes it, and no other call meanwhile."""

    contact: CalledContact
    from_number: str
    kept_agent_id: str = ""


def queue_contact_calls(session: Session, campaign: Campaign, wanted: Sequence[NextCall], now: datetime) -> list[str]:
    """The next attempt at each of these contacts, queued; the calls' ids. Three statements, however many they are."""
    attempts = calls.next_attempt_numbers(session, [one.contact.id for one in wanted]) if wanted else {}
    rows = [
        {
            "id": calls.new_call_id(),
            "kind": "contact",
            "campaign_id": campaign.id,
            "contact_id": one.contact.id,
            "attempt_number": attempts[one.contact.id],
            "language": one.contact.language,
            "to_number": one.contact.phone_number,
            "from_number": one.from_number,
            "for_agent_id": one.kept_agent_id or one.contact.callback_agent_id,
            "keeps_agent": bool(one.kept_agent_id),
            "ring_timeout_seconds": max(campaign.ring_timeout_seconds, SHORTEST_RING_SECONDS),
            "detect_machines": campaign.detect_machines,
            "status_since": now,
            "queued_at": now,
        }
        for one in wanted
    ]
    calls.queue_calls(session, rows)
    return [str(row["id"]) for row in rows]


def abandoned_before(session: Session, contact_ids: Collection[str]) -> frozenset[str]:
    """Those of these contacts who answered the last call to them and found nobody, or whose agent's line was lost."""
    newest = (
        select(Call.contact_id, func.max(Call.attempt_number).label("attempt"))
        .where(is_one_of(Call.contact_id, contact_ids), Call.status.not_in(sorted(NEVER_RANG)))
        .group_by(Call.contact_id)
        .subquery()
    )
    rows = session.scalars(
        select(Call.contact_id)
        .join(newest, (Call.contact_id == newest.c.contact_id) & (Call.attempt_number == newest.c.attempt))
        .where(or_(Call.status == CallStatus.ABANDONED, Call.disposition == LINE_LOST))
    )
    return frozenset(contact_id for contact_id in rows if contact_id)
