"""The events that an agent may invite to during a call, with free seats and the contact's own seat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.event_book import text_in, title_in
from events.figures import EventFigures, figures_of
from events.seat_states import INVITING
from events.tables import Event, EventCampaign, Seat


@dataclass(frozen=True)
class InvitationOnDesk:
    """An event of the campaign. `seat`: what the contact has answered; `answer_until` past: answers are closed."""

    event: Event
    title: str
    text: str
    figures: EventFigures
    seat: Seat | None
    colleagues: Sequence[Seat] = ()

    def is_open(self, now: datetime) -> bool:
        """Whether the contact may still answer."""
        return self.event.answer_until > now


def invitations_on_desk(
    session: Session, campaign_id: str, contact_id: str, call_id: str, language: str
) -> list[InvitationOnDesk]:
    """What the campaign invites to, the next event first. Whoever looks compares moments by itself."""
    query = (
        select(Event)
        .join(EventCampaign, EventCampaign.event_id == Event.id)
        .where(EventCampaign.campaign_id == campaign_id, Event.status.in_(INVITING))
        .order_by(Event.starts_at, Event.id)
    )
    events = list(session.scalars(query))
    if not events:
        return []
    figures = figures_of(session, events)
    ids = [event.id for event in events]
    own = select(Seat).where(Seat.event_id.in_(ids), Seat.guest_key == contact_id)
    seats = {seat.event_id: seat for seat in session.scalars(own)}
    named = select(Seat).where(Seat.event_id.in_(ids), Seat.call_id == call_id, Seat.is_colleague)
    colleagues = list(session.scalars(named.order_by(Seat.id)))
    return [
        InvitationOnDesk(
            event,
            title_in(event, language),
            text_in(event, language),
            figures[event.id],
            seats.get(event.id),
            [one for one in colleagues if one.event_id == event.id],
        )
        for event in events
    ]
