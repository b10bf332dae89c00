"""Events in the API: make, change, open and call off, their guests, who came, and what comes after it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, UploadFile
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from dialer import event_follow_up
from dialer.event_answers import event_terms
from dialer.event_exports import guests_csv
from dialer.guest_import import MOST_BYTES, import_guests
from events import event_acts, figures
from events.event_book import EventDraft, campaigns_of, create_event, find_event
from events.guest_rows import read_guest
from events.tables import Event, Seat
from web import event_view
from web.caller import Caller, Paged, PageWanted, StaffCaller, paged
from web.csv_answers import CsvFile, download

router = APIRouter(prefix="/workshops", tags=["events"])


class WorkshopIn(BaseModel):
    """An event. `title` and `text` by language (de, fr, it, en); `room` 0: as many as `seats`."""

    model_config = ConfigDict(extra="forbid")

    title: dict[str, str] = Field(max_length=4)
    text: dict[str, str] = Field(default_factory=dict, max_length=4)
    place: str = Field("", max_length=300)
    online_link: str = Field("", max_length=500)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    answer_until: AwareDatetime | None = None
    time_zone: str = Field("Europe/Zurich", max_length=50)
    canton: str = Field("", max_length=2)
    seats: int
    room: int = 0
    overbooks: bool = False
    offer_hours: int = 8
    partner_id: str = Field("", max_length=40)
    campaign_ids: list[str] = Field(default_factory=list, max_length=50)

    def as_draft(self) -> EventDraft:
        """The value."""
        return EventDraft(**self.model_dump(exclude={"campaign_ids"}))


class WorkshopOut(BaseModel):
    """An event. `status`: draft, open, full, over or canceled; `guests` counts them by status."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: dict[str, Any]
    text: dict[str, Any]
    place: str
    online_link: str
    starts_at: datetime
    ends_at: datetime
    answer_until: datetime
    time_zone: str
    canton: str
    seats: int
    room: int
    overbooks: bool
    offer_hours: int
    partner_id: str
    status: str
    campaign_ids: list[str] = Field(default_factory=list)
    places: int = 0
    free: int = 0
    guests: dict[str, int] = Field(default_factory=dict)


class GuestIn(BaseModel):
    """A guest whom staff writes down."""

    model_config = ConfigDict(extra="forbid")

    person: str = Field(max_length=300)
    email: str = Field(max_length=254)
    company: str = Field("", max_length=300)
    language: str = Field("de", max_length=2)


class GuestProblemOut(BaseModel):
    """A refused row. `reason`: no_name, no_address, bad_address or duplicate_in_file."""

    row: int
    reason: str


class GuestsReportOut(BaseModel):
    """What became of a file's rows: `rows` = `created` + `unchanged` + all `refused`; of the created some wait."""

    rows: int
    created: int
    waiting: int
    unchanged: int
    refused: dict[str, int]
    problems: list[GuestProblemOut]


class GuestOut(BaseModel):
    """A guest. `status`: declined, undecided, waiting, held, confirmed, lapsed, canceled, attended or absent."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    company: str
    person: str
    email: str
    phone_number: str
    language: str
    contact_id: str
    call_id: str
    is_colleague: bool
    is_key: bool
    status: str
    status_since: datetime
    held_until: datetime | None
    lead_id: str


class FollowUpIn(BaseModel):
    """`who`: attended or absent; the campaign that calls them."""

    model_config = ConfigDict(extra="forbid")

    who: str = Field(max_length=10)
    campaign_id: str = Field(max_length=40)


class FollowUpOut(BaseModel):
    """How many guests came in line."""

    contacts: int


class LeadOfGuestOut(BaseModel):
    """The lead of a guest."""

    lead_id: str


@router.get("")
def list_workshops(caller: StaffCaller, paging: PageWanted) -> Paged[WorkshopOut]:
    """Events, the newest first."""
    query = select(Event).order_by(Event.id.desc()).limit(paging.limit + 1)
    if paging.cursor:
        query = query.where(Event.id < paging.cursor)
    with caller.parts.database.reading() as session:
        rows = [(event.id, _out(session, event)) for event in session.scalars(query).all()]
    return paged(rows, paging, lambda row: row[1], lambda row: row[0])


@router.post("", status_code=201)
def create_workshop(caller: StaffCaller, body: WorkshopIn) -> WorkshopOut:
    """A new event, as a draft."""
    with caller.parts.database.transaction() as session:
        event_view.check_partner(session, body.partner_id)
        event = create_event(session, body.as_draft(), caller.now, caller.person.user_id)
        event_view.link_campaigns(session, event, body.campaign_ids)
        return _done(session, caller, event, "event_created")


@router.get("/{event_id}")
def get_workshop(caller: StaffCaller, event_id: str) -> WorkshopOut:
    """One event."""
    with caller.parts.database.reading() as session:
        return _out(session, find_event(session, event_id))


@router.put("/{event_id}")
def change_workshop(caller: StaffCaller, event_id: str, body: WorkshopIn) -> WorkshopOut:
    """Change an event; whoever comes or waits is told of a new date or place."""
    with caller.parts.database.transaction() as session:
        event_view.check_partner(session, body.partner_id)
        terms = event_terms(caller.now, caller.person.user_id)
        event = event_acts.change_event(session, event_id, body.as_draft(), terms)
        event_view.link_campaigns(session, event, body.campaign_ids)
        return _done(session, caller, event, "event_changed")


@router.post("/{event_id}/open")
def open_workshop(caller: StaffCaller, event_id: str) -> WorkshopOut:
    """Campaigns may invite."""
    with caller.parts.database.transaction() as session:
        event = event_acts.open_event(session, event_id, event_terms(caller.now, caller.person.user_id))
        return _done(session, caller, event, "event_opened")


@router.post("/{event_id}/cancel")
def cancel_workshop(caller: StaffCaller, event_id: str) -> WorkshopOut:
    """It does not take place; everybody who had said yes or maybe is told."""
    with caller.parts.database.transaction() as session:
        event = event_acts.cancel_event(session, event_id, event_terms(caller.now, caller.person.user_id))
        return _done(session, caller, event, "event_canceled")


@router.post("/{event_id}/follow-up")
def follow_up(caller: StaffCaller, event_id: str, body: FollowUpIn) -> FollowUpOut:
    """Put guests who came, or who stayed away, in a campaign's line. Again adds nobody."""
    count = event_follow_up.put_in_line(caller.parts, event_id, body.who, body.campaign_id, caller.now)
    with caller.parts.database.transaction() as session:
        act = caller.act("event_followed_up", event_id, who=body.who, campaign=body.campaign_id, contacts=count)
        audit.record(session, act, caller.now)
    return FollowUpOut(contacts=count)


@router.get("/{event_id}/guests.csv", response_class=CsvFile)
def export_guests(caller: StaffCaller, event_id: str) -> CsvFile:
    """All guests as CSV, no cell a formula."""
    with caller.parts.database.transaction() as session:
        find_event(session, event_id)
        audit.record(session, caller.act("guests_exported", event_id), caller.now)
    return download(guests_csv(caller.parts.database, event_id), f"guests-{event_id}")


@router.get("/{event_id}/guests")
def list_guests(caller: StaffCaller, event_id: str, paging: PageWanted) -> Paged[GuestOut]:
    """An event's guests in the order of their answers."""
    with caller.parts.database.reading() as session:
        find_event(session, event_id)
        query = select(Seat).where(Seat.event_id == event_id, Seat.id > paging.cursor)
        rows = session.scalars(query.order_by(Seat.id).limit(paging.limit + 1)).all()
    return paged(rows, paging, GuestOut.model_validate, lambda row: row.id)


@router.post("/{event_id}/guests", status_code=201)
def add_guest(caller: StaffCaller, event_id: str, body: GuestIn) -> GuestOut:
    """A guest whom staff writes down: a seat for 48 hours, or a place on the waiting list."""
    guest = read_guest(body.person, body.email, body.company, body.language)
    with caller.parts.database.transaction() as session:
        seat = event_view.add_guest(session, event_id, guest, event_terms(caller.now, caller.person.user_id))
        return _guest_done(session, caller, seat, "guest_added")


@router.post("/{event_id}/guests/import")
def import_file(caller: StaffCaller, event_id: str, file: Annotated[UploadFile, File()]) -> GuestsReportOut:
    """A seat, or a place on the waiting list, for each guest of a CSV file who has not answered yet."""
    content = file.file.read(MOST_BYTES + 1)
    with caller.parts.database.transaction() as session:
        terms = event_terms(caller.now, caller.person.user_id)
        report = import_guests(session, event_id, content, file.filename or "", terms)
        audit.record(session, caller.act("guests_imported", event_id, created=report.created), caller.now)
        caller.parts.live.publish_after_commit(session, f"event:{event_id}")
    problems = [GuestProblemOut(row=row, reason=reason) for row, reason in report.problems]
    return GuestsReportOut(**asdict(report) | {"problems": problems})


@router.post("/{event_id}/guests/{seat_id}/lead")
def open_lead(caller: StaffCaller, event_id: str, seat_id: str) -> LeadOfGuestOut:
    """The lead of a guest who was there. One lead per inviting call."""
    lead_id = event_follow_up.open_lead_of_guest(caller.parts, event_id, seat_id, caller.now)
    with caller.parts.database.transaction() as session:
        audit.record(session, caller.act("lead_of_guest_opened", lead_id, event=event_id), caller.now)
    return LeadOfGuestOut(lead_id=lead_id)


@router.post("/{event_id}/guests/{seat_id}/{act}")
def act_on_guest(caller: StaffCaller, event_id: str, seat_id: str, act: str) -> GuestOut:
    """`act`: confirm, cancel, check-in, check-out, absent or forget."""
    with caller.parts.database.transaction() as session:
        terms = event_terms(caller.now, caller.person.user_id)
        seat = event_view.act_on_seat(session, event_id, seat_id, act, terms)
        return _guest_done(session, caller, seat, f"guest_{act.replace('-', '_')}")


def _done(session: Session, caller: Caller, event: Event, action: str) -> WorkshopOut:
    audit.record(session, caller.act(action, event.id), caller.now)
    caller.parts.live.publish_after_commit(session, f"event:{event.id}")
    return _out(session, event)


def _guest_done(session: Session, caller: Caller, seat: Seat, action: str) -> GuestOut:
    audit.record(session, caller.act(action, seat.id, event=seat.event_id), caller.now)
    caller.parts.live.publish_after_commit(session, f"event:{seat.event_id}")
    return GuestOut.model_validate(seat)


def _out(session: Session, event: Event) -> WorkshopOut:
    counted = figures.figures_of(session, [event])[event.id]
    shown = WorkshopOut.model_validate(event)
    shown.campaign_ids = campaigns_of(session, event.id)
    shown.places, shown.free, shown.guests = counted.places, counted.free, dict(counted.by_status)
    return shown
