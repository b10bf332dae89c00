"""Hold at the desk: keep the customer waiting for a moment, and take them back. The act is `dialer.holds`'."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts.tables import Role
from dialer import holds
from web.pages.desk import show_changes
from web.visit import PageGate, Visit

router = APIRouter()

AtDesk = Annotated[Visit, Depends(PageGate(Role.AGENT))]


@router.post("/desk/hold")
def put_on_hold(visit: AtDesk, showing: Annotated[str, Form()] = "") -> Response:
    """The customer hears an announcement, and neither is heard."""
    holds.ask(visit.parts, visit.person.agent_id, visit.now, is_wanted=True)
    return show_changes(visit, showing)


@router.post("/desk/take-back")
def take_back(visit: AtDesk, showing: Annotated[str, Form()] = "") -> Response:
    """Both hear each other again."""
    holds.ask(visit.parts, visit.person.agent_id, visit.now, is_wanted=False)
    return show_changes(visit, showing)
