"""The live transfer on the desk: ask for a partner, go back on it, hand over. Each look at the desk brings its card."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts.tables import Role
from dialer import drafts, transfer_desk
from foundation.errors import Conflict, NotFound
from web.desk_view import look_at_desk
from web.said import NotedForm
from web.visit import PageGate, Visit

router = APIRouter(prefix="/desk/transfer")

AtDesk = Annotated[Visit, Depends(PageGate(Role.AGENT))]
CallId = Annotated[str, Form(max_length=40)]


@router.post("/ask")
def ask_for_partner(visit: AtDesk, form: Annotated[NotedForm, Form()]) -> Response:
    """Keep what is noted, open the lead, and call a partner."""
    agent_id = visit.person.agent_id

    def act() -> None:
        drafts.save_draft(visit.parts, agent_id, form.call_id, form.as_noted(), visit.now)
        transfer_desk.ask_for_partner(visit.parts, agent_id, form.call_id, visit.now)

    return _card_after(visit, act)


@router.post("/cancel")
def cancel(visit: AtDesk, call_id: CallId) -> Response:
    """Go back on it while nobody has taken it."""
    return _card_after(visit, lambda: transfer_desk.cancel(visit.parts, visit.person.agent_id, call_id, visit.now))


@router.post("/hand-over")
def hand_over(visit: AtDesk, call_id: CallId) -> Response:
    """Leave customer and partner to their talk."""
    return _card_after(visit, lambda: transfer_desk.hand_over(visit.parts, visit.person.agent_id, call_id, visit.now))


def _card_after(visit: Visit, act: Callable[[], None]) -> Response:
    """The card once the agent has acted, or with why that could not be."""
    try:
        act()
    except Conflict as error:
        return _card(visit, visit.say(error.text, **error.facts))
    return _card(visit)


def _card(visit: Visit, problem: str = "") -> Response:
    with visit.parts.database.reading() as session:
        seen = look_at_desk(session, visit.person.agent_id)
    if seen.on_desk is None:
        raise NotFound
    return visit.part("parts/desk_transfer.html", desk=seen, problem=problem, is_beside=False)
