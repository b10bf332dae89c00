"""Carries on when an agent's leg was lost: calls the agent back, goes on, or lets the customer go politely.

Everything is decided under the locks by `lost_line_rules`; the report, the desk, the job and the sweep come here alike.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Campaign
from compliance import do_not_call
from dialer import (
    agent_legs,
    agents,
    calls,
    drafts,
    job_names,
    lifecycle,
    live_transfers,
    lost_line_book,
    lost_line_words,
    meetings,
    rooms,
    transfer_book,
)
from dialer.call_states import FINAL, CallStatus, What
from dialer.lawful_message import lawful_message
from dialer.lost_line_rules import LINE_LOST, LineStatus, Loss, Step, leg_stands, next_step
from dialer.lost_line_tables import LostLine
from dialer.tables import Agent, Call
from dialer.transfer_states import TransferStatus
from dialer.wiring import Parts
from foundation.logs import get_logger
from foundation.queue import QueueName
from foundation.secret_key import derived_key
from telephony.carrier import CallReport, Reported, SayAndHangUp

log = get_logger(__name__)

CALLBACK_AFTER = timedelta(minutes=5)
MOST_AT_ONCE = 200
# Whoever let the customer go says goodbye at once: so long the sweep leaves it to them.
GOODBYE_PATIENCE = timedelta(seconds=5)
GOODBYE_REAL_SECONDS = 3.0
_PARTNER_IS_IN = frozenset({TransferStatus.INTRODUCING, TransferStatus.HANDED_OVER})


def look_at(parts: Parts, call_id: str, now: datetime, *, phone_is_there: bool = False) -> None:
    """Do what is next about a line that a call has lost; nothing where it has lost none. Raises Unavailable.

    `phone_is_there`: it was just heard that the agent's phone can be called, so it needs no rest.
    """
    with parts.database.transaction() as session:
        call = calls.lock_call(session, call_id)
        line = lost_line_book.open_of_call(session, call_id) if call is not None else None
        if call is not None and line is not None:
            agent = agents.lock_agent(session, line.agent_id)
            step = next_step(_standing(parts, session, line, call, agent, phone_is_there=phone_is_there, now=now))
            _carry_out(parts, session, step, line, call, agent, now)
    _say_goodbye(parts, call_id, now)


def tell_phone_is_there(parts: Parts, agent_id: str, now: datetime) -> None:
    """An agent's page says that its phone was lost, or is there again. It is taken for a reason to look, no more."""
    with parts.database.reading() as session:
        agent = session.get(Agent, agent_id)
        call_id = agent.current_call_id if agent is not None else ""
        leg = session.get(Call, agent.leg_call_id) if agent is not None and agent.leg_call_id else None
    if not call_id:
        return
    if leg is not None and leg.status == CallStatus.BRIDGED:
        parts.queue.put(QueueName.DIAL, job_names.ASK_CARRIER, leg.id)
    elif leg is None:
        look_at(parts, call_id, now, phone_is_there=True)


def to_look_at(parts: Parts, now: datetime) -> list[str]:
    """Calls that have lost a line about which something may be left to do."""
    with parts.database.reading() as session:
        patience = max(GOODBYE_PATIENCE, parts.clock.real_seconds(GOODBYE_REAL_SECONDS))
        unsettled = select(LostLine.call_id).where(
            LostLine.settled_at.is_(None), or_(LostLine.ended_at.is_(None), LostLine.ended_at < now - patience)
        )
        return list(session.scalars(unsettled.order_by(LostLine.lost_at).limit(MOST_AT_ONCE)))


def _standing(  # noqa: PLR0913 - the line, its call and its agent, all locked
    parts: Parts,
    session: Session,
    line: LostLine,
    call: Call,
    agent: Agent,
    *,
    phone_is_there: bool,
    now: datetime,
) -> Loss:
    transfer = transfer_book.transfer_of(session, call.id)
    is_in_room = rooms.room_of_leg(session, agent.leg_call_id) == line.room
    leg = session.get(Call, agent.leg_call_id) if is_in_room else None
    return Loss(
        customer_is_there=call.status not in {*FINAL, CallStatus.SETTLING},
        is_said=bool(call.disposition),
        leg=leg_stands(leg.status if leg is not None else ""),
        has_rested=phone_is_there or agent_legs.may_be_called_back(parts, session, agent, now),
        is_over_time=now >= line.until,
        partner_is_in=transfer is not None and transfer.status in _PARTNER_IS_IN,
        partner_is_coming=transfer is not None and transfer.status == TransferStatus.JOINING,
        have_met=meetings.have_met(session, call),
    )


def _carry_out(  # noqa: PLR0913, PLR0917 - the line, its call and its agent, all locked
    parts: Parts, session: Session, step: Step, line: LostLine, call: Call, agent: Agent, now: datetime
) -> None:
    match step:
        case Step.WAIT:
            lost_line_book.keep_on_hold(parts, session, line, call, agent, now)
            return
        case Step.CALL_AGENT:
            lost_line_book.keep_on_hold(parts, session, line, call, agent, now)
            agent_legs.call_agent_phone(parts, session, agent, now, room=line.room)
        case Step.GO_ON:
            lost_line_book.go_on(parts, session, line, call, agent, now)
        case Step.HAND_OVER:
            transfer = transfer_book.lock_transfer(session, call.id)
            if transfer is not None:
                live_transfers.hand_over(parts, session, transfer, agent, now)
            lost_line_book.close(session, line, LineStatus.HANDED_OVER, now)
        case Step.GIVE_UP:
            _give_up(parts, session, line, call, now)
        case Step.FIND_NOBODY:
            lifecycle.what_follows(parts, session, calls.move(session, call, What.FOUND_NOBODY, now), now)
            lost_line_book.close(session, line, LineStatus.FOUND_NOBODY, now)
        case Step.CLOSE_LEFT:
            lost_line_book.close(session, line, LineStatus.CUSTOMER_LEFT, now)
        case Step.CLOSE_SAID:
            lost_line_book.close(session, line, LineStatus.ENDED, now)
    log.info("lost_line", call_id=call.id, step=step.value)
    agent_legs.tell_agent(parts, session, agent)


def _give_up(parts: Parts, session: Session, line: LostLine, call: Call, now: datetime) -> None:
    """The agent is not back in time: the call is recorded so, and its agent calls the contact back, where they may."""
    assert call.contact_id is not None
    call.disposition, call.disposition_at = LINE_LOST, now
    drafts.take_over(session, call)
    key_of = partial(derived_key, parts.settings, "do-not-call")
    is_blocked = do_not_call.is_blocked(session, call.to_number, call.campaign_id or "", now, key_of)
    if is_blocked:
        contact_queue.finish(session, call.contact_id, outcome="do_not_call", now=now, call_id=call.id, attempted=True)
    else:
        line.is_promised = contact_queue.promise_callback(
            session, call.contact_id, at=now + CALLBACK_AFTER, agent_id=line.agent_id, now=now, call_id=call.id
        )
    lost_line_book.close(session, line, LineStatus.GIVEN_UP, now)
    parts.live.publish_after_commit(session, f"campaign:{call.campaign_id}")


def _say_goodbye(parts: Parts, call_id: str, now: datetime) -> None:
    """Tell a customer who was let go so. Once the carrier has heard it the call is over for us, whatever news comes."""
    with parts.database.reading() as session:
        line = _left_to_say(session, call_id)
        call = session.get(Call, call_id)
        said = _what_is_said(session, line, call) if line is not None and call is not None else None
    if line is None or call is None or said is None:
        return
    found_nobody = line.status == LineStatus.FOUND_NOBODY
    if call.carrier_sid and (found_nobody or call.status not in FINAL):
        parts.carrier.say_and_hang_up(call.carrier_sid, said)
    with parts.database.transaction() as session:
        if not found_nobody:
            lifecycle.on_report(parts, session, CallReport(call_id, f"goodbye:{line.id}", Reported.LEFT), now)
        lost_line_book.customer_left(session, call_id, now)


def _left_to_say(session: Session, call_id: str) -> LostLine | None:
    to_be_told = select(LostLine).where(
        LostLine.call_id == call_id,
        LostLine.status.in_(sorted(lost_line_book.TO_BE_TOLD)),
        LostLine.settled_at.is_(None),
    )
    return session.scalar(to_be_told.limit(1))


def _what_is_said(session: Session, line: LostLine, call: Call) -> SayAndHangUp:
    if line.status == LineStatus.GIVEN_UP:
        return SayAndHangUp(lost_line_words.goodbye(call.language, is_promised=line.is_promised), call.language)
    campaign = session.get_one(Campaign, call.campaign_id)
    name = campaign.announced_as or campaign.name
    return SayAndHangUp(lawful_message(call.language, name, call.from_number), call.language, call.id)
