"""The one door to events: makes, changes and locks them, and makes every change of status with its history row.

Whoever changes an event or one of its seats holds the event's row lock. Guests' seats are `seat_book`'s.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from events.seat_states import FINAL_EVENTS, EventMove, EventStatus, next_event_status
from events.tables import Event, EventCampaign, EventChange
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.marking import Code

LANGUAGES = ("de", "fr", "it", "en")
MOST_SEATS = 100_000
MOST_OFFER_HOURS = 80
LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class EventDraft:
    """What an event is, as it is typed in. Texts by language; `room` 0: as many as `seats`."""

    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    seats: int
    text: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    online_link: str = ""
    time_zone: str = "Europe/Zurich"
    canton: str = ""
    room: int = 0
    overbooks: bool = False
    answer_until: datetime | None = None  # None: until it starts
    offer_hours: int = 8
    partner_id: str = ""


def create_event(session: Session, draft: EventDraft, now: datetime, actor: str = "") -> Event:
    """A new event; nobody is invited before it is opened.

    Raises:
        Invalid: the draft lacks what an event needs.
    """
    event = Event(id=new_id("event"), status=EventStatus.DRAFT, status_since=now, created_at=now, **_checked(draft))
    session.add(event)
    session.flush()
    session.add(EventChange(event_id=event.id, at=now, what="event_created", to_status=event.status, actor=actor))
    return event


def rewrite(session: Session, event: Event, draft: EventDraft, now: datetime, actor: str = "") -> set[str]:
    """Change a locked event; the names of what is different. Telling the guests is the caller's business.

    Raises:
        Invalid: the draft lacks what an event needs.
        Conflict: the event is over or canceled.
    """
    if event.status in FINAL_EVENTS:
        raise Conflict("This event is over; it cannot be changed.")
    wanted = _checked(draft)
    changed = {name for name, value in wanted.items() if getattr(event, name) != value}
    for name in changed:
        setattr(event, name, wanted[name])
    if changed:
        facts = {"fields": sorted(changed)}
        session.add(EventChange(event_id=event.id, at=now, what="event_changed", actor=actor, facts=facts))
        session.flush()
    return changed


def lock_event(session: Session, event_id: str) -> Event:
    """The event as it is now, ours until the transaction ends; its lock guards its seats too.

    Raises:
        NotFound: there is no such event.
    """
    event = session.get(Event, event_id, with_for_update=True, populate_existing=True)
    if event is None:
        raise NotFound("There is no such event.")
    return event


def find_event(session: Session, event_id: str) -> Event:
    """The event, to be read.

    Raises:
        NotFound: there is no such event.
    """
    event = session.get(Event, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    return event


def move_event(session: Session, event: Event, move: EventMove, now: datetime, actor: str = "") -> None:
    """Change a locked event's status and write the history row.

    Raises:
        Conflict: its status does not allow the move.
    """
    before = EventStatus(event.status)
    after = next_event_status(before, move)
    if after is None:
        raise Conflict(
            "This cannot be done with the event any more. It is: %(status)s.", status=Code(f"event:{before.value}")
        )
    event.status = after
    event.status_since = now
    session.add(
        EventChange(event_id=event.id, at=now, what=f"event_{move}", from_status=before, to_status=after, actor=actor)
    )
    session.flush()


def show_free(session: Session, event: Event, *, is_full: bool, now: datetime) -> None:
    """Let a locked event that invites be open or full, whichever it is."""
    if event.status == EventStatus.OPEN and is_full:
        move_event(session, event, EventMove.FILL, now)
    elif event.status == EventStatus.FULL and not is_full:
        move_event(session, event, EventMove.FREE, now)


def set_campaigns(session: Session, event: Event, campaign_ids: Collection[str]) -> None:
    """Which campaigns invite to a locked event. Whether there are such campaigns is the caller's to know."""
    session.execute(delete(EventCampaign).where(EventCampaign.event_id == event.id))
    session.add_all(EventCampaign(event_id=event.id, campaign_id=one) for one in sorted(set(campaign_ids)))
    session.flush()


def campaigns_of(session: Session, event_id: str) -> list[str]:
    """The campaigns that invite to an event."""
    query = select(EventCampaign.campaign_id).where(EventCampaign.event_id == event_id)
    return list(session.scalars(query.order_by(EventCampaign.campaign_id)))


def title_in(event: Event, language: str) -> str:
    """The title in a language, else in the first one that it is written in."""
    return _said_in(event.title, language)


def text_in(event: Event, language: str) -> str:
    """The text in a language, else in the first one that it is written in."""
    return _said_in(event.text, language)


def _said_in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next((words[one] for one in LANGUAGES if words.get(one)), "")


def _checked(draft: EventDraft) -> dict[str, Any]:
    wanted = asdict(draft)
    wanted["title"] = _texts(draft.title, 200)
    wanted["text"] = _texts(draft.text, 4000)
    if not wanted["title"]:
        raise Invalid("Give the event a title in one language at least.")
    if not timedelta(0) < draft.ends_at - draft.starts_at <= LONGEST:
        raise Invalid("An event ends after it has started, within a month.")
    wanted["room"] = draft.room or draft.seats
    if not 1 <= draft.seats <= wanted["room"] <= MOST_SEATS:
        raise Invalid("An event has one seat at least, and the room has as many places as there are seats, or more.")
    if not 1 <= draft.offer_hours <= MOST_OFFER_HOURS:
        raise Invalid("Who waited has 1 to %(most)s business hours to confirm.", most=MOST_OFFER_HOURS)
    wanted["answer_until"] = min(draft.answer_until or draft.starts_at, draft.starts_at)
    if draft.online_link and not draft.online_link.startswith("https://"):
        raise Invalid("A link to take part online begins with https://.")
    try:
        ZoneInfo(draft.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("This time zone is not known.") from error
    return wanted


def _texts(words: Mapping[str, str], longest: int) -> dict[str, str]:
    return {one: words[one].strip()[:longest] for one in LANGUAGES if words.get(one, "").strip()}
