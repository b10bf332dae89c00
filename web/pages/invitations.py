"""The guest's own page, behind the link of a letter: shows the event and the seat; a button confirms or gives it up.

Nobody signs in here. The link is signed for one seat. Looking changes nothing: mail programs look at links too.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from accounts import audit
from dialer.event_answers import event_terms
from dialer.wiring import Parts
from events import seat_book
from events.event_book import find_event, lock_event, text_in, title_in
from events.seat_states import INVITING
from events.tables import Event, Seat
from foundation.errors import Conflict
from web.access import Public, parts_of
from web.forgery import check_origin
from web.language import LANGUAGES, choose_language, translations
from web.rate_limit import is_too_often
from web.rendering import render
from web.seat_links import first_name, seat_of_key
from web.words import N_

router = APIRouter()

UNKNOWN = N_("This link is not complete or not valid. Please open it from the letter again.")
TOO_OFTEN = N_("Too many tries. Please wait a minute.")
TOO_LATE = N_("This is not possible any more. Below you see how it stands.")
_HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@router.get("/invitations/{key}", dependencies=[Depends(Public())])
def show_invitation(request: Request, key: str) -> Response:
    """The event and the guest's seat."""
    parts = parts_of(request)
    if _is_too_often(request, parts):
        return _problem(request, TOO_OFTEN, 429)
    with parts.database.reading() as session:
        seat = session.get(Seat, seat_of_key(parts.settings, key))
        if seat is None or seat.forgotten_at is not None:
            return _problem(request, UNKNOWN, 404)
        return _page(request, parts, find_event(session, seat.event_id), seat)


@router.post("/invitations/{key}", dependencies=[Depends(Public())])
def answer_invitation(request: Request, key: str, answer: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Confirm the seat, or give it up."""
    check_origin(request.headers)
    parts = parts_of(request)
    if _is_too_often(request, parts):
        return _problem(request, TOO_OFTEN, 429)
    seat_id = seat_of_key(parts.settings, key)
    with parts.database.reading() as session:
        seat = session.get(Seat, seat_id)
        if seat is None or seat.forgotten_at is not None or answer not in {"confirm", "cancel"}:
            return _problem(request, UNKNOWN, 404)
    try:
        with parts.database.transaction() as session:
            event = lock_event(session, seat.event_id)
            return _page(request, parts, event, _act(session, parts, event, seat_id, answer))
    except Conflict:
        with parts.database.reading() as session:
            seat, event = session.get_one(Seat, seat_id), find_event(session, seat.event_id)
            return _page(request, parts, event, seat, TOO_LATE, 409)


def _act(session: Session, parts: Parts, event: Event, seat_id: str, answer: str) -> Seat:
    now = parts.clock.now()
    act = seat_book.confirm if answer == "confirm" else seat_book.cancel
    if event.starts_at <= now:
        raise Conflict("This event takes no answers now.")
    seat = act(session, event, seat_id, event_terms(now, "guest"))
    audit.record(session, audit.Act("guest", f"guest_{answer}", seat_id, {"event": event.id, "by": "link"}), now)
    parts.live.publish_after_commit(session, f"event:{event.id}")
    return seat


def _page(  # noqa: PLR0913, PLR0917 - the request, and what is shown
    request: Request, parts: Parts, event: Event, seat: Seat, problem: str = "", status_code: int = 200
) -> Response:
    language = seat.language if seat.language in LANGUAGES else _language(request)
    is_ahead = event.status in INVITING and event.starts_at > parts.clock.now()
    values = {
        "event": event,
        "seat": seat,
        "title": title_in(event, language),
        "text": text_in(event, language),
        "first_name": first_name(seat.person),
        "may_confirm": is_ahead and seat.status == "held",
        "may_cancel": is_ahead and seat.status in {"held", "confirmed", "waiting"},
        "problem": translations(language).gettext(problem) if problem else "",
    }
    return HTMLResponse(render("invitation.html", language, values), status_code, _HEADERS)


def _problem(request: Request, words: str, status_code: int) -> Response:
    language = _language(request)
    shown = {"words": translations(language).gettext(words)}
    return HTMLResponse(render("invitation_problem.html", language, shown), status_code, _HEADERS)


def _is_too_often(request: Request, parts: Parts) -> bool:
    address = request.client.host if request.client else ""
    return is_too_often(parts.runtime.redis, "invitations", address, parts.clock.now())


def _language(request: Request) -> str:
    return choose_language("", request.headers.get("accept-language", ""))
