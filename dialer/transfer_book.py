"""The one door to a live transfer's status: finds and locks the row, moves it along the table, keeps the history.

Locked after the call and the agent, before the contact and the lead.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialer.transfer_states import FINAL_TRANSFERS, TransferMove, TransferStatus, next_transfer_status
from dialer.transfer_tables import LiveTransfer, LiveTransferEvent
from dialer.wiring import Parts


def transfer_of(session: Session, call_id: str) -> LiveTransfer | None:
    """The transfer of a contact's call, not locked; None where there is none."""
    return session.get(LiveTransfer, call_id)


def lock_transfer(session: Session, call_id: str) -> LiveTransfer | None:
    """The transfer of a contact's call with its row locked, read afresh; None where there is none."""
    return session.get(LiveTransfer, call_id, with_for_update=True, populate_existing=True)


def lock_by_partner_call(session: Session, partner_call_id: str) -> LiveTransfer | None:
    """The transfer that this call to a partner is of, locked; None when it has gone on to another partner."""
    found = session.scalar(select(LiveTransfer.call_id).where(LiveTransfer.partner_call_id == partner_call_id))
    transfer = lock_transfer(session, found) if found else None
    return transfer if transfer is not None and transfer.partner_call_id == partner_call_id else None


def is_over(transfer: LiveTransfer) -> bool:
    """Whether nothing more can happen to it."""
    return TransferStatus(transfer.status) in FINAL_TRANSFERS


def move(parts: Parts, session: Session, transfer: LiveTransfer, what: TransferMove, now: datetime) -> bool:
    """Let `what` happen to a locked transfer, with its history row and news for the desk; False where it cannot."""
    before = TransferStatus(transfer.status)
    after = next_transfer_status(before, what)
    if after is None:
        return False
    transfer.status, transfer.status_since = after, now
    transfer.settled_at = None
    if after is TransferStatus.INTRODUCING:
        transfer.joined_at = now
    elif after is TransferStatus.HANDED_OVER:
        transfer.handed_over_at = now
    if after in FINAL_TRANSFERS:
        transfer.ended_at = now
    session.add(
        LiveTransferEvent(
            call_id=transfer.call_id,
            at=now,
            from_status=before,
            to_status=after,
            what=what,
            partner_id=transfer.partner_id,
            partner_call_id=transfer.partner_call_id,
        )
    )
    session.flush()
    parts.live.publish_after_commit(session, f"agent:{transfer.agent_id}", call_id=transfer.call_id, transfer=after)
    parts.live.publish_after_commit(session, "board")
    return True
