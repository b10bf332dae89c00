"""Rows of events: the event, the campaigns that invite to it, guests' seats, what happened, and letters due."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.seat_states import EventStatus, SeatStatus
from foundation.database import Table


class Event(Table):
    """A workshop or another event. `status` is written by `events.event_book` alone; the partner is a plain id."""

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by language
    text: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by language
    place: Mapped[str] = mapped_column(String(300), default="")
    online_link: Mapped[str] = mapped_column(String(500), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(String(50), default="Europe/Zurich")
    canton: Mapped[str] = mapped_column(String(10), default="")  # whose holidays count
    seats: Mapped[int]
    room: Mapped[int]  # the most that may ever be there
    overbooks: Mapped[bool] = mapped_column(default=False)
    answer_until: Mapped[datetime]
    offer_hours: Mapped[int] = mapped_column(default=8)  # business hours in which whoever waited confirms
    partner_id: Mapped[str] = mapped_column(String(40), default="")  # whose event it is, if any
    status: Mapped[str] = mapped_column(String(10), default=EventStatus.DRAFT)
    status_since: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_events_status", "status", "ends_at"),)


class EventCampaign(Table):
    """A campaign that invites to an event; a campaign may invite to several."""

    __tablename__ = "event_campaigns"

    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class Seat(Table):
    """What a guest answered, and the seat that came of it. `status` is written by `events.seat_book` alone.

    `guest_key` tells a guest of an event: the contact's id, or what a colleague is known by. `sequence` is the number
    of the newest calendar entry that the guest got, None: none yet.
    """

    __tablename__ = "event_seats"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"))
    guest_key: Mapped[str] = mapped_column(String(70))
    company: Mapped[str] = mapped_column(String(300), default="")
    person: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(300), default="")
    phone_number: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(2), default="")
    contact_id: Mapped[str] = mapped_column(String(40), default="")
    campaign_id: Mapped[str] = mapped_column(String(40), default="")
    call_id: Mapped[str] = mapped_column(String(40), default="", index=True)  # on which the guest answered
    is_colleague: Mapped[bool] = mapped_column(default=False)
    is_key: Mapped[bool] = mapped_column(default=False)  # is called the day before
    status: Mapped[str] = mapped_column(String(10), default=SeatStatus.HELD)
    status_since: Mapped[datetime]
    answered_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    sequence: Mapped[int | None]
    call_due_at: Mapped[datetime | None]  # the call of the day before; None: none is wanted, or it is arranged
    lead_id: Mapped[str] = mapped_column(String(40), default="")
    followed_up_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "guest_key", name="uq_event_seats_guest"),
        Index("ix_event_seats_status", "event_id", "status", "waiting_since"),
        Index("ix_event_seats_held", "status", "held_until"),
        Index("ix_event_seats_call_due", "call_due_at"),
        Index("ix_event_seats_contact", "contact_id"),
    )


class EventChange(Table):
    """What happened to an event or to one of its seats. No personal data: ids, states and codes."""

    __tablename__ = "event_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"), index=True)
    seat_id: Mapped[str | None] = mapped_column(ForeignKey("event_seats.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(40))
    from_status: Mapped[str] = mapped_column(String(10), default="")
    to_status: Mapped[str] = mapped_column(String(10), default="")
    actor: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class EventLetter(Table):
    """A letter to a guest that is due at a moment. Sent once: `next_try_at` is also the lease of whoever sends it."""

    __tablename__ = "event_letters"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"))
    seat_id: Mapped[str] = mapped_column(ForeignKey("event_seats.id"))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]  # counts a guest's letters
    sequence: Mapped[int | None]  # of the calendar entry in it
    made_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]  # None: sent, or dropped
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    dropped_why: Mapped[str] = mapped_column(String(40), default="")
    problem: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        UniqueConstraint("seat_id", "number", name="uq_event_letters_number"),
        Index("ix_event_letters_due", "next_try_at"),
    )
