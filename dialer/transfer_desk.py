"""What an agent does about a live transfer: asks for a partner, goes back on it, hands the customer over."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from dialer import agent_legs, agents, calls, drafts, lead_opening, live_transfers, rooms, transfer_book
from dialer.call_states import CallStatus
from dialer.drafts import Noted
from dialer.tables import Agent, Call
from dialer.transfer_states import TransferMove, TransferStatus
from dialer.transfer_tables import LiveTransfer
from dialer.wiring import Parts
from foundation.errors import Conflict, NotFound
from leads.desk import LeadDesk
from leads.lead_states import LeadOutcome, LeadStatus, OfferMove
from leads.tables import Lead

HOT = "hot"


def ask_for_partner(parts: Parts, agent_id: str, call_id: str, now: datetime) -> LiveTransfer:
    """Open the lead of the agent's call, and call a partner who takes it now. Asking again changes nothing.

    Raises:
        NotFound: the call is not this agent's.
        Conflict: nobody is on the line, the campaign does not allow it, or the lead is not hot.
    """
    with parts.database.transaction() as session:
        call = _own_call(session, agent_id, call_id)
        agent = agents.lock_agent(session, agent_id)
        known = transfer_book.lock_transfer(session, call_id)
        if known is not None:
            return known
        campaign = session.get_one(Campaign, call.campaign_id)
        if not campaign.allows_live_transfer:
            raise Conflict("This campaign puts nobody through.")
        if call.status != CallStatus.BRIDGED or call.disposition or not agent.leg_call_id:
            raise Conflict("Nobody is on the line.")
        lead = _open_lead(parts, session, call, now)
        transfer = LiveTransfer(
            call_id=call.id,
            campaign_id=campaign.id,
            agent_id=agent.id,
            lead_id=lead.id,
            room=rooms.room_of_leg(session, agent.leg_call_id),
            from_number=call.from_number,
            status=TransferStatus.ASKING,
            status_since=now,
            began_at=now,
            asked=0,
        )
        session.add(transfer)
        session.flush()
        live_transfers.ask_next(parts, session, transfer, now)
        return transfer


def _open_lead(parts: Parts, session: Session, call: Call, now: datetime) -> Lead:
    noted = drafts.draft_of(session, call.id) or Noted()
    judged = drafts.judge(session, call.campaign_id or "", noted)
    if judged.assessment.urgency != HOT:
        raise Conflict("Only a customer who wants to talk to a partner at once is put through.")
    draft = lead_opening.draft_of_lead(session, call, judged, noted.wish, now)
    return lead_opening.enter_lead(parts, session, call, replace(draft, notes=noted.notes), now)


def cancel(parts: Parts, agent_id: str, call_id: str, now: datetime) -> None:
    """Go back on it while no partner has taken the lead; it goes the usual way.

    Raises:
        NotFound: the call is not this agent's.
        Conflict: nobody is asked for, or a partner has taken it.
    """
    with parts.database.transaction() as session:
        call = _own_call(session, agent_id, call_id)
        transfer = transfer_book.lock_transfer(session, call.id)
        if transfer is None or not _stop_asking(parts, session, transfer, now):
            raise Conflict("No partner is being asked now.")
        live_transfers.send_the_usual_way(parts, session, transfer)


def hand_over(parts: Parts, agent_id: str, call_id: str, now: datetime) -> None:
    """Leave customer and partner to their talk.

    Raises:
        NotFound: the call is not this agent's.
        Conflict: no partner is on the line.
    """
    with parts.database.transaction() as session:
        call = _own_call(session, agent_id, call_id)
        agent = agents.lock_agent(session, agent_id)
        transfer = transfer_book.lock_transfer(session, call.id)
        if transfer is None or not live_transfers.hand_over(parts, session, transfer, agent, now):
            raise Conflict("No partner is on the line.")
        agent_legs.tell_agent(parts, session, agent)


def leaves_the_two(parts: Parts, session: Session, agent: Agent, call_id: str) -> bool:
    """A locked agent hangs up. Whether that leaves an introduced partner with the customer, instead of ending the call.

    Raises:
        Conflict: the agent has left them already.
    """
    if transfer_book.transfer_of(session, call_id) is None:
        return False
    transfer = transfer_book.lock_transfer(session, call_id)
    assert transfer is not None
    if transfer.status == TransferStatus.HANDED_OVER:
        raise Conflict("You have handed this call over.")
    if not live_transfers.hand_over(parts, session, transfer, agent, parts.clock.now()):
        return False
    agent_legs.tell_agent(parts, session, agent)
    return True


def end_agents_part(  # noqa: PLR0913 - the call, its agent, and what is said of it
    parts: Parts, session: Session, call: Call, agent: Agent, now: datetime, *, keeps_lead: bool
) -> bool:
    """The agent of a locked call says what came of it. Whether customer and partner talk on without the agent.

    Raises:
        Conflict: a partner is on the way into the room this very moment.
    """
    if transfer_book.transfer_of(session, call.id) is None:
        return False
    transfer = transfer_book.lock_transfer(session, call.id)
    assert transfer is not None
    if transfer.status == TransferStatus.JOINING:
        raise Conflict("The partner is just coming in. Wait a moment.")
    if _stop_asking(parts, session, transfer, now) and keeps_lead:
        live_transfers.send_the_usual_way(parts, session, transfer)
    live_transfers.hand_over(parts, session, transfer, agent, now)
    if not keeps_lead:
        _drop_lead(parts, session, transfer, now)
    return transfer.status == TransferStatus.HANDED_OVER


def _stop_asking(parts: Parts, session: Session, transfer: LiveTransfer, now: datetime) -> bool:
    if not transfer_book.move(parts, session, transfer, TransferMove.CANCEL, now):
        return False
    live_transfers.let_go(parts, session, transfer, OfferMove.WITHDRAW, now)
    return True


def _drop_lead(parts: Parts, session: Session, transfer: LiveTransfer, now: datetime) -> None:
    """There is no lead after all. A partner who has taken it and talked to the customer keeps it."""
    lead = session.get_one(Lead, transfer.lead_id)
    if lead.status not in {LeadStatus.ACCEPTED, LeadStatus.CLOSED}:
        desk = LeadDesk(parts.runtime, session, transfer.agent_id, now)
        desk.close(lead.id, LeadOutcome.DISQUALIFIED, "")


def _own_call(session: Session, agent_id: str, call_id: str) -> Call:
    call = calls.lock_call(session, call_id)
    if call is None or call.agent_id != agent_id or call.kind != "contact":
        raise NotFound("There is no such call of yours.")
    return call
