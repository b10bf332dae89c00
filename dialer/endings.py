"""What the end of a call means for its contact and its agent: back in line, done, or waiting for the disposition."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import campaigns, contact_queue
from campaigns.tables import Campaign
from dialer import agent_legs, agents, calls, drafts, live_transfers, lost_line_book, retries
from dialer.call_states import FINAL, CallStatus, What
from dialer.calls import Change
from dialer.gate_check import Verdict
from dialer.reasons import Reason
from dialer.tables import Call
from dialer.wiring import Parts
from foundation.database import after_commit
from foundation.settings import Settings

REJECTED_NUMBER = retries.REJECTED_NUMBER
MESSAGE_PLAYED = "message_played"
NO_DISPOSITION = "no_disposition"


def follow_contact_call(parts: Parts, session: Session, change: Change, now: datetime) -> None:
    """A contact's call has ended: free or wrap up its agent, and decide about the contact unless the agent will."""
    call = change.call
    assert call.contact_id is not None
    if change.before in FINAL:
        # Late news that they had met: contact and agent have gone on long ago, and nobody asks what came of it.
        call.disposition, call.disposition_at = NO_DISPOSITION, now
        drafts.take_over(session, call)
        return
    campaign = session.get(Campaign, call.campaign_id)
    assert campaign is not None
    heard_machine = call.answered_by in {"machine", "fax"}
    if call.agent_id:
        agent = agents.lock_agent(session, call.agent_id)
        live_transfers.contact_left(parts, session, call, now)
        lost_line_book.customer_left(session, call.id, now)
        if change.after is CallStatus.COMPLETED:
            agents.wrap_up(session, agent, call.id, campaign.wrap_up_seconds, now)
            if call.disposition or heard_machine:
                agents.finish_wrap_up(session, agent, call.id, now)
        else:
            agents.release(session, agent, call.id, now)
        call_again_if_wanted(parts, session, agent.id, now)
        agent_legs.tell_agent(parts, session, agent)
    if change.after is CallStatus.COMPLETED and not call.agent_id:
        call.disposition, call.disposition_at = MESSAGE_PLAYED, now
        contact_queue.finish(
            session, contact_id=call.contact_id, outcome=MESSAGE_PLAYED, now=now, attempted=True, call_id=call.id
        )
        return
    if change.after is CallStatus.COMPLETED:
        if heard_machine and not call.disposition:
            call.disposition, call.disposition_at = "answering_machine", now
            retries.put_back_after_ending(session, call, "machine", now)
        return  # an agent has talked to them: the disposition decides
    if change.after is not CallStatus.REFUSED:
        retries.put_back_after_ending(session, call, retries.ending_of(call), now)


def call_again_if_wanted(parts: Parts, session: Session, agent_id: str, now: datetime) -> None:
    """Call the phone of an agent who wants calls and whose leg was lost during the last one."""
    agent = agents.lock_agent(session, agent_id)
    if agents.needs_leg(agent):
        agent_legs.call_agent_phone(parts, session, agent, now)


def put_back_refused(session: Session, contact_id: str, verdict: Verdict, now: datetime) -> None:
    """The gate said no: wait for the moment it named, or for whoever mends the campaign, or never call again."""
    until = now if verdict.halts_campaign else verdict.until
    if until is not None:
        contact_queue.give_back(session, contact_id, not_before=until, why=verdict.reason, now=now, attempted=False)
    else:
        contact_queue.finish(session, contact_id, outcome=verdict.reason, now=now, attempted=False)


def put_back_lost(session: Session, contact_id: str, last: Call | None, now: datetime) -> None:
    """A contact that nothing holds any more: as after its last call, or back in line when there was none."""
    if last is None:
        contact_queue.give_back(session, contact_id, not_before=now, why="lost", now=now, attempted=False)
    elif last.status == CallStatus.COMPLETED:
        contact_queue.finish(session, contact_id, outcome=last.disposition, now=now, attempted=True, call_id=last.id)
    else:
        retries.put_back_after_ending(session, last, retries.ending_of(last), now)


def withdraw(session: Session, call: Call, now: datetime, *, back_in_line_at: datetime | None = None) -> None:
    """A queued call is no longer wanted: its contact goes back in line as if it had not been taken."""
    calls.move(session, call, What.WITHDRAWN, now)
    if call.contact_id:
        contact_queue.give_back(
            session,
            call.contact_id,
            not_before=back_in_line_at or now,
            why="withdrawn",
            now=now,
            attempted=False,
            call_id=call.id,
        )


def pause_afterwards(parts: Parts, session: Session, campaign_id: str, why: Reason, now: datetime) -> None:
    """Stop dialing a campaign once this transaction has committed, and say why on its page.

    In a transaction of its own: this one holds contacts, and whoever imports holds the campaign and waits for contacts.
    Should the process die between the two, the next call comes to the same end.
    """

    def pause() -> None:
        with parts.database.transaction(relaxed=True) as own:
            campaign = campaigns.pause(own, campaign_id, now)
            campaign.paused_reason, campaign.paused_facts = why.code, dict(why.facts)
            parts.live.publish_after_commit(own, f"campaign:{campaign_id}")

    after_commit(session, pause)


def spend_cap_is_reached(settings: Settings, session: Session, now: datetime) -> bool:
    """Whether today's calls have used up the day's budget."""
    cap = settings.daily_spend_cap
    return cap > 0 and spent_today(settings, session, now) >= cap


def spent_today(settings: Settings, session: Session, now: datetime) -> float:
    """What today's calls cost, those in the air at their price for a minute."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begun_minutes = func.sum((func.coalesce(Call.duration_seconds, 60) + 59) // 60)
    minutes = session.scalar(
        select(begun_minutes).where(Call.placing_at >= midnight, Call.status.not_in(sorted(retries.NEVER_RANG)))
    )
    return float(minutes or 0) * settings.call_price_per_minute
