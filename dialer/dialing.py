"""Carries out what a tick decided: takes contacts out of the line, asks the gate about them, and queues their calls.

Deciding is the pacing's. The gate's last word on each call is said when it is claimed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.contact_queue import NextContact
from campaigns.tables import Campaign
from dialer import (
    answer_times,
    caller_number_rows,
    caller_numbers,
    contact_calls,
    endings,
    gate_check,
    job_names,
    owners,
    pacing_facts,
    previews,
)
from dialer.caller_numbers import CallerNumber
from dialer.contact_calls import Earlier
from dialer.pacing import POLICIES
from dialer.pacing.policy import Decision, Line, PacingFacts
from dialer.pacing.preview import choose_agents
from dialer.wiring import Parts
from foundation.queue import QueueName

# As the gate says it, which would say so of every contact.
NOT_LISTED = "caller_number_not_listed"
# How long a contact waits for whom no agent can be kept just now.
AGENT_REST = timedelta(seconds=15)


def carry_out(  # noqa: PLR0913, PLR0917 - what was decided, of what, for whom, when
    parts: Parts, session: Session, campaign: Campaign, decision: Decision, facts: PacingFacts, now: datetime
) -> str:
    """Queue the calls of a decision, or show its contacts. Why the whole campaign has to halt; empty: it need not."""
    if not decision.dial:
        return ""
    pool = contact_calls.pool_of(session, campaign, now)
    if not any(number.may_be_shown for number in pool):
        return NOT_LISTED
    contacts, shown, halted = _take_allowed(parts, session, campaign, _Wanted(decision, facts, pool), now)
    earlier = contact_calls.earlier_of(session, [contact.id for contact in contacts]) if contacts else {}
    kept = _kept_agents(session, campaign, _needy(campaign, contacts, earlier), facts, now)
    wanted = []
    for contact, number in zip(contacts, shown, strict=True):
        agent_id = kept.get(contact.id)
        if agent_id == "":
            later = now + AGENT_REST
            contact_queue.give_back(
                session, contact.id, not_before=later, why="waits_for_agent", now=now, attempted=False
            )
        elif agent_id and campaign.pacing_mode == previews.MODE:
            previews.show(parts, session, campaign, contact, agent_id, now)
        else:
            wanted.append(contact_calls.NextCall(contact, number, agent_id or ""))
    call_ids = contact_calls.queue_contact_calls(session, campaign, wanted, now, earlier)
    if call_ids:
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.PLACE_CALLS, call_ids)
        parts.live.publish_after_commit(session, "board")
    return halted


@dataclass(frozen=True)
class _Wanted:
    """What is taken out of the line for: the decision, the facts that it rests on, and the numbers to show."""

    decision: Decision
    facts: PacingFacts
    pool: Sequence[CallerNumber]


def _take_allowed(
    parts: Parts, session: Session, campaign: Campaign, wanted: _Wanted, now: datetime
) -> tuple[list[NextContact], list[str], str]:
    """Contacts that the gate lets pass, with the number that each is shown; and why the campaign has to halt."""
    terms = answer_times.likely_first(owners.terms_of(campaign, wanted.facts.ready), campaign, now)
    limits = caller_numbers.within_caps(wanted.pool, wanted.decision.dial)
    contacts = contact_queue.reserve_each(session, campaign.id, limits, now, terms)
    showing = caller_number_rows.Showing(session, wanted.pool, contacts)
    shown = [showing.show_to(contact) for contact in contacts]
    # Asked here a first time, for all of them at once; the last word is said when each is claimed.
    verdicts = gate_check.ask_all(parts, session, contacts, shown, now)
    for contact, verdict in zip(contacts, verdicts, strict=True):
        if not verdict.allows:
            endings.put_back_refused(session, contact.id, verdict, now)
    allowed = [place for place, verdict in enumerate(verdicts) if verdict.allows]
    halted = next((verdict.reason for verdict in verdicts if verdict.halts_campaign), "")
    return [contacts[place] for place in allowed], [shown[place] for place in allowed], halted


def _needy(
    campaign: Campaign, contacts: Sequence[NextContact], earlier: Mapping[str, Earlier]
) -> Sequence[NextContact]:
    """Contacts that need an agent of their own: in preview all; else those who found nobody the last time, who must
    not find nobody again.
    """
    if campaign.pacing_mode == previews.MODE:
        return contacts
    if not POLICIES[campaign.pacing_mode].needs_agents:
        return ()
    return [contact for contact in contacts if contact.id in earlier and earlier[contact.id].found_nobody]


def _kept_agents(
    session: Session, campaign: Campaign, needy: Sequence[NextContact], facts: PacingFacts, now: datetime
) -> dict[str, str]:
    """The agent who is kept for each contact that needs one of its own, empty where none is free."""
    if not needy:
        return {}
    lines = [(Line(campaign.id, contact.language), contact.callback_agent_id) for contact in needy]
    chosen = choose_agents(facts.ready, pacing_facts.free_agents(session, facts.ready, now), lines)
    return {contact.id: agent_id for contact, agent_id in zip(needy, chosen, strict=True)}
