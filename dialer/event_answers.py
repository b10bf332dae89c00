"""What the person on the phone answers to an invitation, recorded while the talk goes on; and colleagues they name.

Joins the call, its contact and the event. Locks the call first, then the event.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.import_contacts import ImportReport, import_list
from campaigns.tables import Contact
from compliance import do_not_call
from dialer import calls
from dialer.call_states import CallStatus
from dialer.tables import Call
from dialer.wiring import Parts
from events import seat_book
from events.event_book import campaigns_of, lock_event
from events.guest_rows import key_of_address, read_address
from events.seat_book import Answer, Guest, Terms
from events.tables import Event, Seat
from foundation.errors import Conflict, Invalid, NotFound
from foundation.phone_number import parse_phone_number
from foundation.secret_key import derived_key
from leads.business_clock import BusinessCalendar, after_hours
from leads.customer_identity import marks_of
from leads.invited import note_invited

_TALKED = frozenset({CallStatus.BRIDGED, CallStatus.COMPLETED})
CONFIRM, CANCEL = "confirm", "cancel"
_ANSWERS = (*Answer, CONFIRM, CANCEL)


@dataclass(frozen=True)
class Reply:
    """What the contact says: yes, no, maybe, or about a seat of theirs confirm or cancel. The address is theirs."""

    event_id: str
    answer: str
    email: str = ""
    is_key: bool = False


@dataclass(frozen=True)
class Colleague:
    """Somebody whom the contact names, with what was said on the phone."""

    event_id: str
    person: str
    email: str = ""
    phone_number: str = ""


def event_terms(now: datetime, actor: str = "") -> Terms:
    """The clocks of events: whoever waited confirms within business hours of the event's canton."""
    return Terms(now, lambda event: after_hours(now, event.offer_hours, BusinessCalendar(event.canton)), actor)


def record_reply(parts: Parts, agent_id: str, call_id: str, reply: Reply, now: datetime) -> Seat:
    """Record what the contact on the phone answers; what became of it is true in that moment.

    Raises:
        NotFound: the call is not this agent's, or its campaign does not invite to this event.
        Conflict: nobody was talked to, the disposition is recorded, or the event takes no answers any more.
        Invalid: there is no such answer, or the address is none.
    """
    if reply.answer not in _ANSWERS:
        raise Invalid("Answer with yes, no, maybe, confirm or cancel.")
    email = read_address(reply.email)
    with parts.database.transaction() as session:
        call, contact, event = _on_the_phone(session, agent_id, call_id, reply.event_id)
        terms = event_terms(now, agent_id)
        if reply.answer in {CONFIRM, CANCEL}:
            act = seat_book.confirm if reply.answer == CONFIRM else seat_book.cancel
            seat = act(session, event, _seat_of(session, event, contact.id).id, terms)
        else:
            _check_in_time(event, now)
            guest = _guest(contact, call, email, is_key=reply.is_key)
            seat = seat_book.take_answer(session, event, guest, Answer(reply.answer), terms)
            if reply.answer == Answer.YES and event.partner_id:
                marks = marks_of(contact.uid, contact.phone_number, contact.company)
                note_invited(session, event.partner_id, marks, event.id, now)
        parts.live.publish_after_commit(session, f"event:{event.id}")
        return seat


def seat_for_colleague(parts: Parts, agent_id: str, call_id: str, colleague: Colleague, now: datetime) -> Seat:
    """A seat for a colleague of the contact. The same colleague named again has the same seat.

    Raises:
        NotFound: the call is not this agent's, or its campaign does not invite to this event.
        Conflict: nobody was talked to, the disposition is recorded, or the event takes no answers any more.
        Invalid: name or address are missing.
    """
    person, email = colleague.person.strip()[:300], read_address(colleague.email)
    with parts.database.transaction() as session:
        call, contact, event = _on_the_phone(session, agent_id, call_id, colleague.event_id)
        if not person or not email:
            raise Invalid("Write down the colleague's name and e-mail address.")
        _check_in_time(event, now)
        guest = Guest(
            key=key_of_address(email),
            company=contact.company,
            person=person,
            email=email,
            language=contact.language,
            campaign_id=contact.campaign_id,
            call_id=call.id,
            is_colleague=True,
        )
        seat = seat_book.take_answer(session, event, guest, Answer.YES, event_terms(now, agent_id))
        parts.live.publish_after_commit(session, f"event:{event.id}")
        return seat


def line_up_colleague(parts: Parts, agent_id: str, call_id: str, colleague: Colleague, now: datetime) -> ImportReport:
    """Put a colleague in the campaign's line, to be called: the gate looks at the number as at any other.

    Raises:
        NotFound: the call is not this agent's, or its campaign does not invite to this event.
        Conflict: nobody was talked to, the disposition is recorded, or the number must not be called.
        Invalid: name or number are missing, or it is no number.
    """
    with parts.database.transaction() as session:
        call, contact, _ = _on_the_phone(session, agent_id, call_id, colleague.event_id)
        number = parse_phone_number(colleague.phone_number, contact.number_country)
        person = colleague.person.strip()[:300]
        if number is None or not person:
            raise Invalid("Write down the colleague's name and phone number.")
        e164 = number.e164
        if do_not_call.is_blocked(
            session, e164, contact.campaign_id, now, lambda: derived_key(parts.settings, "do-not-call")
        ):
            raise Conflict("This number is on the do-not-call list.")
    row = {
        "phone": e164,
        "company": contact.company,
        "person": person,
        "language": contact.language,
        "postcode": contact.postcode,
        "place": contact.place,
        "uid": contact.uid,
    }
    return import_list(parts.database, contact.campaign_id, f"colleague {call.id}.csv", rows_as_file([row]), None, now)


def rows_as_file(rows: list[dict[str, str]]) -> bytes:
    """Contacts as a small file that the import reads: one way in for all who come to a campaign's line."""
    written = io.StringIO()
    file = csv.DictWriter(written, list(rows[0]))
    file.writeheader()
    file.writerows(rows)
    return written.getvalue().encode()


def _on_the_phone(session: Session, agent_id: str, call_id: str, event_id: str) -> tuple[Call, Contact, Event]:
    call = calls.lock_call(session, call_id)
    if call is None or call.agent_id != agent_id or call.kind != "contact":
        raise NotFound("There is no such call of yours.")
    if call.status not in _TALKED:
        raise Conflict("This call was never connected; there is nothing to record.")
    if call.disposition:
        raise Conflict("What came of this call is recorded already.")
    contact = session.get_one(Contact, call.contact_id)
    event = lock_event(session, event_id)
    if contact.campaign_id not in campaigns_of(session, event.id):
        raise NotFound("There is no such event.")
    return call, contact, event


def _check_in_time(event: Event, now: datetime) -> None:
    if event.answer_until <= now:
        raise Conflict("This event takes no answers now.")


def _seat_of(session: Session, event: Event, contact_id: str) -> Seat:
    seat = session.scalar(select(Seat).where(Seat.event_id == event.id, Seat.guest_key == contact_id))
    if seat is None:
        raise NotFound("There is no such seat.")
    return seat


def _guest(contact: Contact, call: Call, email: str, *, is_key: bool) -> Guest:
    return Guest(
        key=contact.id,
        company=contact.company,
        person=contact.person,
        email=email,
        phone_number=contact.phone_number,
        language=contact.language,
        contact_id=contact.id,
        campaign_id=contact.campaign_id,
        call_id=call.id,
        is_key=is_key,
    )
