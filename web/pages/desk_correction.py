"""Saying otherwise of the last call at the desk: the same form, filled in as it was. The act is `dialer.desk`'s."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts.tables import Role
from dialer import desk
from dialer.desk import Correction
from web.correction_view import look_at_correction
from web.pages.desk import look, show_changes, values_of
from web.said import CorrectionForm
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

AtDesk = Annotated[Visit, Depends(PageGate(Role.AGENT))]
CORRECTED = N_("Corrected.")


@router.get("/desk/correction/{call_id}")
def show_correction(visit: AtDesk, call_id: str) -> Response:
    """The form of the last call in the desk's card; where another call has come, that one's card."""
    window = desk.correction_window(visit.parts)
    with visit.parts.database.reading() as session:
        correcting = look_at_correction(session, visit.person.agent_id, call_id, window, visit.now)
    seen = look(visit)
    if not seen.is_free_to_look_back:
        return show_changes(visit)
    return visit.part("parts/desk_now.html", call_changed=True, **values_of(visit, seen, correcting))


@router.post("/desk/correction/{call_id}")
def correct(visit: AtDesk, call_id: str, form: Annotated[CorrectionForm, Form()]) -> Response:
    """Something else came of the call. A new call keeps its card."""
    window = desk.correction_window(visit.parts)
    with visit.parts.database.reading() as session:
        contact = look_at_correction(session, visit.person.agent_id, call_id, window, visit.now).on_desk.contact
    act = visit.act("outcome_corrected", call_id)
    correction = Correction(form.as_said(contact.time_zone), form.former, act)
    desk.correct_disposition(visit.parts, visit.person.agent_id, call_id, correction, visit.now)
    seen = look(visit)
    values = values_of(visit, seen)
    changed = seen.is_free_to_look_back
    return visit.part("parts/desk_now.html", call_changed=changed, message=visit.say(CORRECTED), **values)
