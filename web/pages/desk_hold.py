"""Hold at the desk: keep the customer waiting for a moment, and take them back; and the news of the agent's own line.

The acts are `dialer.holds`' and `dialer.lost_lines`'.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts.tables import Role
from dialer import holds, lost_lines
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


@router.post("/desk/line")
def tell_of_line(visit: AtDesk) -> Response:
    """The phone in this browser has lost its call, or is there again: a reason to look where the agent's line is."""
    lost_lines.tell_phone_is_there(visit.parts, visit.person.agent_id, visit.now)
    return visit.nothing_new()
