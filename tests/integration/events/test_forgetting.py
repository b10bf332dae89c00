"""Guests are forgotten after their time, and at once when they ask; figures stay and seats go on."""

from datetime import timedelta

from sqlalchemy import select

from events import event_acts, forgetting
from events.seat_states import SeatStatus
from events.tables import EventLetter, Seat
from foundation.database import Database
from tests.integration.events.event_rows import (
    NOW,
    STARTS,
    add_event,
    answer,
    confirm,
    statuses,
    terms,
)


def seat_row(database: Database, seat_id: str) -> Seat:
    with database.reading() as session:
        return session.get_one(Seat, seat_id)


def test_guest_who_asks_is_forgotten_and_the_seat_goes_on_without_a_letter(database: Database) -> None:
    event_id = add_event(database, seats=1)
    seat = confirm(database, answer(database, event_id, 1, phone_number="+41446681800"))
    answer(database, event_id, 2)
    with database.transaction() as session:
        assert forgetting.forget_guests(session, "+41446681800", ["contact_1"], terms()) == 1
        assert forgetting.forget_guests(session, "+41446681800", ["contact_1"], terms()) == 0
    gone = seat_row(database, seat.id)
    assert (gone.status, gone.person, gone.email, gone.phone_number, gone.contact_id) == ("canceled", "", "", "", "")
    assert "contact_1" not in gone.guest_key
    assert statuses(database, event_id) == [SeatStatus.CANCELED, SeatStatus.HELD]
    with database.reading() as session:
        kinds = session.scalars(select(EventLetter.kind).where(EventLetter.seat_id == seat.id)).all()
    assert "withdrawn" not in kinds


def test_guests_of_an_event_long_over_are_forgotten_and_still_counted(database: Database) -> None:
    event_id = add_event(database)
    seat = confirm(database, answer(database, event_id, 1))
    over = STARTS + timedelta(hours=4)
    with database.transaction() as session:
        event_acts.end_event(session, event_id, terms(over))
        assert forgetting.count_old(session, NOW) == 0
        assert forgetting.count_old(session, over) == 1
        assert forgetting.forget_old(session, over, 100, over) == 1
        assert forgetting.count_old(session, over) == 0
    assert seat_row(database, seat.id).email == ""
    assert statuses(database, event_id) == [SeatStatus.ABSENT]


def test_guest_who_withdraws_consent_gets_no_letter_and_no_seat(database: Database) -> None:
    event_id = add_event(database, seats=1)
    seat = confirm(database, answer(database, event_id, 1, phone_number="+41446681800"))
    with database.transaction() as session:
        assert forgetting.leave_alone(session, "+41446681800", [], terms()) == 1
    left = seat_row(database, seat.id)
    assert (left.status, left.email, left.person) == ("canceled", "", "Kim Beispiel 1")
