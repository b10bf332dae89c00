"""What an agent sees of a live transfer: how it stands, and who is asked or has come in. For the page and the API."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dialer.call_states import CallStatus
from dialer.live_transfers import MOST_ASKED
from dialer.tables import Call
from dialer.transfer_book import transfer_of
from leads.tables import Partner


@dataclass(frozen=True)
class TransferOnDesk:
    """A transfer of the call on the desk. `partner_call` is where the call to the partner is, empty before the first.

    `asked` of at most `most` partners were called.
    """

    status: str
    lead_id: str
    partner: str = ""
    partner_call: str = ""
    asked: int = 0
    most: int = MOST_ASKED


def transfer_on_desk(session: Session, call_id: str) -> TransferOnDesk | None:
    """The transfer of a call; None where nobody was asked for."""
    transfer = transfer_of(session, call_id)
    if transfer is None:
        return None
    partner = session.get(Partner, transfer.partner_id) if transfer.partner_id else None
    call = session.get(Call, transfer.partner_call_id) if transfer.partner_call_id else None
    return TransferOnDesk(
        status=transfer.status,
        lead_id=transfer.lead_id,
        partner=partner.name if partner else "",
        partner_call=str(CallStatus(call.status)) if call else "",
        asked=transfer.asked,
    )
