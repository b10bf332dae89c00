"""Invitations at an agent's desk for programs: the events of the call's campaign, and what the contact answers."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dialer import event_answers
from dialer.event_answers import Colleague, Reply
from events.tables import Seat
from web.api.agents import own_agent_id
from web.caller import AgentCaller
from web.desk_view import look_at_desk

router = APIRouter(prefix="/agents/me/invitations", tags=["events"])


class SeatOnDesk(BaseModel):
    """What became of an answer. `status`: declined, undecided, waiting, held, confirmed, lapsed or canceled."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    event_id: str
    status: str
    held_until: datetime | None
    is_colleague: bool


class InvitationOut(BaseModel):
    """An event that the campaign invites to; title and text are in the language of the talk."""

    event_id: str
    title: str
    text: str
    place: str
    online_link: str
    starts_at: datetime
    ends_at: datetime
    answer_until: datetime
    status: str
    free: int
    waiting: int
    seat: SeatOnDesk | None


class ReplyIn(BaseModel):
    """`answer`: yes, no, maybe, or confirm or cancel a seat that is there. The address was said on the phone."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=40)
    event_id: str = Field(max_length=40)
    answer: Literal["yes", "no", "maybe", "confirm", "cancel"]
    email: str = Field("", max_length=254)
    is_key: bool = False


class ColleagueIn(BaseModel):
    """A colleague whom the contact names: with an address for a seat, or with a number to be called."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=40)
    event_id: str = Field(max_length=40)
    person: str = Field(max_length=300)
    email: str = Field("", max_length=254)
    phone_number: str = Field("", max_length=40)


class LinedUpOut(BaseModel):
    """Whether the colleague is new in the campaign's line."""

    is_new: bool


@router.get("")
def list_invitations(caller: AgentCaller) -> list[InvitationOut]:
    """What the campaign of the present call invites to; nothing without a call."""
    with caller.parts.database.reading() as session:
        seen = look_at_desk(session, own_agent_id(caller))
    return [
        InvitationOut(
            event_id=one.event.id,
            title=one.title,
            text=one.text,
            place=one.event.place,
            online_link=one.event.online_link,
            starts_at=one.event.starts_at,
            ends_at=one.event.ends_at,
            answer_until=one.event.answer_until,
            status=one.event.status,
            free=one.figures.free,
            waiting=one.figures.of("waiting"),
            seat=SeatOnDesk.model_validate(one.seat) if one.seat else None,
        )
        for one in (seen.on_desk.invitations if seen.on_desk else ())
    ]


@router.post("/answer")
def record_answer(caller: AgentCaller, body: ReplyIn) -> SeatOnDesk:
    """What the contact answers. Said again it changes nothing."""
    reply = Reply(body.event_id, body.answer, body.email, body.is_key)
    seat: Seat = event_answers.record_reply(caller.parts, own_agent_id(caller), body.call_id, reply, caller.now)
    return SeatOnDesk.model_validate(seat)


@router.post("/colleague")
def seat_for_colleague(caller: AgentCaller, body: ColleagueIn) -> SeatOnDesk:
    """A seat for a colleague."""
    named = Colleague(body.event_id, body.person, body.email)
    seat = event_answers.seat_for_colleague(caller.parts, own_agent_id(caller), body.call_id, named, caller.now)
    return SeatOnDesk.model_validate(seat)


@router.post("/colleague-to-call")
def line_up_colleague(caller: AgentCaller, body: ColleagueIn) -> LinedUpOut:
    """A place in the campaign's line for a colleague. A number that must not be called is refused."""
    named = Colleague(body.event_id, body.person, phone_number=body.phone_number)
    report = event_answers.line_up_colleague(caller.parts, own_agent_id(caller), body.call_id, named, caller.now)
    return LinedUpOut(is_new=report.created > 0)
