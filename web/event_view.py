"""What pages and API show of events alike, and the few steps that both take. Decisions are `events`' and `dialer`'s."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from events import forgetting, seat_book
from events.event_book import lock_event, set_campaigns
from events.seat_book import Answer, Guest, Terms
from events.seat_states import SeatMove
from events.tables import Event, EventChange, Seat
from foundation.errors import NotFound
from leads.tables import Partner

# What staff may do to one guest beside confirm, cancel and forget, by its name in addresses.
_MARKS = {"check-in": SeatMove.CHECK_IN, "check-out": SeatMove.CHECK_OUT, "absent": SeatMove.MISS}


def act_on_seat(session: Session, event_id: str, seat_id: str, act: str, terms: Terms) -> Seat:
    """Confirm or cancel for a guest, say who came, or forget one.

    Raises:
        NotFound: there is no such guest, or no such act.
        Conflict: the guest's seat does not allow it.
    """
    event = lock_event(session, event_id)
    if act == "confirm":
        return seat_book.confirm(session, event, seat_id, terms)
    if act == "cancel":
        return seat_book.cancel(session, event, seat_id, terms)
    if act == "forget":
        return forgetting.forget_guest(session, event_id, seat_id, terms)
    if act not in _MARKS:
        raise NotFound
    return seat_book.mark(session, event, seat_id, _MARKS[act], terms)


def add_guest(session: Session, event_id: str, guest: Guest, terms: Terms) -> Seat:
    """A seat for a guest whom staff writes down; the same address is the same guest."""
    return seat_book.take_answer(session, lock_event(session, event_id), guest, Answer.YES, terms)


def link_campaigns(session: Session, event: Event, campaign_ids: Collection[str]) -> None:
    """Let these campaigns invite to an event.

    Raises:
        NotFound: one of them does not exist.
    """
    wanted = {one for one in campaign_ids if one}
    known = set(session.scalars(select(Campaign.id).where(Campaign.id.in_(wanted)))) if wanted else set()
    if wanted != known:
        raise NotFound("There is no such campaign.")
    set_campaigns(session, event, wanted)


def check_partner(session: Session, partner_id: str) -> None:
    """Raises NotFound where a partner is named that does not exist."""
    if partner_id and session.get(Partner, partner_id) is None:
        raise NotFound("There is no such partner.")


def history_of(session: Session, event_id: str, at_most: int = 30) -> list[EventChange]:
    """What happened to the event itself, the newest first."""
    query = select(EventChange).where(EventChange.event_id == event_id, EventChange.seat_id.is_(None))
    return list(session.scalars(query.order_by(EventChange.id.desc()).limit(at_most)))
