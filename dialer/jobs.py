"""What the dial worker runs. Ids in, nothing out; the names never change, because queued jobs outlive an update."""

from dialer import holds, list_steps, lost_lines, placing, reconcile, transfer_rooms
from dialer.call_states import DIALING, FINAL
from dialer.tables import Call
from dialer.wiring import process_parts


def place_calls(call_ids: list[str]) -> None:
    """Place a batch of queued calls, several at once."""
    placing.begin_placing(call_ids)


def give_up_call(call_id: str) -> None:
    """Let a call that nobody has answered ring no longer. Once somebody has, the carrier lets it go on."""
    parts = process_parts()
    with parts.database.reading() as session:
        call = session.get(Call, call_id)
        carrier_sid = call.carrier_sid if call is not None and call.status in DIALING else None
    if carrier_sid:
        parts.carrier.give_up(carrier_sid)


def hang_up_call(call_id: str) -> None:
    """End a call at the carrier, if it is not over."""
    parts = process_parts()
    with parts.database.reading() as session:
        call = session.get(Call, call_id)
        carrier_sid = call.carrier_sid if call is not None and call.status not in FINAL else None
    if carrier_sid:
        parts.carrier.hang_up(carrier_sid)


def tend_room(call_id: str) -> None:
    """Tell the carrier what a live transfer means for its room."""
    parts = process_parts()
    transfer_rooms.tend_room(parts, call_id, parts.clock.now())


def ask_carrier(call_id: str) -> None:
    """Ask the carrier what became of a call of which news may have been lost."""
    parts = process_parts()
    reconcile.ask_carrier(parts, call_id, parts.clock.now())


def tend_line(call_id: str) -> None:
    """Do what is next about a line that a call has lost: go on, call the agent, or let the customer go."""
    parts = process_parts()
    lost_lines.look_at(parts, call_id, parts.clock.now())


def carry_out_hold(call_id: str) -> None:
    """Put the customer of a call on hold at the carrier, or take them back: whatever the agent asked for last."""
    parts = process_parts()
    holds.carry_out(parts, call_id, parts.clock.now())


def order_line(campaign_id: str) -> None:
    """Give everybody who waits in a campaign their place by its present order."""
    parts = process_parts()
    list_steps.order_line(parts.database, campaign_id, parts.clock.now())
