"""The check-in list of an event: who is here, on the screen, on paper and as a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from dialer.event_answers import event_terms
from dialer.event_exports import guests_csv
from events import figures
from events.event_book import find_event, title_in
from web import event_view
from web.csv_answers import download
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
_EXPECTED = frozenset({"held", "confirmed", "attended", "absent"})


@router.get("/workshops/{event_id}/check-in")
def show_list(visit: Staff, event_id: str) -> Response:
    """Everybody who has a seat, by name."""
    with visit.parts.database.reading() as session:
        return visit.page("check_in.html", **_values(session, visit, event_id))


@router.get("/workshops/{event_id}/check-in/now")
def show_changes(visit: Staff, event_id: str) -> Response:
    """The same without the frame."""
    with visit.parts.database.reading() as session:
        return visit.part("parts/check_in.html", **_values(session, visit, event_id))


@router.post("/workshops/{event_id}/check-in/{seat_id}/{act}")
def check_in(visit: Staff, event_id: str, seat_id: str, act: str) -> Response:
    """A guest is here, or was checked in by mistake."""
    with visit.parts.database.transaction() as session:
        event_view.act_on_seat(session, event_id, seat_id, act, event_terms(visit.now, visit.person.user_id))
        audit.record(session, visit.act(f"guest_{act.replace('-', '_')}", seat_id, {"event": event_id}), visit.now)
        visit.parts.live.publish_after_commit(session, f"event:{event_id}")
        return visit.part("parts/check_in.html", **_values(session, visit, event_id))


@router.get("/workshops/{event_id}/guests.csv")
def export_guests(visit: Staff, event_id: str) -> Response:
    """All guests as a file for a spreadsheet program."""
    with visit.parts.database.transaction() as session:
        find_event(session, event_id)
        audit.record(session, visit.act("guests_exported", event_id), visit.now)
    return download(guests_csv(visit.parts.database, event_id), f"guests-{event_id}")


def _values(session: Session, visit: Visit, event_id: str) -> dict[str, Any]:
    event = find_event(session, event_id)
    return {
        "event": event,
        "title": title_in(event, visit.language),
        "figures": figures.figures_of(session, [event])[event_id],
        "guests": [seat for seat in figures.guests_of(session, event_id) if seat.status in _EXPECTED],
    }
