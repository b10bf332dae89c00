"""A key pressed while a message is spoken. For an abandoned contact nine means never again, and holds at once.

What a partner presses who is asked to take a customer is `live_transfers`' affair.
"""

from datetime import datetime

from sqlalchemy import select

from campaigns import contact_queue
from compliance import do_not_call
from dialer import live_transfers
from dialer.lawful_message import FAREWELL
from dialer.tables import Call
from dialer.wiring import Parts
from foundation.logs import get_logger
from telephony.carrier import HangUp, Instruction, SayAndHangUp

log = get_logger(__name__)

NEVER_AGAIN = "9"


def on_key(parts: Parts, call_id: str, digits: str, now: datetime) -> Instruction:
    """What to do after a key; pressing again, or a repeat of the callback, changes nothing more."""
    with parts.database.reading() as session:
        pressed_on = session.get(Call, call_id)
    if pressed_on is not None and pressed_on.kind == "partner":
        return live_transfers.on_partner_key(parts, call_id, digits, now)
    if digits != NEVER_AGAIN:
        return HangUp()
    with parts.database.transaction() as session:
        call = session.scalar(select(Call).where(Call.id == call_id, Call.kind == "contact"))
        if call is None:
            return HangUp()
        row = do_not_call.block(session, call.to_number, source="ivr", now=now, note="", added_by="")
        if call.contact_id:
            contact_queue.finish(
                session, call.contact_id, outcome="do_not_call", now=now, attempted=False, call_id=call.id
            )
        log.info("number_blocked_by_key", block=row.id, call_id=call_id)
        return SayAndHangUp(FAREWELL.get(call.language, FAREWELL["en"]), call.language)
