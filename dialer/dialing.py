"""Carries out what a tick decided: takes contacts out of the line, asks the gate about them, and queues their calls.

Deciding is the pacing's. The gate's last word on each call is said when it is claimed.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.campaigns import SHORTEST_RING_SECONDS
from campaigns.tables import Campaign, Contact
from compliance import directory
from dialer import caller_number_rows, caller_numbers, calls, endings, gate_check, job_names, limits, owners
from dialer.call_states import CallStatus
from dialer.pacing.policy import Decision, PacingFacts
from dialer.tables import Call
from dialer.wiring import Parts
from foundation.queue import QueueName

# As the gate says it, which would say so of every contact.
NOT_LISTED = "caller_number_not_listed"


def carry_out(  # noqa: PLR0913, PLR0917 - what was decided, of what, for whom, when
    parts: Parts, session: Session, campaign: Campaign, decision: Decision, facts: PacingFacts, now: datetime
) -> str:
    """Queue the calls of a decision. Returns why the whole campaign has to halt, in one word; empty: it need not."""
    if not decision.dial:
        return ""
    pool = pool_of(session, campaign, now)
    if not any(number.may_be_shown for number in pool):
        return NOT_LISTED
    terms = owners.terms_of(campaign, facts.ready)
    contacts = [
        contact
        for language, count in caller_numbers.within_caps(pool, decision.dial).items()
        for contact in contact_queue.reserve_next(session, campaign.id, language, count, now, terms)
    ]
    showing = caller_number_rows.Showing(session, pool, contacts)
    shown = [showing.show_to(contact) for contact in contacts]
    # Asked here a first time, for all of them at once; the last word is said when each is claimed.
    verdicts = gate_check.ask_all(parts, session, campaign, contacts, shown, now)
    call_ids = []
    for contact, number, verdict in zip(contacts, shown, verdicts, strict=True):
        if verdict.allows:
            call_ids.append(queue_contact_call(session, campaign, contact, number, now).id)
        else:
            endings.put_back_refused(session, contact.id, verdict, now)
    if call_ids:
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.PLACE_CALLS, call_ids)
        parts.live.publish_after_commit(session, "board")
    return next((verdict.reason for verdict in verdicts if verdict.halts_campaign), "")


def pool_of(session: Session, campaign: Campaign, now: datetime) -> list[caller_numbers.CallerNumber]:
    """The campaign's numbers with today's use; those whose look at the directory has lapsed may not be shown."""
    numbers = caller_number_rows.numbers_shown(session, campaign)
    unlisted = directory.not_listed(session, numbers, campaign.country, now)
    return caller_number_rows.read_pool(session, campaign, limits.day_began_at(campaign, now), unlisted)


def queue_contact_call(session: Session, campaign: Campaign, contact: Contact, from_number: str, now: datetime) -> Call:
    """The contact's next attempt, queued."""
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
            for_agent_id=contact.callback_agent_id,
            ring_timeout_seconds=max(campaign.ring_timeout_seconds, SHORTEST_RING_SECONDS),
            detect_machines=campaign.detect_machines,
            status=CallStatus.QUEUED,
            status_since=now,
            queued_at=now,
        ),
    )
