"""The invitation on the desk: what the contact answers, and colleagues they name."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts.tables import Role
from dialer import event_answers
from dialer.event_answers import Colleague, Reply
from dialer.tables import Call
from foundation.errors import Conflict, Invalid, NotFound
from web.desk_view import look_at_desk
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

AtDesk = Annotated[Visit, Depends(PageGate(Role.AGENT))]
Id = Annotated[str, Form(max_length=40)]
Line = Annotated[str, Form(max_length=300)]
SAVED = N_("Saved.")
LINED_UP = N_("The colleague is in line to be called.")
KNOWN = N_("This number is in the campaign already.")


@router.post("/desk/event/answer")
def record_answer(  # noqa: PLR0913 - the fields of the form
    visit: AtDesk, call_id: Id, event_id: Id, answer: Id, email: Line = "", *, is_key: Annotated[bool, Form()] = False
) -> Response:
    """Yes, no, maybe, confirm or cancel; the card then tells what became of it."""
    reply = Reply(event_id, answer, email, is_key)
    problem, message = "", ""
    try:
        event_answers.record_reply(visit.parts, visit.person.agent_id, call_id, reply, visit.now)
        message = visit.say(SAVED)
    except (Conflict, Invalid) as error:
        problem = visit.say(error.text, **error.facts)
    return _card(visit, call_id, event_id, problem, message)


@router.post("/desk/event/colleague")
def name_colleague(  # noqa: PLR0913, PLR0917 - the fields of the form
    visit: AtDesk, call_id: Id, event_id: Id, person: Line, email: Line = "", phone_number: Line = "", how: Id = "seat"
) -> Response:
    """A seat for a colleague, or a place in the line to be called."""
    colleague = Colleague(event_id, person, email, phone_number)
    problem, message = "", visit.say(SAVED)
    try:
        if how == "call":
            report = event_answers.line_up_colleague(visit.parts, visit.person.agent_id, call_id, colleague, visit.now)
            message = visit.say(LINED_UP if report.created else KNOWN)
        else:
            event_answers.seat_for_colleague(visit.parts, visit.person.agent_id, call_id, colleague, visit.now)
    except (Conflict, Invalid) as error:
        problem, message = visit.say(error.text, **error.facts), ""
    return _card(visit, call_id, event_id, problem, message)


def _card(visit: Visit, call_id: str, event_id: str, problem: str, message: str) -> Response:
    with visit.parts.database.reading() as session:
        call = session.get(Call, call_id)
        seen = look_at_desk(session, visit.person.agent_id)
    if call is None or call.agent_id != visit.person.agent_id or seen.on_desk is None:
        raise NotFound
    shown = next((one for one in seen.on_desk.invitations if one.event.id == event_id), None)
    if seen.on_desk.call.id != call_id or shown is None:
        raise NotFound
    return visit.part(
        "parts/desk_event.html",
        message=message,
        invitation=shown,
        problem=problem,
        call_id=call_id,
        spoken_language=seen.on_desk.script_language,
    )
