"""Queues a contact's next call, whoever wants it: a tick, or an agent who has looked at the contact."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
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
from foundation.many_values import TextArray, is_one_of


def pool_of(session: Session, campaign: Campaign, now: datetime) -> list[CallerNumber]:
    """The campaign's numbers with today's use; those whose look at the directory has lapsed may not be shown."""
    pool = caller_number_rows.read_pool(session, campaign, limits.day_began_at(campaign, now))
    unlisted = directory.not_listed(session, [one.number for one in pool], campaign.country, now)
    return [replace(one, may_be_shown=one.number not in unlisted) for one in pool]


@dataclass(frozen=True)
class NextCall:
    """Whom to call, and which number they are shown. `kept_agent_id`: who takes it, and no other call meanwhile."""

    contact: CalledContact
    from_number: str
    kept_agent_id: str = ""


@dataclass(frozen=True)
class Earlier:
    """A contact's earlier calls: the highest number of an attempt, and whether at the last one that rang they answered
    and found nobody, or lost their agent's line.
    """

    attempts: int = 0
    found_nobody: bool = False


_NEVER_CALLED = Earlier()
_EARLIER = (
    select(Call.contact_id, Call.attempt_number, Call.status, Call.disposition)
    .where(is_one_of(Call.contact_id, bindparam("contacts", type_=TextArray)))
    .order_by(Call.contact_id, Call.attempt_number)
)


def queue_contact_calls(
    session: Session,
    campaign: Campaign,
    wanted: Sequence[NextCall],
    now: datetime,
    earlier: Mapping[str, Earlier] | None = None,
) -> list[str]:
    """The next attempt at each of these contacts, queued; the calls' ids. Three statements, however many they are; two
    where it is known what was `earlier`.
    """
    if earlier is None and wanted:
        earlier = earlier_of(session, [one.contact.id for one in wanted])
    known = earlier or {}
    rows = [
        {
            "id": calls.new_call_id(),
            "kind": "contact",
            "campaign_id": campaign.id,
            "contact_id": one.contact.id,
            "attempt_number": known.get(one.contact.id, _NEVER_CALLED).attempts + 1,
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


def earlier_of(session: Session, contact_ids: Collection[str]) -> dict[str, Earlier]:
    """What came of earlier calls to these contacts; those without one are left out."""
    found: dict[str, Earlier] = {}
    for contact_id, number, status, disposition in session.execute(_EARLIER, {"contacts": contact_ids}):
        assert contact_id is not None  # asked for
        before = found.get(contact_id, _NEVER_CALLED)
        found_nobody = status == CallStatus.ABANDONED or disposition == LINE_LOST
        found[contact_id] = Earlier(number or 0, before.found_nobody if status in NEVER_RANG else found_nobody)
    return found
