"""Tells the carrier what a live transfer means for the room, and sweeps what was not told or not heard.

While only agent and customer are there, the room ends with the agent. Once a partner is in, the agent may leave; once
it is handed over, the room ends with whichever of the two leaves. Each step is recorded after the carrier did it, may
be done again, and what is left to do follows from the rows alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialer import live_transfers, rooms, transfer_book
from dialer.call_states import FINAL, CallStatus
from dialer.lost_line_rules import is_browser
from dialer.tables import Agent, Call
from dialer.transfer_states import FINAL_TRANSFERS, TransferStatus
from dialer.transfer_tables import LiveTransfer
from dialer.wiring import Parts
from foundation.errors import Unavailable
from foundation.logs import get_logger

log = get_logger(__name__)

AT_MOST = 100
PATIENCE = timedelta(seconds=5)
PATIENCE_REAL_SECONDS = 3.0


class RoomStep(StrEnum):
    """One thing to tell the carrier."""

    LET_AGENT_LEAVE = "let_agent_leave"  # without ending the room
    BIND_AGENT = "bind_agent"  # the room ends with the agent again
    BIND_PAIR = "bind_pair"  # the room ends with the customer, and with the partner
    HANG_UP_AGENT = "hang_up_agent"
    HANG_UP_PARTNER = "hang_up_partner"
    HANG_UP_CUSTOMER = "hang_up_customer"


# What is noted on the transfer once the carrier has confirmed it.
_NOTED = {
    RoomStep.LET_AGENT_LEAVE: ("agent_may_leave", True),
    RoomStep.BIND_AGENT: ("agent_may_leave", False),
    RoomStep.BIND_PAIR: ("pair_is_bound", True),
}


@dataclass(frozen=True)
class Standing:
    """How a transfer and its three calls stand. `leg_is_left`: the agent has another leg, or none."""

    status: TransferStatus
    agent_may_leave: bool
    pair_is_bound: bool
    customer_is_live: bool
    partner_is_live: bool
    leg_is_live: bool
    leg_is_left: bool
    room_ends_with_leg: bool = True  # a browser's never ends it


def left_to_do(now: Standing) -> tuple[RoomStep, ...]:
    """What the carrier has to be told, in order. Pure."""
    steps = []
    is_pair = now.status is TransferStatus.HANDED_OVER
    if (now.status is TransferStatus.INTRODUCING or is_pair) and not now.agent_may_leave:
        steps.append(RoomStep.LET_AGENT_LEAVE)
    binds_agent = now.room_ends_with_leg and now.agent_may_leave and now.customer_is_live
    if now.status is TransferStatus.PARTNER_LEFT and binds_agent:
        steps.append(RoomStep.BIND_AGENT)
    if is_pair and not now.pair_is_bound:
        steps.append(RoomStep.BIND_PAIR)
    if now.status in FINAL_TRANSFERS and now.partner_is_live:
        steps.append(RoomStep.HANG_UP_PARTNER)
    if now.status is TransferStatus.DONE and now.customer_is_live:
        steps.append(RoomStep.HANG_UP_CUSTOMER)
    if now.leg_is_left and now.leg_is_live:
        steps.append(RoomStep.HANG_UP_AGENT)
    return tuple(steps)


def tend_room(parts: Parts, call_id: str, now: datetime) -> None:
    """Tell the carrier all that is left to tell it about a transfer's room. Raises Unavailable."""
    with parts.database.reading() as session:
        transfer = transfer_book.transfer_of(session, call_id)
        if transfer is None:
            return
        leg_id = rooms.leg_of_room(session, transfer.room)
        sids = _Sids(*(_live_sid(session, one) for one in (call_id, transfer.partner_call_id, leg_id)))
        steps = left_to_do(_standing(session, transfer))
    for step in steps:
        _carry_out(parts, transfer.room, step, sids)
        _record(parts, call_id, step)
    if not steps:
        _settle(parts, call_id, now)


@dataclass(frozen=True)
class _Sids:
    """The carrier's ids of the calls that are not over; empty for the others."""

    customer: str
    partner: str
    leg: str


def _carry_out(parts: Parts, room: str, step: RoomStep, sids: _Sids) -> None:
    binds: dict[RoomStep, tuple[tuple[str, ...], bool]] = {
        RoomStep.LET_AGENT_LEAVE: ((sids.leg,), False),
        RoomStep.BIND_AGENT: ((sids.leg,), True),
        RoomStep.BIND_PAIR: ((sids.customer, sids.partner), True),
    }
    if step in binds:
        whom, ends_room = binds[step]
        for sid in filter(None, whom):
            parts.carrier.set_ends_room(room, sid, ends_room=ends_room)
        return
    sid = {RoomStep.HANG_UP_AGENT: sids.leg, RoomStep.HANG_UP_PARTNER: sids.partner}.get(step, sids.customer)
    if sid:
        parts.carrier.hang_up(sid)


def _record(parts: Parts, call_id: str, step: RoomStep) -> None:
    """Note what the carrier has confirmed. Calls that were hung up are noted by their own reports."""
    if step not in _NOTED:
        return
    with parts.database.transaction() as session:
        transfer = transfer_book.lock_transfer(session, call_id)
        if transfer is not None:
            name, value = _NOTED[step]
            setattr(transfer, name, value)


def _settle(parts: Parts, call_id: str, now: datetime) -> None:
    with parts.database.transaction() as session:
        transfer = transfer_book.lock_transfer(session, call_id)
        if transfer is not None and transfer_book.is_over(transfer) and not left_to_do(_standing(session, transfer)):
            transfer.settled_at = now


def _standing(session: Session, transfer: LiveTransfer) -> Standing:
    agent = session.get_one(Agent, transfer.agent_id)
    leg = session.get(Call, rooms.leg_of_room(session, transfer.room))
    return Standing(
        TransferStatus(transfer.status),
        transfer.agent_may_leave,
        transfer.pair_is_bound,
        customer_is_live=_is_live(session, transfer.call_id),
        partner_is_live=_is_live(session, transfer.partner_call_id),
        leg_is_live=leg is not None and _is_live(session, leg.id),
        leg_is_left=leg is None or agent.leg_call_id != leg.id,
        room_ends_with_leg=leg is None or not is_browser(leg.to_number),
    )


def _is_live(session: Session, call_id: str) -> bool:
    call = session.get(Call, call_id) if call_id else None
    # What waits to be called is withdrawn when its turn comes.
    return call is not None and call.status not in FINAL and call.status != CallStatus.QUEUED


def _live_sid(session: Session, call_id: str) -> str:
    call = session.get(Call, call_id) if call_id else None
    return (call.carrier_sid or "") if call is not None and call.status not in FINAL else ""


# --- sweep ----------------------------------------------------------------------------------------------------------


def sweep_transfers(parts: Parts, now: datetime) -> int:
    """Look at every transfer that is not settled and has stood still for a while; how many there were."""
    until = now - max(PATIENCE, parts.clock.real_seconds(PATIENCE_REAL_SECONDS))
    with parts.database.reading() as session:
        unsettled = select(LiveTransfer.call_id).where(
            LiveTransfer.settled_at.is_(None), LiveTransfer.status_since < until
        )
        call_ids = list(session.scalars(unsettled.order_by(LiveTransfer.status_since).limit(AT_MOST)))
    for call_id in call_ids:
        try:
            _look_at(parts, call_id, now)
        except Unavailable as error:
            log.warning("sweep_carrier_unavailable", call_id=call_id, error=str(error))
        except Exception:  # one transfer that cannot be swept must not keep the others from it
            log.exception("sweep_of_transfer_failed", call_id=call_id)
    return len(call_ids)


def _look_at(parts: Parts, call_id: str, now: datetime) -> None:
    with parts.database.transaction() as session:
        transfer = transfer_book.lock_transfer(session, call_id)
        if transfer is not None and transfer.asked_until is not None and transfer.asked_until < now:
            live_transfers.give_up_asking(parts, session, transfer, now)
    tend_room(parts, call_id, now)
