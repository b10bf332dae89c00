"""Saying otherwise of a call for programs that act as an agent."""

from fastapi import APIRouter
from pydantic import Field

from dialer import desk
from dialer.desk import Correction
from web.api.agents import DeskOut, desk_out, own_agent_id
from web.caller import AgentCaller
from web.said import DispositionBody

router = APIRouter(tags=["agents"])


class CorrectionBody(DispositionBody):
    """What came of a call instead of `former`, the disposition that is recorded. Else as for a disposition."""

    former: str = Field(max_length=40)


@router.post("/agents/me/correction")
def correct_disposition(caller: AgentCaller, body: CorrectionBody) -> DeskOut:
    """Something else came of a call, within CORRECTION_MINUTES. Saying the same again changes nothing.

    409 with the reason where it may not be: the contact was called again, a partner has seen the lead, and the like.
    Away from `do_not_call` nothing leads.
    """
    correction = Correction(body.as_said(), body.former, caller.act("outcome_corrected", body.call_id))
    desk.correct_disposition(caller.parts, own_agent_id(caller), body.call_id, correction, caller.now)
    return desk_out(caller)
