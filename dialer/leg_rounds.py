"""Asks the carrier about agents' legs in talks, one leg a round, however many there are.

A browser's leg does not end its room. Should every report of its end be lost, and no page come back to tell, somebody
would listen to silence; this finds them. A handset's leg ends the room, of which the customer's own call tells.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from dialer import reconcile
from dialer.agent_states import AgentStatus
from dialer.call_states import CallStatus
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.errors import Unavailable
from foundation.logs import get_logger
from telephony.carrier import Reported

log = get_logger(__name__)

SETTLED_AFTER = timedelta(seconds=10)


def look_at_one(parts: Parts, now: datetime) -> int:
    """Ask about the leg whose turn it is; 1 where it was over without our knowing, which is put right."""
    leg = _whose_turn(parts, now)
    if leg is None or leg.carrier_sid is None:
        return 0
    try:
        found = parts.carrier.fetch(leg.carrier_sid)
        if found is not None and found.what is Reported.ANSWERED:
            return 0
        reconcile.ask_carrier(parts, leg.id, now)
    except Unavailable as error:
        log.warning("leg_not_looked_at", call_id=leg.id, error=str(error))
        return 0
    return 1


def _whose_turn(parts: Parts, now: datetime) -> Call | None:
    with parts.database.reading() as session:
        talking = (
            select(Call)
            .join(Agent, Agent.leg_call_id == Call.id)
            .where(
                Agent.status == AgentStatus.ON_CALL,
                Agent.status_since < now - SETTLED_AFTER,
                Call.status == CallStatus.BRIDGED,
                Call.to_number.startswith("client:"),
            )
        )
        legs = list(session.scalars(talking.order_by(Call.id)))
    # Turns come with the clock, so that no process has to remember whose the last one was.
    pause = parts.clock.real_seconds(parts.settings.sweep_seconds).total_seconds()
    return legs[int(now.timestamp() // pause) % len(legs)] if legs else None
