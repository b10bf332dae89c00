"""Live transfers at an agent's desk for programs: ask for a partner, go back on it, hand the customer over."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dialer import transfer_desk
from foundation.errors import NotFound
from web.api.agents import own_agent_id
from web.caller import AgentCaller
from web.desk_view import look_at_desk

router = APIRouter(prefix="/agents/me/transfer", tags=["agents"])


class TransferOut(BaseModel):
    """How a transfer stands: asking, joining, introducing, handed_over, done, nobody, canceled, customer_left or
    partner_left. `partner_call` is the status of the call to the partner who is asked or has come in.
    """

    model_config = ConfigDict(from_attributes=True)

    status: str
    lead_id: str
    partner: str
    partner_call: str
    asked: int
    most: int


class TransferIn(BaseModel):
    """The call that the agent is on."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=40)


@router.get("")
def get_transfer(caller: AgentCaller) -> TransferOut:
    """The transfer of the call on the desk; 404 where nobody was asked for."""
    with caller.parts.database.reading() as session:
        seen = look_at_desk(session, own_agent_id(caller))
    if seen.on_desk is None or seen.on_desk.transfer is None:
        raise NotFound
    return TransferOut.model_validate(seen.on_desk.transfer)


@router.post("")
def ask_for_partner(caller: AgentCaller, body: TransferIn) -> TransferOut:
    """Open the lead of a hot call, as it is noted so far, and call a partner who takes it now. Once a call."""
    transfer_desk.ask_for_partner(caller.parts, own_agent_id(caller), body.call_id, caller.now)
    return get_transfer(caller)


@router.post("/cancel")
def cancel(caller: AgentCaller, body: TransferIn) -> TransferOut:
    """Go back on it while no partner has taken the lead; it goes the usual way."""
    transfer_desk.cancel(caller.parts, own_agent_id(caller), body.call_id, caller.now)
    return get_transfer(caller)


@router.post("/hand-over")
def hand_over(caller: AgentCaller, body: TransferIn) -> TransferOut:
    """Leave customer and partner to their talk; the agent's wrap-up begins."""
    transfer_desk.hand_over(caller.parts, own_agent_id(caller), body.call_id, caller.now)
    return get_transfer(caller)
