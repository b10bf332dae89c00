"""Calls in the API: each attempt with its times, how it ended, and what the carrier reported."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from dialer.corrections import corrections_of
from dialer.tables import Call, CallEvent
from foundation.errors import NotFound
from web.caller import Paged, PageWanted, StaffCaller, paged

router = APIRouter(prefix="/calls", tags=["calls"])


class CallOut(BaseModel):
    """A call. `kind` is contact, or agent for the call that parks an agent's phone."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    campaign_id: str | None
    contact_id: str | None
    attempt_number: int | None
    agent_id: str | None
    language: str
    to_number: str
    from_number: str
    status: str
    carrier_sid: str | None
    queued_at: datetime
    placed_at: datetime | None
    answered_at: datetime | None
    bridged_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    answered_by: str
    duration_seconds: int | None
    disposition: str
    notes: str
    answers: dict[str, Any]
    lead_id: str


class CallEventOut(BaseModel):
    """One report on a call, as it was applied."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    reported_at: datetime | None
    what: str
    from_status: str
    to_status: str


class CorrectionOut(BaseModel):
    """The agent said otherwise of the call. Both codes may be the same: only what was noted is another."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    agent_id: str
    from_code: str
    to_code: str


class CallWithHistory(CallOut):
    """A call with its history, the oldest first, and what the gate said before it was placed."""

    history: list[CallEventOut]
    corrections: list[CorrectionOut]
    gate_verdict: dict[str, Any]


@router.get("")
def list_calls(
    caller: StaffCaller, paging: PageWanted, campaign_id: str = "", contact_id: str = "", status: str = ""
) -> Paged[CallOut]:
    """Calls, the newest first."""
    query = select(Call).order_by(Call.id.desc()).limit(paging.limit + 1)
    if paging.cursor:
        query = query.where(Call.id < paging.cursor)
    for column, wanted in ((Call.campaign_id, campaign_id), (Call.contact_id, contact_id), (Call.status, status)):
        if wanted:
            query = query.where(column == wanted)
    with caller.parts.database.reading() as session:
        rows = session.scalars(query).all()
    return paged(rows, paging, CallOut.model_validate, lambda row: row.id)


@router.get("/{call_id}")
def get_call(caller: StaffCaller, call_id: str) -> CallWithHistory:
    """One call with its history."""
    with caller.parts.database.reading() as session:
        call = session.get(Call, call_id)
        if call is None:
            raise NotFound
        query = select(CallEvent).where(CallEvent.call_id == call_id).order_by(CallEvent.id)
        history = [CallEventOut.model_validate(event) for event in session.scalars(query)]
        corrected = [CorrectionOut.model_validate(one) for one in corrections_of(session, call_id)]
    shown = CallOut.model_validate(call).model_dump()
    return CallWithHistory(**shown, history=history, corrections=corrected, gate_verdict=call.gate_verdict)
