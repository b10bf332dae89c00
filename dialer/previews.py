"""Contacts that agents look at before they are dialed: shown, dialed, skipped, or put back when the time is over.

The one door to the rows of previews. A shown contact is out of the line, and its agent is kept for it; whatever dies
meanwhile, the sweep puts the contact back. Locks are taken in the order carrier's pace, preview, agent, contact.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.contact_queue import CalledContact
from campaigns.tables import Campaign, CampaignStatus, Contact, ContactStatus
from compliance import do_not_call
from dialer import agents, caller_number_rows, contact_calls, endings, gate_check, job_names, pace
from dialer.agent_states import AgentStatus
from dialer.gate_check import Verdict
from dialer.pacing.preview import Next, PreviewRules, SkipReason, next_of
from dialer.tables import Agent, ContactPreview
from dialer.wiring import Parts
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.queue import QueueName

MODE = "preview"
# A contact whom nobody answered for comes back after the others.
LAPSED_REST = timedelta(minutes=5)
# These say something about the contact that waiting does not mend; a manager may put them back in line.
_FOR_GOOD = frozenset({SkipReason.WRONG_CONTACT, SkipReason.KNOWN_CUSTOMER, SkipReason.DO_NOT_CALL})


def show(  # noqa: PLR0913, PLR0917 - whom, of what, to whom, when
    parts: Parts,
    session: Session,
    campaign: Campaign,
    contact: CalledContact,
    agent_id: str,
    now: datetime,
) -> None:
    """Show a reserved contact to an agent who is free for it. The caller holds the carrier's pace."""
    session.add(
        ContactPreview(
            id=new_id("preview"),
            campaign_id=campaign.id,
            contact_id=contact.id,
            agent_id=agent_id,
            language=contact.language,
            shown_at=now,
            lapses_at=now + timedelta(seconds=campaign.preview_seconds),
        )
    )
    session.flush()
    _tell(parts, session, agent_id)


def dial(parts: Parts, agent_id: str, preview_id: str, now: datetime) -> bool:
    """The agent wants to talk to the contact: queue its call, kept for this agent. Asked again, it changes nothing.

    Returns False where the contact may not be called now; it has left the desk then.

    Raises:
        NotFound: there is no such preview of this agent.
        Conflict: it is over, or the agent does not wait for a call.
    """
    with parts.database.transaction(relaxed=True) as session:
        pace.lock_pace(session, parts.settings.twilio_account_sid, now)
        preview = _lock(session, preview_id, agent_id)
        if preview.ended_as == "dialed":
            return True
        _check_open(preview)
        if not agents.is_ready(session, agent_id):
            raise Conflict("Go ready first.")
        return _dial(parts, session, preview, now)


def skip(parts: Parts, agent_id: str, preview_id: str, reason: str, now: datetime) -> None:
    """The agent does not want this contact now, or never. Asked again, it changes nothing.

    Raises:
        NotFound: there is no such preview of this agent.
        Conflict: it was dialed, or it is over.
        Invalid: there is no such reason.
    """
    if reason not in {each.value for each in SkipReason}:
        raise Invalid("There is no such reason to skip a contact.")
    with parts.database.transaction(relaxed=True) as session:
        preview = _lock(session, preview_id, agent_id)
        if preview.ended_as == "skipped" and preview.reason == reason:
            return
        _check_open(preview)
        contact = session.get_one(Contact, preview.contact_id)
        campaign = session.get_one(Campaign, preview.campaign_id)
        if reason in _FOR_GOOD:
            contact_queue.finish(session, contact.id, outcome=reason, now=now, attempted=False)
            if reason == SkipReason.DO_NOT_CALL:  # the contact before the block, everywhere
                do_not_call.block(session, contact.phone_number, source="disposition", now=now, added_by=agent_id)
        else:
            later = now + timedelta(minutes=campaign.retry_minutes)
            contact_queue.give_back(session, contact.id, not_before=later, why=reason, now=now, attempted=False)
        _end(parts, session, preview, "skipped", now, reason=reason)


def to_settle(parts: Parts) -> list[str]:
    """The ids of open previews. They are as few as agents, so all of them are looked at: rules change meanwhile."""
    with parts.database.reading() as session:
        return list(session.scalars(select(ContactPreview.id).where(ContactPreview.ended_at.is_(None))))


def settle(parts: Parts, preview_id: str, now: datetime) -> None:
    """End a preview whose time is over, whose agent or campaign is gone, or whose contact may be called no more."""
    with parts.database.transaction(relaxed=True) as session:
        pace.lock_pace(session, parts.settings.twilio_account_sid, now)
        preview = _lock(session, preview_id)
        if preview.ended_at is not None:
            return
        campaign = session.get_one(Campaign, preview.campaign_id)
        contact = session.get_one(Contact, preview.contact_id)
        gone = _why_gone(session, campaign, contact, preview.agent_id)
        if gone:
            contact_queue.give_back(session, contact.id, not_before=now, why=gone, now=now, attempted=False)
            _end(parts, session, preview, "withdrawn", now, reason=gone)
            return
        verdict = _ask(parts, session, campaign, contact, now)[1]
        if not verdict.allows:
            _refuse(parts, session, preview, verdict, now)
            return
        rules = PreviewRules(campaign.preview_seconds, campaign.preview_dials_when_over)
        # The time that was promised when it was shown counts, whatever the campaign says since.
        shown_seconds = rules.seconds if preview.lapses_at <= now else 0.0
        match next_of(rules, shown_seconds, accepted=False):
            case Next.DIAL:
                _dial(parts, session, preview, now)
            case Next.PUT_BACK:
                later = now + LAPSED_REST
                contact_queue.give_back(session, contact.id, not_before=later, why="lapsed", now=now, attempted=False)
                _end(parts, session, preview, "lapsed", now)
            case Next.KEEP_SHOWING:
                pass


def of_agent(session: Session, agent_id: str) -> ContactPreview | None:
    """What an agent looks at, or looked at last."""
    latest = select(ContactPreview).where(ContactPreview.agent_id == agent_id)
    return session.scalar(latest.order_by(ContactPreview.shown_at.desc(), ContactPreview.id.desc()).limit(1))


def _dial(parts: Parts, session: Session, preview: ContactPreview, now: datetime) -> bool:
    """Queue the call of a locked, open preview, unless the gate refuses it."""
    campaign = session.get_one(Campaign, preview.campaign_id)
    contact = session.get_one(Contact, preview.contact_id, with_for_update=True, populate_existing=True)
    if contact.status != ContactStatus.RESERVED or campaign.status != CampaignStatus.RUNNING:
        contact_queue.give_back(session, contact.id, not_before=now, why="withdrawn", now=now, attempted=False)
        _end(parts, session, preview, "withdrawn", now)
        return False
    number, verdict = _ask(parts, session, campaign, contact, now)
    if not verdict.allows:
        _refuse(parts, session, preview, verdict, now)
        return False
    wanted = contact_calls.NextCall(contact, number, preview.agent_id)
    call_ids = contact_calls.queue_contact_calls(session, campaign, [wanted], now)
    parts.queue.put_after_commit(session, QueueName.DIAL, job_names.PLACE_CALLS, call_ids)
    [preview.call_id] = call_ids
    _end(parts, session, preview, "dialed", now)
    return True


def _ask(parts: Parts, session: Session, campaign: Campaign, contact: Contact, now: datetime) -> tuple[str, Verdict]:
    """The number that the contact would see, and what the gate says of the call."""
    pool = contact_calls.pool_of(session, campaign, now)
    number = caller_number_rows.Showing(session, pool, [contact]).show_to(contact)
    return number, gate_check.ask_all(parts, session, [contact], [number], now)[0]


def _why_gone(session: Session, campaign: Campaign, contact: Contact, agent_id: str) -> str:
    """Why nobody will dial this contact any more, in one word; empty: somebody still may."""
    if campaign.status != CampaignStatus.RUNNING or campaign.pacing_mode != MODE:
        return "withdrawn"
    if contact.status != ContactStatus.RESERVED:
        return "withdrawn"
    ready = session.scalar(select(Agent.id).where(Agent.id == agent_id, Agent.status == AgentStatus.READY))
    return "" if ready is not None else "agent_away"


def _refuse(parts: Parts, session: Session, preview: ContactPreview, verdict: Verdict, now: datetime) -> None:
    endings.put_back_refused(session, preview.contact_id, verdict, now)
    _end(parts, session, preview, "refused", now, reason=verdict.reason)


def _lock(session: Session, preview_id: str, agent_id: str = "") -> ContactPreview:
    """The preview under its lock, of this agent where one is named."""
    preview = session.get(ContactPreview, preview_id, with_for_update=True, populate_existing=True)
    if preview is None or (agent_id and preview.agent_id != agent_id):
        raise NotFound("There is no such contact on your desk.")
    return preview


def _check_open(preview: ContactPreview) -> None:
    if preview.ended_at is not None:
        raise Conflict("This contact has left your desk meanwhile.")


def _end(  # noqa: PLR0913 - each argument is one column of the change
    parts: Parts, session: Session, preview: ContactPreview, how: str, now: datetime, *, reason: str = ""
) -> None:
    preview.ended_at, preview.ended_as, preview.reason = now, how, reason[:60]
    session.flush()
    _tell(parts, session, preview.agent_id)
    parts.live.ring_after_commit(session, "tick")


def _tell(parts: Parts, session: Session, agent_id: str) -> None:
    parts.live.publish_after_commit(session, f"agent:{agent_id}")
    parts.live.publish_after_commit(session, "board")
