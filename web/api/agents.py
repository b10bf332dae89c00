"""Agents in the API: their list, and an agent's own desk for programs that act as one."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from accounts import audit
from dialer import desk, desk_signals, drafts, holds, lost_lines, previews
from dialer.agents import NewAgent, add_agent, languages_of
from dialer.dispositions import DISPOSITIONS
from dialer.tables import Agent
from foundation.errors import NotFound
from web.caller import AdminCaller, AgentCaller, AnyCaller, Caller, Paged, PageWanted, StaffCaller, paged
from web.correction_view import LastCall, last_call
from web.desk_view import Desk, look_at_desk
from web.preview_view import PreviewOnDesk
from web.said import DispositionBody, DraftBody
from web.shown_forms import AssessmentOut, DraftOut, FormInUseOut

router = APIRouter(tags=["agents"])


class AgentOut(BaseModel):
    """An agent. `wants` is what comes after the present call."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    endpoint: str
    campaign_id: str
    status: str
    status_since: datetime
    pause_reason: str
    wants: str
    current_call_id: str
    languages: list[str]


class NewAgentIn(BaseModel):
    """An agent to add. `endpoint` is E.164, client:name or sip:user@host."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    endpoint: str = Field(max_length=200)
    languages: list[str] = Field(max_length=10)
    campaign_id: str = Field("", max_length=40)


class ContactOnDesk(BaseModel):
    """Who is on the line."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    company: str
    person: str
    phone_number: str
    email: str
    language: str
    postcode: str
    place: str
    canton: str
    employees: int | None
    existing_partner: str
    fields: dict[str, Any]


class CallOnDeskOut(BaseModel):
    """The call that the agent has or has just had, with the script in the contact's language."""

    call_id: str
    status: str
    campaign_id: str
    campaign_name: str
    bridged_at: datetime | None
    ended_at: datetime | None
    contact: ContactOnDesk
    script: str
    form: FormInUseOut
    draft: DraftOut | None


class PreviewOnDeskOut(BaseModel):
    """A contact to look at before dialing. `is_ringing`: it was dialed; nobody has picked up yet."""

    preview_id: str
    campaign_id: str
    campaign_name: str
    lapses_at: datetime
    is_ringing: bool
    contact: ContactOnDesk
    script: str


class LastCallOut(BaseModel):
    """The last call that the agent may still correct, and until when."""

    call_id: str
    company: str
    disposition: str
    disposition_at: datetime | None
    correctable_until: datetime


class DeskOut(BaseModel):
    """An agent's desk. `phone` is none, calling or parked; `held_since`: the customer is on hold.

    `line_lost_since`: the agent's own line was lost in the talk; the customer waits, and the agent's phone is called.
    """

    agent: AgentOut
    phone: str
    wrap_up_until: datetime | None
    held_since: datetime | None
    line_lost_since: datetime | None
    call: CallOnDeskOut | None
    preview: PreviewOnDeskOut | None
    last_call: LastCallOut | None


class PauseIn(BaseModel):
    """Why the agent pauses."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=40)


class SkipIn(BaseModel):
    """Why the agent does not want to dial: wrong_contact, known_customer, not_now, needs_research or do_not_call."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=20)


class SignalIn(BaseModel):
    """How far the talk has come: script_close, questions, form_open, notes or nearly_done."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=40)
    signal: str = Field(max_length=20)


class DispositionOut(BaseModel):
    """What an agent can say of a call. `key` picks it on the desk."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    label: str
    key: str
    then: str
    opens_lead: bool
    blocks_number: bool


@router.get("/dispositions")
def list_dispositions(caller: AnyCaller) -> list[DispositionOut]:
    """What an agent can say of a call."""
    return [DispositionOut.model_validate(disposition, from_attributes=True) for disposition in DISPOSITIONS.values()]


@router.get("/agents")
def list_agents(caller: StaffCaller, paging: PageWanted) -> Paged[AgentOut]:
    """Agents in the order of their making."""
    with caller.parts.database.reading() as session:
        query = select(Agent).where(Agent.id > paging.cursor).order_by(Agent.id).limit(paging.limit + 1)
        rows = [(agent, languages_of(session, agent.id)) for agent in session.scalars(query).all()]
    return paged(rows, paging, lambda row: _agent_out(*row), lambda row: row[0].id)


@router.post("/agents", status_code=201)
def create_agent(caller: AdminCaller, body: NewAgentIn) -> AgentOut:
    """A new agent, offline. Someone signs in as the agent once there is a user with its id."""
    new = NewAgent(body.name, body.endpoint, frozenset(body.languages), body.campaign_id)
    with caller.parts.database.transaction() as session:
        agent = add_agent(session, new, caller.now)
        audit.record(session, caller.act("agent_added", agent.id), caller.now)
    return _agent_out(agent, sorted(new.languages))


@router.get("/agents/me")
def get_own_desk(caller: AgentCaller) -> DeskOut:
    """The agent's own state, and who is on the line."""
    return desk_out(caller)


@router.post("/agents/me/ready")
def go_ready(caller: AgentCaller) -> DeskOut:
    """Take calls; the agent's phone is called first where it is not parked."""
    desk.go_ready(caller.parts, own_agent_id(caller), caller.now)
    return desk_out(caller)


@router.post("/agents/me/pause")
def pause(caller: AgentCaller, body: PauseIn) -> DeskOut:
    """Take no calls, for a reason; during a call, as soon as it is over."""
    desk.pause(caller.parts, own_agent_id(caller), body.reason, caller.now)
    return desk_out(caller)


@router.post("/agents/me/sign-off")
def sign_off(caller: AgentCaller) -> DeskOut:
    """End the shift; during a call, as soon as it is over."""
    desk.sign_off(caller.parts, own_agent_id(caller), caller.now)
    return desk_out(caller)


@router.post("/agents/me/hang-up", status_code=202, response_class=Response)
def hang_up(caller: AgentCaller) -> Response:
    """End the talk."""
    desk.hang_up(caller.parts, own_agent_id(caller))
    return Response(status_code=202)


@router.post("/agents/me/hold")
def put_on_hold(caller: AgentCaller) -> DeskOut:
    """The customer hears an announcement, and neither is heard. A hold ends with the call."""
    holds.ask(caller.parts, own_agent_id(caller), caller.now, is_wanted=True)
    return desk_out(caller)


@router.post("/agents/me/take-back")
def take_back(caller: AgentCaller) -> DeskOut:
    """Both hear each other again."""
    holds.ask(caller.parts, own_agent_id(caller), caller.now, is_wanted=False)
    return desk_out(caller)


@router.post("/agents/me/line")
def tell_of_line(caller: AgentCaller) -> DeskOut:
    """Your phone has lost its call, or is there again: where your line is gets looked at now, not in a while."""
    lost_lines.tell_phone_is_there(caller.parts, own_agent_id(caller), caller.now)
    return desk_out(caller)


@router.post("/agents/me/signal", status_code=204, response_class=Response)
def note_signal(caller: AgentCaller, body: SignalIn) -> Response:
    """Tell how far the talk has come, so that the next call is ready in time. Going back tells nothing."""
    desk_signals.note_signal(caller.parts, own_agent_id(caller), body.call_id, body.signal, caller.now)
    return Response(status_code=204)


@router.post("/agents/me/previews/{preview_id}/dial")
def dial_preview(caller: AgentCaller, preview_id: str) -> DeskOut:
    """Talk to the contact on the desk. Where the rules forbid it by now, the contact has left the desk."""
    previews.dial(caller.parts, own_agent_id(caller), preview_id, caller.now)
    return desk_out(caller)


@router.post("/agents/me/previews/{preview_id}/skip")
def skip_preview(caller: AgentCaller, preview_id: str, body: SkipIn) -> DeskOut:
    """Not this contact now, or never; `do_not_call` blocks its number for good."""
    previews.skip(caller.parts, own_agent_id(caller), preview_id, body.reason, caller.now)
    return desk_out(caller)


@router.put("/agents/me/draft")
def save_draft(caller: AgentCaller, body: DraftBody) -> AssessmentOut:
    """Keep what is noted of a call so far; what the answers come to, and whether they call for the long part."""
    judged = drafts.save_draft(caller.parts, own_agent_id(caller), body.call_id, body.as_noted(), caller.now)
    return AssessmentOut.model_validate(judged.assessment.to_json())


@router.post("/agents/me/disposition")
def record_disposition(caller: AgentCaller, body: DispositionBody) -> DeskOut:
    """What came of a call. Saying the same again changes nothing."""
    desk.record_disposition(caller.parts, own_agent_id(caller), body.call_id, body.as_said(), caller.now)
    return desk_out(caller)


def own_agent_id(caller: Caller) -> str:
    """The agent whose desk this person has, or NotFound."""
    if not caller.person.agent_id:
        raise NotFound
    return caller.person.agent_id


def _agent_out(agent: Agent, languages: list[str]) -> AgentOut:
    shown = {name: getattr(agent, name) for name in AgentOut.model_fields if name != "languages"}
    return AgentOut(**shown, languages=languages)


def desk_out(caller: Caller) -> DeskOut:
    """The caller's desk as it is now."""
    window = desk.correction_window(caller.parts)
    with caller.parts.database.reading() as session:
        seen: Desk = look_at_desk(session, own_agent_id(caller))
        last = last_call(session, seen.agent.id, window, caller.now)
    on_desk = seen.on_desk
    call = on_desk and CallOnDeskOut(
        call_id=on_desk.call.id,
        status=on_desk.call.status,
        campaign_id=on_desk.campaign.id,
        campaign_name=on_desk.campaign.name,
        bridged_at=on_desk.call.bridged_at,
        ended_at=on_desk.call.ended_at,
        contact=ContactOnDesk.model_validate(on_desk.contact),
        script=on_desk.script,
        form=FormInUseOut.model_validate(on_desk.form),
        draft=DraftOut.model_validate(on_desk.draft) if on_desk.draft else None,
    )
    agent = _agent_out(seen.agent, seen.languages)
    return DeskOut(
        agent=agent,
        phone=seen.phone,
        wrap_up_until=seen.agent.wrap_up_until,
        held_since=seen.held_since,
        line_lost_since=seen.lost_since,
        call=call,
        preview=_preview_out(seen.preview) if seen.preview else None,
        last_call=_last_call_out(last) if last else None,
    )


def _last_call_out(last: LastCall) -> LastCallOut:
    return LastCallOut(
        call_id=last.call.id,
        company=last.contact.company,
        disposition=last.call.disposition,
        disposition_at=last.call.disposition_at,
        correctable_until=last.until,
    )


def _preview_out(seen: PreviewOnDesk) -> PreviewOnDeskOut:
    return PreviewOnDeskOut(
        preview_id=seen.preview.id,
        campaign_id=seen.campaign.id,
        campaign_name=seen.campaign.name,
        lapses_at=seen.preview.lapses_at,
        is_ringing=seen.is_ringing,
        contact=ContactOnDesk.model_validate(seen.contact),
        script=seen.script,
    )
