"""The agent's desk: own state, who is on the line, script, qualification, disposition. Actions are `dialer.desk`'s."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import JSONResponse

from accounts.tables import Role
from campaigns.callbacks import open_of_agent
from campaigns.languages import LANGUAGES as SPOKEN
from campaigns.tables import Callback, Contact
from dialer import desk, desk_signals, drafts, previews
from dialer.dispositions import DISPOSITIONS
from dialer.pacing.preview import SkipReason
from dialer.tables import Agent, Call
from foundation.errors import NotFound
from leads.answers import EVIDENCE
from leads.figures import active_names
from web.calendar_file import Appointment, calendar
from web.correction_view import CARD, Correcting, LastCall, last_call
from web.desk_view import CallOnDesk, Desk, look_at_desk, seconds_since, seconds_until
from web.language import translations
from web.said import DispositionForm, NotedForm
from web.shown_forms import asked_in
from web.visit import PageGate, Visit
from web.words import N_, word

router = APIRouter()

AtDesk = Annotated[Visit, Depends(PageGate(Role.AGENT))]

PAUSE_REASONS = ("break", "lunch", "meeting", "training", "technical")
# The keys that pick a choice, by its place: digits, then letters.
PLACES = "123456789abcdefghijklmnopqrstuvwxyz"
MOST_PARTNER_NAMES = 500
SAVED = N_("Saved.")
GIVEN_UP = N_("Somebody is coming to your desk: what you typed to correct the last call was not saved.")


@router.get("/desk")
def show_desk(visit: AtDesk) -> Response:
    """The whole desk."""
    seen = look(visit)
    phone = visit.parts.carrier.browser_phone() if seen.agent.endpoint.startswith("client:") else None
    return visit.page("desk.html", phone=phone, **values_of(visit, seen))


@router.get("/desk/now")
def show_changes(visit: AtDesk, showing: str = "") -> Response:
    """The state, and the call's card only when it is another call: what the agent is typing is never replaced.

    A correction is typed while nobody is on the line; it gives way to whoever comes.
    """
    seen = look(visit)
    is_correcting = showing.startswith(CARD)
    stays = seen.is_free_to_look_back if is_correcting else seen.card == showing
    message = visit.say(GIVEN_UP) if is_correcting and not stays else ""
    return visit.part("parts/desk_now.html", call_changed=not stays, message=message, **values_of(visit, seen))


@router.post("/desk/ready")
def go_ready(visit: AtDesk, showing: Annotated[str, Form()] = "") -> Response:
    """Take calls."""
    desk.go_ready(visit.parts, visit.person.agent_id, visit.now)
    return show_changes(visit, showing)


@router.post("/desk/pause")
def pause(visit: AtDesk, reason: Annotated[str, Form(max_length=40)], showing: Annotated[str, Form()] = "") -> Response:
    """Take no calls, for a reason."""
    desk.pause(visit.parts, visit.person.agent_id, reason, visit.now)
    return show_changes(visit, showing)


@router.post("/desk/sign-off")
def sign_off(visit: AtDesk, showing: Annotated[str, Form()] = "") -> Response:
    """End the shift."""
    desk.sign_off(visit.parts, visit.person.agent_id, visit.now)
    return show_changes(visit, showing)


@router.post("/desk/hang-up")
def hang_up(visit: AtDesk, showing: Annotated[str, Form()] = "") -> Response:
    """End the talk."""
    desk.hang_up(visit.parts, visit.person.agent_id)
    return show_changes(visit, showing)


@router.post("/desk/disposition")
def record_disposition(visit: AtDesk, form: Annotated[DispositionForm, Form()]) -> Response:
    """What came of the call; the next one may come."""
    with visit.parts.database.reading() as session:
        call = session.get(Call, form.call_id)
        if call is None or call.agent_id != visit.person.agent_id:
            raise NotFound
        contact = session.get(Contact, call.contact_id)
    said = form.as_said(contact.time_zone if contact else "Europe/Zurich")
    desk.record_disposition(visit.parts, visit.person.agent_id, form.call_id, said, visit.now)
    seen = look(visit)
    return visit.part("parts/desk_now.html", call_changed=True, message=visit.say(SAVED), **values_of(visit, seen))


@router.post("/desk/draft")
def save_draft(visit: AtDesk, form: Annotated[NotedForm, Form()]) -> Response:
    """Keep what the agent has noted so far, and show what it comes to."""
    judged = drafts.save_draft(visit.parts, visit.person.agent_id, form.call_id, form.as_noted(), visit.now)
    asked = asked_in(judged.form, visit.language)
    return visit.part("parts/assessment.html", assessment=judged.assessment, asked=asked)


@router.get("/desk/callbacks.ics")
def give_calendar(visit: AtDesk) -> Response:
    """The agent's own callbacks for their calendar."""
    with visit.parts.database.reading() as session:
        mine = open_of_agent(session, visit.person.agent_id)
    appointments = [
        Appointment(
            callback.id,
            contact.promised_at or callback.at,
            visit.say("Call back %(company)s", company=contact.company or contact.phone_number),
            "\n".join(text for text in (contact.person, contact.phone_number) if text),
        )
        for callback, contact in mine
    ]
    headers = {"Content-Disposition": 'attachment; filename="callbacks.ics"'}
    return Response(calendar(appointments, visit.now), media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/desk/signal")
def note_signal(
    visit: AtDesk, call_id: Annotated[str, Form(max_length=40)], signal: Annotated[str, Form(max_length=20)]
) -> Response:
    """How far the talk has come, as the desk sees it; the pacing listens. The page shows nothing of it."""
    desk_signals.note_signal(visit.parts, visit.person.agent_id, call_id, signal, visit.now)
    return visit.nothing_new()


@router.post("/desk/preview/dial")
def dial_preview(
    visit: AtDesk, preview_id: Annotated[str, Form(max_length=40)], showing: Annotated[str, Form()] = ""
) -> Response:
    """Talk to the contact that the agent looks at."""
    is_dialed = previews.dial(visit.parts, visit.person.agent_id, preview_id, visit.now)
    seen = look(visit)
    message = "" if is_dialed else visit.say("This contact may not be called now.")
    values = values_of(visit, seen)
    return visit.part("parts/desk_now.html", call_changed=seen.card != showing, message=message, **values)


@router.post("/desk/preview/skip")
def skip_preview(
    visit: AtDesk,
    preview_id: Annotated[str, Form(max_length=40)],
    reason: Annotated[str, Form(max_length=20)],
    showing: Annotated[str, Form()] = "",
) -> Response:
    """Not this contact now, or never."""
    previews.skip(visit.parts, visit.person.agent_id, preview_id, reason, visit.now)
    return show_changes(visit, showing)


@router.post("/desk/phone-token")
def give_phone_token(visit: AtDesk) -> Response:
    """A short-lived token with which this browser becomes the agent's phone, and can call nobody."""
    with visit.parts.database.reading() as session:
        agent = session.get(Agent, visit.person.agent_id)
    if agent is None or not agent.endpoint.startswith("client:"):
        raise NotFound
    return JSONResponse({"token": visit.parts.carrier.browser_token(agent.endpoint.removeprefix("client:"))})


def look(visit: Visit) -> Desk:
    """The visitor's desk as it is now."""
    with visit.parts.database.reading() as session:
        return look_at_desk(session, visit.person.agent_id)


def _callbacks(visit: Visit, seen: Desk) -> list[tuple[Callback, Contact]]:
    """The agent's own callbacks, while nobody is on the line."""
    if seen.on_desk is not None:
        return []
    with visit.parts.database.reading() as session:
        return open_of_agent(session, seen.agent.id, at_most=20)


def values_of(visit: Visit, seen: Desk, correcting: Correcting | None = None) -> dict[str, Any]:
    """What the parts of the desk are filled with; `correcting` is the last call while it stands on the card."""
    on_desk = correcting.on_desk if correcting else seen.on_desk
    last = _last_call(visit, seen)
    return {
        "callbacks": _callbacks(visit, seen),
        "callback_choices": _callback_choices(visit, on_desk),
        "desk": seen,
        "agent": seen.agent,
        "since_seconds": seconds_since(seen.agent.status_since, visit.now),
        "held_seconds": seconds_since(seen.held_since, visit.now),
        "lost_seconds": seconds_since(seen.lost_since, visit.now),
        "left_seconds": seconds_until(seen.agent.wrap_up_until, visit.now),
        "speed": visit.parts.settings.clock_speed,
        "pause_reasons": PAUSE_REASONS,
        "dispositions": DISPOSITIONS.values(),
        "skip_reasons": [reason.value for reason in SkipReason],
        "look_seconds": seconds_until(seen.preview.preview.lapses_at, visit.now) if seen.preview else 0,
        "spoken": SPOKEN,
        "places": PLACES,
        "evidence_words": {one: word(translations(visit.language), f"evidence:{one}") for one in EVIDENCE},
        "partner_names": _partner_names(visit) if on_desk else [],
        "asked": asked_in(on_desk.form.form, visit.language) if on_desk else {},
        "callback_suggestion": _callback_suggestion(visit.now, on_desk),
        "callback_recorded": _in_field(correcting.recorded.callback_at, on_desk) if correcting else "",
        "correcting": correcting,
        "last": last,
        "last_seconds": seconds_since(last.call.disposition_at, visit.now) if last else 0,
        "last_left_seconds": seconds_until(last.until, visit.now) if last else 0,
    }


def _last_call(visit: Visit, seen: Desk) -> LastCall | None:
    """The last call, while nobody is on the line and it is not too late to correct it."""
    if not seen.is_free_to_look_back:
        return None
    with visit.parts.database.reading() as session:
        return last_call(session, seen.agent.id, desk.correction_window(visit.parts), visit.now)


def _partner_names(visit: Visit) -> list[str]:
    """Partners that a customer may ask for: a wish in one of these words is known to routing."""
    with visit.parts.database.reading() as session:
        return active_names(session, MOST_PARTNER_NAMES)


def _callback_choices(visit: Visit, on_desk: CallOnDesk | None) -> list[tuple[str, str, str]]:
    """Moments that people often ask for: key, words, and the moment where the contact is."""
    here = visit.now.astimezone(_zone_of(on_desk))
    tomorrow, week = here + timedelta(days=1), here + timedelta(days=7)
    return [
        ("1", visit.say("in an hour"), f"{here + timedelta(hours=1):%Y-%m-%dT%H:%M}"),
        ("2", visit.say("tomorrow morning"), f"{tomorrow:%Y-%m-%d}T09:00"),
        ("3", visit.say("tomorrow afternoon"), f"{tomorrow:%Y-%m-%d}T14:00"),
        ("4", visit.say("in a week"), f"{week:%Y-%m-%dT%H:00}"),
    ]


def _callback_suggestion(now: datetime, on_desk: CallOnDesk | None) -> str:
    """Tomorrow at this hour where the contact is, as a browser's field wants it."""
    tomorrow = now.astimezone(_zone_of(on_desk)) + timedelta(days=1)
    return tomorrow.replace(minute=0, second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M")


def _in_field(moment: datetime | None, on_desk: CallOnDesk | None) -> str:
    return moment.astimezone(_zone_of(on_desk)).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _zone_of(on_desk: CallOnDesk | None) -> ZoneInfo:
    return ZoneInfo(on_desk.contact.time_zone if on_desk else "Europe/Zurich")
