"""Seats: held, confirmed, freed, given on; never more than the room, whoever comes at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from events import event_acts, seat_book
from events.event_book import lock_event
from events.letters import claim, due_letters, note_not_sent, note_sent
from events.seat_book import Answer
from events.seat_states import TAKES_SEAT, EventStatus, SeatMove, SeatStatus
from events.sweep import sweep_events
from events.tables import Seat
from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from tests.integration.events.event_rows import (
    NOW,
    STARTS,
    add_event,
    answer,
    confirm,
    draft,
    event_row,
    history,
    kinds_of,
    statuses,
    terms,
)

_S = SeatStatus


def test_yes_holds_a_seat_for_48_hours_and_confirming_keeps_it(database: Database) -> None:
    event_id = add_event(database)
    seat = answer(database, event_id, 1)
    assert (seat.status, seat.held_until) == (_S.HELD, NOW + timedelta(hours=48))
    confirmed = confirm(database, seat)
    assert (confirmed.status, confirmed.held_until) == (_S.CONFIRMED, None)
    assert confirm(database, seat).sequence == 0
    assert kinds_of(database, seat.id) == [
        ("held", None),
        ("confirmed", 0),
        ("reminder_week", None),
        ("reminder_day", None),
    ]


def test_said_again_it_is_the_same_seat(database: Database) -> None:
    event_id = add_event(database)
    assert answer(database, event_id, 1).id == answer(database, event_id, 1).id
    assert statuses(database, event_id) == [_S.HELD]


def test_a_seat_nobody_confirms_goes_to_whoever_waits_longest(database: Database) -> None:
    event_id = add_event(database, seats=1)
    seats = [answer(database, event_id, number, now=NOW + timedelta(minutes=number)) for number in (1, 2, 3)]
    assert statuses(database, event_id) == [_S.HELD, _S.WAITING, _S.WAITING]
    assert event_row(database, event_id).status == EventStatus.FULL
    later = NOW + timedelta(hours=49)
    assert sweep_events(database, terms(later)) == [event_id]
    assert statuses(database, event_id) == [_S.LAPSED, _S.HELD, _S.WAITING]
    assert sweep_events(database, terms(later)) == []
    assert sweep_events(database, terms(later + timedelta(hours=25))) == [event_id]
    assert statuses(database, event_id) == [_S.LAPSED, _S.LAPSED, _S.HELD]
    assert kinds_of(database, seats[-1].id) == [("waiting", None), ("offered", None)]


def test_a_hold_ends_when_the_event_begins_at_the_latest(database: Database) -> None:
    event_id = add_event(database)
    assert answer(database, event_id, 1, now=STARTS - timedelta(hours=3)).held_until == STARTS


def test_confirming_too_late_loses_cleanly(database: Database) -> None:
    event_id = add_event(database, seats=1)
    seat = answer(database, event_id, 1)
    with pytest.raises(Conflict):
        confirm(database, seat, NOW + timedelta(hours=48))
    again = answer(database, event_id, 1, now=NOW + timedelta(hours=50))
    assert (again.status, again.held_until) == (_S.HELD, NOW + timedelta(hours=98))


def test_no_and_maybe_take_no_seat_and_can_become_yes(database: Database) -> None:
    event_id = add_event(database, seats=1)
    assert answer(database, event_id, 1, Answer.NO).status == _S.DECLINED
    assert answer(database, event_id, 2, Answer.MAYBE).status == _S.UNDECIDED
    assert answer(database, event_id, 2).status == _S.HELD
    assert answer(database, event_id, 1).status == _S.WAITING
    assert answer(database, event_id, 2, Answer.NO).status == _S.DECLINED
    assert statuses(database, event_id) == [_S.HELD, _S.DECLINED]


def test_moving_the_date_and_canceling_number_the_calendar_entries(database: Database) -> None:
    event_id = add_event(database, seats=2)
    seat, other = answer(database, event_id, 1), answer(database, event_id, 2)
    confirm(database, seat)
    moved = draft(2, starts_at=STARTS + timedelta(days=7), ends_at=STARTS + timedelta(days=7, hours=3))
    with database.transaction() as session:
        event_acts.change_event(session, event_id, moved, terms())
        event_acts.cancel_event(session, event_id, terms(NOW + timedelta(days=1)))
    sent = [kind for kind in kinds_of(database, seat.id) if kind[1] is not None]
    assert sent == [("confirmed", 0), ("moved", 1), ("called_off", 2)]
    assert kinds_of(database, other.id) == [("held", None), ("moved", None), ("called_off", None)]
    assert set(statuses(database, event_id)) == {_S.CANCELED}
    # Of all these only what is still true leaves the house.
    due = [letter_id for letter_id, _ in due_letters(database, NOW + timedelta(days=30), 100)]
    with database.transaction() as session:
        claimed = [claim(session, letter_id, event_id, NOW + timedelta(days=30)) for letter_id in due]
    assert sorted((one.seat.id, one.letter.kind) for one in claimed if one) == [
        (seat.id, "called_off"),
        (other.id, "called_off"),
    ]


def test_a_letter_is_claimed_by_one_and_tried_again_after_a_failure(database: Database) -> None:
    event_id = add_event(database)
    answer(database, event_id, 1)
    [(letter_id, _)] = due_letters(database, NOW, 10)
    with database.transaction() as session:
        assert claim(session, letter_id, event_id, NOW)
        assert claim(session, letter_id, event_id, NOW) is None
        note_not_sent(session, letter_id, "the mail server answered 451", NOW, is_final=False)
        later = NOW + timedelta(minutes=1)
        assert claim(session, letter_id, event_id, later)
        note_sent(session, letter_id, later)
    assert due_letters(database, NOW + timedelta(days=3), 10) == []


def test_guest_without_address_gets_no_letter(database: Database) -> None:
    event_id = add_event(database)
    seat = confirm(database, answer(database, event_id, 1, email=""))
    assert kinds_of(database, seat.id) == []
    assert seat.sequence is None


def test_an_event_that_is_over_tells_who_came_and_who_did_not(database: Database) -> None:
    event_id = add_event(database, seats=3)
    seats = [answer(database, event_id, number) for number in (1, 2, 3)]
    for seat in seats[:2]:
        confirm(database, seat)
    with database.transaction() as session:
        seat_book.mark(session, lock_event(session, event_id), seats[0].id, SeatMove.CHECK_IN, terms(STARTS))
    assert sweep_events(database, terms(STARTS + timedelta(hours=3))) == [event_id]
    assert statuses(database, event_id) == [_S.ATTENDED, _S.ABSENT, _S.LAPSED]
    assert event_row(database, event_id).status == EventStatus.OVER
    with database.reading() as session:
        assert seat_book.measured_shows(session).attended == 1


def test_room_cannot_be_made_smaller_than_its_guests_are_many(database: Database) -> None:
    event_id = add_event(database, seats=2)
    answer(database, event_id, 1)
    answer(database, event_id, 2)
    with pytest.raises(Conflict), database.transaction() as session:
        event_acts.change_event(session, event_id, draft(1), terms())


def test_more_seats_go_to_those_who_wait(database: Database) -> None:
    event_id = add_event(database, seats=1)
    answer(database, event_id, 1)
    answer(database, event_id, 2)
    with database.transaction() as session:
        event_acts.change_event(session, event_id, draft(3), terms())
    assert statuses(database, event_id) == [_S.HELD, _S.HELD]
    assert event_row(database, event_id).status == EventStatus.OPEN


def test_an_important_guest_is_to_be_called_the_day_before(database: Database) -> None:
    event_id = add_event(database)
    seat = confirm(database, answer(database, event_id, 1, is_key=True))
    assert seat.call_due_at == STARTS - timedelta(days=1)
    confirm(database, answer(database, event_id, 2))
    assert answer(database, event_id, 2, is_key=True).call_due_at == STARTS - timedelta(days=1)


@pytest.mark.parametrize(
    "changes",
    [{"title": {}}, {"ends_at": STARTS}, {"seats": 0}, {"room": 1, "seats": 2}, {"online_link": "http://x"}],
)
def test_draft_that_lacks_something_is_refused(database: Database, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        add_event(database, **changes)  # type: ignore[arg-type]


def test_seat_of_another_event_is_not_found(database: Database) -> None:
    seat = answer(database, add_event(database), 1)
    other = add_event(database)
    with pytest.raises(NotFound), database.transaction() as session:
        seat_book.confirm(session, lock_event(session, other), seat.id, terms())


def test_many_at_once_never_get_more_seats_than_there_are(database: Database) -> None:
    event_id = add_event(database, seats=5)
    start = Barrier(8)

    def come(place: int) -> None:
        start.wait(timeout=30)
        for number in range(place * 4, place * 4 + 4):
            answer(database, event_id, number)
            if number % 3 == 0:
                answer(database, event_id, number, Answer.NO)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come, range(8)))
    found = statuses(database, event_id)
    assert len(found) == 32
    assert found.count(_S.HELD) == 5
    assert found.count(_S.DECLINED) == 11
    assert found.count(_S.WAITING) == 16


def test_history_is_an_unbroken_chain_without_a_personal_word(database: Database) -> None:
    event_id = add_event(database, seats=1)
    seat = answer(database, event_id, 1)
    answer(database, event_id, 2)
    answer(database, event_id, 1, Answer.NO)
    changes = [one for one in history(database, event_id) if one.seat_id == seat.id]
    assert [(one.from_status, one.to_status) for one in changes] == [("", "held"), ("held", "declined")]
    assert not any("Beispiel" in str(one.facts) or "@" in str(one.facts) for one in history(database, event_id))


class SeatsInAnyOrder(RuleBasedStateMachine):
    """Guests, staff and clocks in any order: never above the room, nobody lost, nobody waits beside a free seat."""

    database: Database

    @initialize(seats=st.integers(1, 3))
    def begin(self, seats: int) -> None:
        self.seats, self.now, self.answered = seats, NOW, set[int]()
        self.event_id = add_event(self.database, seats=seats)

    @rule(number=st.integers(1, 6), said=st.sampled_from(Answer))
    def say(self, number: int, said: Answer) -> None:
        answer(self.database, self.event_id, number, said, self.now)
        self.answered.add(number)

    @rule(number=st.integers(1, 6), comes=st.booleans())
    def decide(self, number: int, *, comes: bool) -> None:
        act = seat_book.confirm if comes else seat_book.cancel
        seat = self._seat(number)
        if seat is None:
            return
        try:
            with self.database.transaction() as session:
                act(session, lock_event(session, self.event_id), seat.id, terms(self.now))
        except Conflict:
            pass

    @rule(hours=st.sampled_from((1, 20, 60)))
    def wait(self, hours: int) -> None:
        if self.now + timedelta(hours=hours) < STARTS:
            self.now += timedelta(hours=hours)
            sweep_events(self.database, terms(self.now))

    @rule()
    def grow(self) -> None:
        self.seats += 1
        with self.database.transaction() as session:
            event_acts.change_event(session, self.event_id, draft(self.seats), terms(self.now))

    @invariant()
    def books_are_right(self) -> None:
        if not hasattr(self, "event_id"):
            return
        found = statuses(self.database, self.event_id)
        taken = sum(status in TAKES_SEAT for status in found)
        assert taken <= self.seats
        assert len(found) == len(self.answered)
        assert _S.WAITING not in found or taken == self.seats
        assert (event_row(self.database, self.event_id).status == EventStatus.FULL) == (taken == self.seats)

    def _seat(self, number: int) -> Seat | None:
        with self.database.reading() as session:
            return session.query(Seat).filter_by(event_id=self.event_id, guest_key=f"contact_{number}").one_or_none()


def test_seats_stay_right_in_any_order(sqlite_database: Database) -> None:
    SeatsInAnyOrder.database = sqlite_database
    budget = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(SeatsInAnyOrder, settings=budget)
