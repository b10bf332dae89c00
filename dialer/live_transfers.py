"""A live transfer from the first partner asked to the end of the talk: what each piece of news means for it.

The agent's own acts are in `transfer_desk`, what the carrier is told of the room in `transfer_rooms`. Everything here
happens in the caller's transaction; rows are locked in the order call, agent, transfer, lead.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from compliance import do_not_call
from dialer import agents, calls, hold_book, job_names, lost_line_book, rooms, transfer_book
from dialer.call_states import FINAL, CallStatus, What
from dialer.calls import Change
from dialer.lost_line_rules import is_browser
from dialer.spoken_teaser import spoken_teaser, too_late
from dialer.tables import Agent, Call
from dialer.transfer_states import TransferMove, TransferStatus
from dialer.transfer_tables import LiveTransfer
from dialer.wiring import Parts
from foundation.errors import Conflict
from foundation.queue import QueueName
from foundation.secret_key import derived_key
from leads import first_contact, offers, routing
from leads.lead_book import lock_lead
from leads.lead_states import LeadStatus, OfferMove
from leads.news import tell_browsers
from leads.policy import current_policy
from leads.tables import Offer, Partner
from telephony.carrier import AskForKey, HangUp, Instruction, JoinRoom, SayAndHangUp

MOST_ASKED = 3
RING_SECONDS = 25
TAKES_IT = "1"
# A phone that rings, a teaser that is spoken, and a key: whatever became of it, then the next partner is asked.
ASK_PATIENCE = timedelta(seconds=75)
ASK_REAL_SECONDS = 20.0
# The offer outlives the question, so that whoever presses the key in the last second has it.
OFFER_OUTLIVES = timedelta(seconds=60)


# --- ask: one partner after another ---------------------------------------------------------------------------------


def ask_next(parts: Parts, session: Session, transfer: LiveTransfer, now: datetime) -> None:
    """Call the next partner who may have the lead and takes it now; where none is left, it goes the usual way."""
    until = now + max(ASK_PATIENCE, parts.clock.real_seconds(ASK_REAL_SECONDS))
    terms = routing.LiveTerms(current_policy(session, parts.settings), until + OFFER_OUTLIVES)
    more = transfer.asked < MOST_ASKED
    offer = routing.route_live(session, transfer.lead_id, terms, now) if more else None
    if offer is None:
        transfer_book.move(parts, session, transfer, TransferMove.NOBODY_LEFT, now)
        send_the_usual_way(parts, session, transfer)
        return
    call = _queue_partner_call(session, transfer, session.get_one(Partner, offer.partner_id), now)
    transfer.asked += 1
    transfer.asked_until = until
    transfer.partner_id, transfer.partner_call_id, transfer.offer_id = offer.partner_id, call.id, offer.id
    transfer_book.move(parts, session, transfer, TransferMove.ASK_NEXT, now)
    parts.queue.put_after_commit(session, QueueName.DIAL, job_names.PLACE_CALLS, [call.id])
    tell_browsers(parts.runtime, session, transfer.lead_id, LeadStatus.OFFERED, offer.partner_id)


def _queue_partner_call(session: Session, transfer: LiveTransfer, partner: Partner, now: datetime) -> Call:
    return calls.queue_call(
        session,
        Call(
            id=calls.new_call_id(),
            kind="partner",
            language=partner.languages[0] if partner.languages else "",
            to_number=partner.live_number,
            from_number=transfer.from_number,
            ring_timeout_seconds=RING_SECONDS,
            status=CallStatus.QUEUED,
            status_since=now,
            queued_at=now,
        ),
    )


def send_the_usual_way(parts: Parts, session: Session, transfer: LiveTransfer) -> None:
    """Have the lead routed as any other, with its hot clock."""
    parts.queue.put_after_commit(session, QueueName.WORK, job_names.ROUTE_LEAD, transfer.lead_id)
    tell_browsers(parts.runtime, session, transfer.lead_id, LeadStatus.OPEN)


def let_go(parts: Parts, session: Session, transfer: LiveTransfer, move: OfferMove, now: datetime) -> None:
    """End what the partner who is asked was offered, and its call. The lead is open again, unless it moved on."""
    lead = lock_lead(session, transfer.lead_id)
    if offers.end_call_offer(session, lead, transfer.offer_id, move, now):
        tell_browsers(parts.runtime, session, lead.id, lead.status, transfer.partner_id)
    hang_up(parts, session, transfer.partner_call_id)


def hang_up(parts: Parts, session: Session, call_id: str) -> None:
    """Have a call ended, if it is not over."""
    call = session.get(Call, call_id) if call_id else None
    if call is not None and call.status not in FINAL:
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, call_id)


def may_be_called(parts: Parts, session: Session, call: Call, now: datetime) -> bool:
    """Whether a call to a partner may leave. Number and hours are its own word; do-not-call holds all the same."""
    transfer = _asking(session, call)
    if transfer is None:
        return False
    number, settings = call.to_number, parts.settings
    key_of = partial(derived_key, settings, "do-not-call")
    return not do_not_call.is_blocked(session, number, transfer.campaign_id, now, key_of)


def _asking(session: Session, partner_call: Call) -> LiveTransfer | None:
    """The locked transfer that asks this partner still, the customer being on the line; else None."""
    transfer = transfer_book.lock_by_partner_call(session, partner_call.id)
    if transfer is None or transfer.status != TransferStatus.ASKING:
        return None
    call = session.get(Call, transfer.call_id, populate_existing=True)
    is_on_line = call is not None and call.status == CallStatus.BRIDGED and not call.disposition
    return transfer if is_on_line else None


# --- answer and key: somebody at the partner's has picked up --------------------------------------------------------


def instruct(session: Session, call: Call, now: datetime) -> Instruction:
    """What a partner hears who has picked up. Asked again, it answers the same."""
    transfer = _asked(session, call, now)
    if not isinstance(transfer, LiveTransfer):
        return transfer
    offer = session.get_one(Offer, transfer.offer_id)
    campaign = session.get_one(Campaign, transfer.campaign_id)
    name = campaign.announced_as or campaign.name
    return AskForKey(spoken_teaser(call.language, name, offer.teaser), call.language, call.id)


def on_partner_key(parts: Parts, call_id: str, digits: str, now: datetime) -> Instruction:
    """The key takes the lead, once and for one partner; any other passes. A repeat is answered the same."""
    with parts.database.transaction() as session:
        call = calls.lock_call(session, call_id)
        if call is None or call.kind != "partner":
            return HangUp()
        transfer = _asked(session, call, now)
        if not isinstance(transfer, LiveTransfer):
            return transfer
        if digits != TAKES_IT:
            _pass_on(parts, session, transfer, OfferMove.DECLINE, now)
            return HangUp()
        if not _accept(parts, session, transfer, now):
            return SayAndHangUp(too_late(call.language), call.language)
        calls.move(session, call, What.TAKEN, now)
        return JoinRoom(transfer.room, call.id)


def _asked(session: Session, call: Call, now: datetime) -> LiveTransfer | Instruction:
    """The locked transfer for which a partner who is on the phone is asked; else what to do with the call instead."""
    if call.status in {CallStatus.CONNECTING, CallStatus.BRIDGED}:
        return _into_room(session, call)
    if call.status not in {CallStatus.ANSWERED, CallStatus.ASKED}:
        return HangUp()
    calls.move(session, call, What.ASKED, now)
    return _asking(session, call) or SayAndHangUp(too_late(call.language), call.language)


def _into_room(session: Session, call: Call) -> Instruction:
    transfer = transfer_book.lock_by_partner_call(session, call.id)
    if transfer is None or transfer_book.is_over(transfer):
        return HangUp()
    return JoinRoom(transfer.room, call.id)


def _accept(parts: Parts, session: Session, transfer: LiveTransfer, now: datetime) -> bool:
    reply = offers.Reply(transfer.partner_id, "", now)
    try:
        lead = offers.accept(session, transfer.offer_id, reply, current_policy(session, parts.settings))
    except Conflict:
        # Late: it went on. Unless they took it on their page while the phone rang: then it is theirs.
        lead = lock_lead(session, transfer.lead_id)
        if lead.partner_id != transfer.partner_id or lead.status != LeadStatus.ACCEPTED:
            return False
    transfer_book.move(parts, session, transfer, TransferMove.ACCEPT, now)
    tell_browsers(parts.runtime, session, lead.id, lead.status, transfer.partner_id)
    return True


def _pass_on(parts: Parts, session: Session, transfer: LiveTransfer, move: OfferMove, now: datetime) -> None:
    let_go(parts, session, transfer, move, now)
    ask_next(parts, session, transfer, now)


# --- follow: what the news of the three calls mean ------------------------------------------------------------------


def follow_partner(parts: Parts, session: Session, change: Change, now: datetime) -> None:
    """A partner's call has moved."""
    call = change.call
    transfer = transfer_book.lock_by_partner_call(session, call.id)
    if transfer is None or transfer_book.is_over(transfer):
        if not change.ended:
            hang_up(parts, session, call.id)  # it was let go before the carrier had it
        return
    parts.live.publish_after_commit(session, f"agent:{transfer.agent_id}", call_id=transfer.call_id)
    if change.after is CallStatus.BRIDGED:
        _join(parts, session, transfer, now)
    elif change.ended and transfer.status == TransferStatus.ASKING:
        declined = change.after is CallStatus.DECLINED
        _pass_on(parts, session, transfer, OfferMove.DECLINE if declined else OfferMove.TIME_OUT, now)
    elif change.ended:
        transfer_book.move(parts, session, transfer, TransferMove.PARTNER_LEAVES, now)
        if transfer.status == TransferStatus.DONE:
            hang_up(parts, session, transfer.call_id)
        ring_for_room(parts, session, transfer)


def _join(parts: Parts, session: Session, transfer: LiveTransfer, now: datetime) -> None:
    if transfer.status == TransferStatus.ASKING and not _accept(parts, session, transfer, now):
        hang_up(parts, session, transfer.partner_call_id)
        return
    if transfer_book.move(parts, session, transfer, TransferMove.JOIN, now):
        # Customer and partner talk: that is the first contact.
        first_contact.confirm(session, transfer.lead_id, transfer.partner_id, "", now)
        ring_for_room(parts, session, transfer)
        if lost_line_book.open_of_call(session, transfer.call_id) is not None:  # nobody is there to introduce them
            parts.queue.put_after_commit(session, QueueName.DIAL, job_names.TEND_LINE, transfer.call_id)


def give_up_asking(parts: Parts, session: Session, transfer: LiveTransfer, now: datetime) -> None:
    """A locked transfer has asked one partner for long enough: on to the next."""
    if transfer.status == TransferStatus.ASKING:
        _pass_on(parts, session, transfer, OfferMove.TIME_OUT, now)


def contact_left(parts: Parts, session: Session, call: Call, now: datetime) -> None:
    """A contact's call has ended. Its agent is locked already, where there is one."""
    if transfer_book.transfer_of(session, call.id) is None:
        return
    transfer = transfer_book.lock_transfer(session, call.id)
    assert transfer is not None
    before = TransferStatus(transfer.status)
    transfer_book.move(parts, session, transfer, TransferMove.CUSTOMER_LEAVES, now)
    if before is TransferStatus.ASKING:
        let_go(parts, session, transfer, OfferMove.WITHDRAW, now)
        send_the_usual_way(parts, session, transfer)
        return
    partner_call = session.get(Call, transfer.partner_call_id)
    if partner_call is not None and partner_call.status not in FINAL:
        hang_up(parts, session, partner_call.id)
        # Nobody from outside may be in the room when the next contact comes: the agent gets another.
        leave_room(parts, session, transfer)


def leave_room(parts: Parts, session: Session, transfer: LiveTransfer) -> None:
    """Let the leg that holds the transfer's room go; the agent's phone is called again for a room of its own."""
    agent = agents.lock_agent(session, transfer.agent_id)
    if rooms.room_of_leg(session, agent.leg_call_id) == transfer.room:
        agents.let_go_of_leg(agent, agent.leg_call_id)
    ring_for_room(parts, session, transfer)


def hand_over(parts: Parts, session: Session, transfer: LiveTransfer, agent: Agent, now: datetime) -> bool:
    """The agent leaves, customer and partner talk on; False where nobody has been introduced."""
    if not transfer_book.move(parts, session, transfer, TransferMove.HAND_OVER, now):
        return False
    campaign = session.get_one(Campaign, transfer.campaign_id)
    agents.wrap_up(session, agent, transfer.call_id, campaign.wrap_up_seconds, now)
    hold_book.end(parts, session, transfer.call_id, now)
    leave_room(parts, session, transfer)
    return True


def agent_left(parts: Parts, session: Session, agent: Agent, leg: Call, now: datetime) -> bool:
    """A locked agent's phone has gone. Whether customer and partner talk on, so that nobody hangs up on them.

    To hang up once the partner has been introduced is to hand over, if the room does not end with this leg: a browser's
    never ends it, for another one the carrier was told to let the agent leave.
    """
    if not agent.current_call_id or transfer_book.transfer_of(session, agent.current_call_id) is None:
        return False
    transfer = transfer_book.lock_transfer(session, agent.current_call_id)
    assert transfer is not None
    if transfer.room != rooms.room_of_leg(session, leg.id):
        return False
    if (transfer.agent_may_leave or is_browser(leg.to_number)) and hand_over(parts, session, transfer, agent, now):
        return True
    return transfer.status in {TransferStatus.HANDED_OVER, TransferStatus.DONE}


def ring_for_room(parts: Parts, session: Session, transfer: LiveTransfer) -> None:
    """Have the carrier told what has changed about the room."""
    parts.queue.put_after_commit(session, QueueName.DIAL, job_names.TEND_ROOM, transfer.call_id)
