"""Phones that are let ring no longer: the pacing needs their lines no more, or their contact must not be called.

The gate says no before a call leaves. Whoever is blocked after that, by whatever way, is heard here at the next sweep;
an agent who says so of a call rings at once, and this hears the bell that was missed.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaigns.tables import Contact
from compliance import do_not_call
from compliance.do_not_call import Callee
from dialer import calls, gate_check, job_names
from dialer.call_states import DIALING, CallStatus
from dialer.tables import Call
from dialer.wiring import Parts
from foundation.errors import Unavailable, Unconfigured
from foundation.queue import QueueName
from foundation.secret_key import derived_key

RINGS = DIALING - {CallStatus.QUEUED, CallStatus.ANSWERED}
# So long a bell and the carrier are given before the carrier is asked once more.
ASKED_AGAIN_SECONDS = 5.0


def give_up_late(parts: Parts, session: Session, call_ids: Sequence[str], now: datetime) -> None:
    """Give lines up that would be answered too late. Should the bell be lost, they ring out by themselves.

    The caller holds the carrier's pace, and whoever holds a call may wait for it: a call to which something happens
    right now is left to the next tick.
    """
    for call_id in call_ids:
        call = calls.lock_if_free(session, call_id)
        if call is not None and call.status in DIALING - {CallStatus.ANSWERED} and call.given_up_at is None:
            call.given_up_at = now
            parts.queue.put_after_commit(session, QueueName.DIAL, job_names.GIVE_UP_CALL, call_id)


def blocked_lines(parts: Parts, now: datetime) -> list[str]:
    """The ids of calls that ring, or are about to, and whose contact is blocked by now."""
    lately = now - parts.clock.real_seconds(ASKED_AGAIN_SECONDS)
    ringing = (
        select(Call.id, Call.to_number, Contact)
        .join(Contact, Contact.id == Call.contact_id)
        .where(
            Call.status.in_(sorted(RINGS)),
            Call.carrier_sid.is_not(None),
            or_(Call.given_up_at.is_(None), Call.given_up_at < lately),
        )
        .order_by(Call.id)
    )
    with parts.database.reading() as session:
        rows = session.execute(ringing).all()
        if not rows:
            return []
        numbers = gate_check.all_numbers(session, [contact for _, _, contact in rows])
        callees = [
            Callee(tuple({to_number, *own}), contact.campaign_id, contact.uid, contact.company)
            for (_, to_number, contact), own in zip(rows, numbers, strict=True)
        ]
        try:
            found = do_not_call.blocks_of(session, callees, now, lambda: derived_key(parts.settings, "do-not-call"))
        except (Unavailable, Unconfigured):  # nobody can tell: the gate lets nobody pass, and all else is swept
            return []
    return [call_id for (call_id, _, _), blocks in zip(rows, found, strict=True) if blocks]


def give_up_blocked(parts: Parts, call_id: str, now: datetime) -> None:
    """Have the carrier asked to let the phone ring no longer, if nobody has picked up meanwhile."""
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is not None and call.status in RINGS:
            call.given_up_at = now
            parts.queue.put_after_commit(session, QueueName.DIAL, job_names.GIVE_UP_CALL, call_id)
