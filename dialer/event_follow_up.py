"""After an event: guests come in line of a campaign that follows up, and a guest who was there can become a lead.

A lead comes from a call: the one on which the guest was invited. A call has one lead at most.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from campaigns import contact_queue
from campaigns.import_contacts import import_list
from campaigns.tables import Contact, ContactStatus
from dialer import calls, drafts, lead_opening
from dialer.drafts import Noted
from dialer.event_answers import rows_as_file
from dialer.wiring import Parts
from events.event_book import find_event, title_in
from events.seat_book import find_seat
from events.seat_states import EventStatus, SeatStatus
from events.tables import Seat
from foundation.errors import Conflict, Invalid, NotFound

WHO = {"attended": SeatStatus.ATTENDED, "absent": SeatStatus.ABSENT}
WHY = "event_follow_up"
_NEVER_AGAIN = frozenset({"do_not_call", "wrong_number"})


def put_in_line(parts: Parts, event_id: str, who: str, campaign_id: str, now: datetime) -> int:
    """Put the guests who came, or who stayed away, in a campaign's line; how many. Doing it again adds nobody.

    Guests without a phone number and contacts that must not be called any more are left out; the gate looks at each
    number as ever.

    Raises:
        NotFound: there is no such event or campaign.
        Invalid: `who` is neither attended nor absent.
        Conflict: the event is not over.
    """
    if who not in WHO:
        raise Invalid("Choose those who were there or those who stayed away.")
    with parts.database.reading() as session:
        event = find_event(session, event_id)
        if event.status != EventStatus.OVER:
            raise Conflict("This event is not over yet.")
        query = select(Seat).where(
            Seat.event_id == event_id,
            Seat.status == WHO[who],
            Seat.phone_number != "",
            Seat.followed_up_at.is_(None),
        )
        seats = list(session.scalars(query.order_by(Seat.id)))
        rows = [_row(seat, session.get(Contact, seat.contact_id)) for seat in seats]
        name = f"{title_in(event, 'de')[:80]} {who}.csv"
    if not rows:
        return 0
    report = import_list(parts.database, campaign_id, name, rows_as_file(rows), None, now)
    back = _bring_back(parts, campaign_id, seats, now)
    parts.live.publish(f"campaign:{campaign_id}")
    return report.created + back


def open_lead_of_guest(parts: Parts, event_id: str, seat_id: str, now: datetime) -> str:
    """The lead of a guest who was there, with the proof of origin of the call that invited; its id.

    Opening it again, or for a second guest of the same call, gives the lead that is there.

    Raises:
        NotFound: there is no such guest, or the call is gone.
        Conflict: the guest was not there, or was not invited on a call.
    """
    with parts.database.transaction() as session:
        seat = find_seat(session, find_event(session, event_id), seat_id)
        if seat.status != SeatStatus.ATTENDED or not seat.call_id:
            raise Conflict("A lead is opened for a guest who was invited on a call and was there.")
        call = calls.lock_call(session, seat.call_id)
        if call is None:
            raise NotFound("There is no such call.")
        judged = drafts.judge(session, call.campaign_id or "", Noted(notes=call.notes))
        draft = lead_opening.draft_of_lead(session, call, judged, "", now)
        if seat.is_colleague:
            draft = replace(draft, person=seat.person, email=seat.email)
        elif seat.email:
            draft = replace(draft, email=seat.email)
        lead_opening.open_lead(parts, session, call, draft, now)
        seat.lead_id = call.lead_id
        return seat.lead_id


def _row(seat: Seat, contact: Contact | None) -> dict[str, str]:
    return {
        "phone": seat.phone_number,
        "company": seat.company,
        "person": seat.person,
        "email": seat.email,
        "language": seat.language,
        "postcode": contact.postcode if contact else "",
        "place": contact.place if contact else "",
        "uid": contact.uid if contact else "",
    }


def _bring_back(parts: Parts, campaign_id: str, seats: Sequence[Seat], now: datetime) -> int:
    """Contacts of the campaign that are done are put back in line, and all guests are marked as followed up."""
    with parts.database.transaction() as session:
        done = (
            select(Contact.id)
            .where(
                Contact.campaign_id == campaign_id,
                Contact.status == ContactStatus.DONE,
                Contact.outcome.not_in(_NEVER_AGAIN),
                Contact.phone_number.in_([seat.phone_number for seat in seats]),
            )
            .order_by(Contact.id)
            .with_for_update()
        )
        contact_ids = list(session.scalars(done))
        contact_queue.put_back_many(session, campaign_id, contact_ids, why=WHY, now=now, resets_attempts=True)
        for seat in session.scalars(select(Seat).where(Seat.id.in_([seat.id for seat in seats])).with_for_update()):
            seat.followed_up_at = now
        return len(contact_ids)
