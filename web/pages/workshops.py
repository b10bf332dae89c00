"""Events for staff: the list, one event with its guests, making and changing it, and what comes after it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from campaigns.tables import Campaign
from dialer import event_follow_up
from dialer.event_answers import event_terms
from dialer.guest_import import MOST_BYTES, GuestsReport, import_guests, refused_rows
from events import event_acts, figures, seat_book
from events.event_book import LANGUAGES as TEXT_LANGUAGES
from events.event_book import campaigns_of, create_event, find_event, title_in
from events.guest_rows import read_guest
from events.seat_states import INVITING, SeatStatus
from leads.tables import Partner
from web import event_view
from web.event_form import EventForm
from web.language import Formats
from web.visit import PageGate, Visit
from web.words import N_, word_in

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Short = Annotated[str, Form(max_length=300)]
SAVED = N_("Saved.")
OPENED = N_("Campaigns may invite now.")
CALLED_OFF = N_("The event is called off. Everybody who had said yes or maybe is told.")
COUNTED = N_(
    "Rows %(rows)s: new %(created)s (of these waiting %(waiting)s), known before %(unchanged)s, refused %(refused)s."
)
LEAD_OPENED = N_("The lead is open.")
# Of the rows that an import refused, by reason.
_ROWS_NAMED = 20
# Open guests first, then who needs nothing any more.
SHOWN_FIRST = ("held", "waiting", "confirmed", "attended", "absent", "undecided", "lapsed", "canceled", "declined")


@router.get("/workshops")
def show_events(visit: Staff) -> Response:
    """All events, the latest first, and a form for a new one."""
    with visit.parts.database.reading() as session:
        events = figures.all_events(session)
        counted = figures.figures_of(session, events)
        return visit.page("workshops.html", events=events, figures=counted, title_in=title_in, **_choices(session))


@router.post("/workshops")
def add_event(visit: Staff, form: Annotated[EventForm, Form()]) -> Response:
    """A new event, as a draft."""
    with visit.parts.database.transaction() as session:
        event_view.check_partner(session, form.partner_id)
        event = create_event(session, form.as_draft(), visit.now, visit.person.user_id)
        event_view.link_campaigns(session, event, form.campaign_ids)
        audit.record(session, visit.act("event_created", event.id), visit.now)
    return visit.go_to(f"/workshops/{event.id}")


@router.get("/workshops/{event_id}")
def show_event(visit: Staff, event_id: str) -> Response:
    """One event."""
    with visit.parts.database.reading() as session:
        return visit.page("workshop.html", **_values(session, visit, event_id))


@router.get("/workshops/{event_id}/now")
def show_changes(visit: Staff, event_id: str, was: str = "") -> Response:
    """Figures and guests, without the forms that somebody may be filling in unless the event has come to others."""
    with visit.parts.database.reading() as session:
        values = _values(session, visit, event_id)
    if _forms_of(was) == _forms_of(values["event"].status):
        return visit.part("parts/workshop_now.html", **values)
    answer = visit.part("parts/workshop.html", **values)
    answer.headers["HX-Retarget"] = "#workshop"
    return answer


@router.post("/workshops/{event_id}")
def change_event(visit: Staff, event_id: str, form: Annotated[EventForm, Form()]) -> Response:
    """Change an event; who comes is told of a new date or place."""
    with visit.parts.database.transaction() as session:
        event_view.check_partner(session, form.partner_id)
        terms = event_terms(visit.now, visit.person.user_id)
        event = event_acts.change_event(session, event_id, form.as_draft(), terms)
        event_view.link_campaigns(session, event, form.campaign_ids)
        return _done(session, visit, event_id, "event_changed", SAVED)


@router.post("/workshops/{event_id}/open")
def open_event(visit: Staff, event_id: str) -> Response:
    """Campaigns may invite."""
    with visit.parts.database.transaction() as session:
        event_acts.open_event(session, event_id, event_terms(visit.now, visit.person.user_id))
        return _done(session, visit, event_id, "event_opened", OPENED)


@router.post("/workshops/{event_id}/cancel")
def cancel_event(visit: Staff, event_id: str) -> Response:
    """It does not take place."""
    with visit.parts.database.transaction() as session:
        event_acts.cancel_event(session, event_id, event_terms(visit.now, visit.person.user_id))
        return _done(session, visit, event_id, "event_canceled", CALLED_OFF)


@router.post("/workshops/{event_id}/guests")
def add_guest(visit: Staff, event_id: str, person: Short, email: Short, company: Short = "") -> Response:
    """A guest whom staff writes down."""
    guest = read_guest(person, email, company)
    with visit.parts.database.transaction() as session:
        seat = event_view.add_guest(session, event_id, guest, event_terms(visit.now, visit.person.user_id))
        return _done(session, visit, event_id, "guest_added", SAVED, seat.id)


@router.post("/workshops/{event_id}/guests/import")
def import_file(visit: Staff, event_id: str, file: Annotated[UploadFile, File()]) -> Response:
    """Guests of a file; refused rows are named with what is wrong with them."""
    content = file.file.read(MOST_BYTES + 1)
    with visit.parts.database.transaction() as session:
        terms = event_terms(visit.now, visit.person.user_id)
        report = import_guests(session, event_id, content, file.filename or "", terms)
        audit.record(session, visit.act("guests_imported", event_id, {"created": report.created}), visit.now)
        visit.parts.live.publish_after_commit(session, f"event:{event_id}")
        values = _values(session, visit, event_id)
    return visit.part("parts/workshop.html", message=_said_of(visit, report), **values)


@router.post("/workshops/{event_id}/guests/{seat_id}/lead")
def open_lead(visit: Staff, event_id: str, seat_id: str) -> Response:
    """A lead for a guest who was there."""
    lead_id = event_follow_up.open_lead_of_guest(visit.parts, event_id, seat_id, visit.now)
    with visit.parts.database.transaction() as session:
        return _done(session, visit, event_id, "lead_of_guest_opened", LEAD_OPENED, lead_id)


@router.post("/workshops/{event_id}/guests/{seat_id}/{act}")
def act_on_guest(visit: Staff, event_id: str, seat_id: str, act: str) -> Response:
    """Confirm or cancel for a guest, or say who came."""
    with visit.parts.database.transaction() as session:
        terms = event_terms(visit.now, visit.person.user_id)
        event_view.act_on_seat(session, event_id, seat_id, act, terms)
        action = f"guest_{act.replace('-', '_')}"
        return _done(session, visit, event_id, action, SAVED, seat_id)


@router.post("/workshops/{event_id}/follow-up")
def follow_up(visit: Staff, event_id: str, who: Short, campaign_id: Short) -> Response:
    """Guests come in line of a campaign."""
    lined_up = event_follow_up.put_in_line(visit.parts, event_id, who, campaign_id, visit.now)
    with visit.parts.database.transaction() as session:
        act = visit.act("event_followed_up", event_id, {"who": who, "campaign": campaign_id, "contacts": lined_up})
        audit.record(session, act, visit.now)
        values = _values(session, visit, event_id)
    message = visit.ngettext(
        "%(num)s guest is in line to be called.", "%(num)s guests are in line to be called.", lined_up
    )
    return visit.part("parts/workshop.html", message=message, **values)


def _forms_of(status: str) -> str:
    return "guests" if status in INVITING else status


def _said_of(visit: Visit, report: GuestsReport) -> str:
    """The counts, and which rows are refused and why. It stays when news of the event bring its guests anew."""
    number = Formats(visit.language).number
    counts = visit.say(
        COUNTED,
        rows=number(report.rows),
        created=number(report.created),
        waiting=number(report.waiting),
        unchanged=number(report.unchanged),
        refused=number(len(report.problems)),
    )
    refused = [
        f"{word_in(visit.language, f'guest_row:{reason}')}: {', '.join(map(str, rows[:_ROWS_NAMED]))}"
        + (" …" if len(rows) > _ROWS_NAMED else "")
        for reason, rows in refused_rows(report)
    ]
    return " ".join([counts, visit.say("Refused rows: %(rows)s.", rows="; ".join(refused)) if refused else ""]).strip()


def _done(  # noqa: PLR0913, PLR0917 - what was done, to whom, and what is said of it
    session: Session, visit: Visit, event_id: str, action: str, message: str, subject: str = ""
) -> Response:
    audit.record(session, visit.act(action, subject or event_id, {"event": event_id}), visit.now)
    visit.parts.live.publish_after_commit(session, f"event:{event_id}")
    return visit.part("parts/workshop.html", message=visit.say(message), **_values(session, visit, event_id))


def _values(session: Session, visit: Visit, event_id: str) -> dict[str, Any]:
    event = find_event(session, event_id)
    guests = sorted(figures.guests_of(session, event_id), key=lambda seat: SHOWN_FIRST.index(seat.status))
    return {
        "event": event,
        "title": title_in(event, visit.language),
        "figures": figures.figures_of(session, [event])[event_id],
        "measured": seat_book.measured_shows(session),
        "guests": guests,
        "history": event_view.history_of(session, event_id),
        "linked": campaigns_of(session, event_id),
        "statuses": list(SeatStatus),
        **_choices(session),
    }


def _choices(session: Session) -> dict[str, Any]:
    return {
        "text_languages": TEXT_LANGUAGES,
        "campaigns": list(session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(100))),
        "partners": list(session.scalars(select(Partner).order_by(Partner.name))),
    }
