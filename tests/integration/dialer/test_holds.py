"""Customers on hold: the carrier does what the agent asked for last, whatever dies or comes late."""

import pytest

from dialer import desk_signals, hold_book, holds, sweep
from foundation.errors import Conflict
from tests.integration.dialer.floor import Floor
from tests.integration.dialer.scripted_carrier import ProcessDied

JOB = "dialer.jobs.carry_out_hold"


class Talk:
    """An agent with a customer on the line."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.agent_id = floor.add_ready_agent()
        self.call_id = floor.talk(floor.add_campaign(2))
        self.sid = floor.call(self.call_id).carrier_sid or ""
        self.room = floor.agent(self.agent_id).leg_call_id
        floor.carrier.rooms[self.room] = {self.sid}
        floor.take_jobs()

    def ask(self, *, is_wanted: bool) -> None:
        holds.ask(self.floor.parts, self.agent_id, self.floor.now, is_wanted=is_wanted)

    def carry_out(self) -> list[bool]:
        """Run what is to be done now; what the carrier was asked for so far."""
        while (JOB, self.call_id) in self.floor.take_jobs():
            holds.carry_out(self.floor.parts, self.call_id, self.floor.now)
        return [is_held for room, sid, is_held in self.floor.carrier.holds if (room, sid) == (self.room, self.sid)]

    @property
    def is_held(self) -> bool:
        with self.floor.database.reading() as session:
            return hold_book.held_since(session, self.call_id) is not None

    @property
    def signal(self) -> str:
        return self.floor.agent(self.agent_id).signal


@pytest.fixture
def talk(floor: Floor) -> Talk:
    return Talk(floor)


def test_customer_is_put_on_hold_once_and_taken_back(talk: Talk) -> None:
    talk.ask(is_wanted=True)
    talk.ask(is_wanted=True)
    assert (talk.is_held, talk.carry_out()) == (True, [True])
    talk.ask(is_wanted=False)
    assert (talk.is_held, talk.carry_out()) == (False, [True, False])


def test_pacing_hears_of_the_hold_and_of_what_came_before_it(talk: Talk) -> None:
    talk.ask(is_wanted=True)
    assert talk.signal == "hold"
    talk.ask(is_wanted=False)
    assert talk.signal == "back"
    tell = desk_signals.note_signal
    assert tell(talk.floor.parts, talk.agent_id, talk.call_id, "form_open", talk.floor.now)
    talk.ask(is_wanted=True)
    assert not tell(talk.floor.parts, talk.agent_id, talk.call_id, "notes", talk.floor.now)
    assert talk.signal == "hold"
    talk.ask(is_wanted=False)
    assert talk.signal == "notes"


def test_nobody_is_put_on_hold_without_a_talk(talk: Talk) -> None:
    talk.floor.hang_up(talk.call_id)
    with pytest.raises(Conflict):
        talk.ask(is_wanted=True)


def test_hold_ends_with_the_call(talk: Talk) -> None:
    talk.ask(is_wanted=True)
    talk.floor.hang_up(talk.call_id)
    assert talk.carry_out() == []
    assert not talk.is_held
    assert holds.to_carry_out(talk.floor.parts, talk.floor.now) == []
    assert talk.signal == ""


def test_customer_who_has_left_the_room_is_not_said_to_be_on_hold(talk: Talk) -> None:
    talk.floor.carrier.rooms.clear()
    talk.ask(is_wanted=True)
    talk.carry_out()
    assert not talk.is_held


def test_lost_bell_and_a_carrier_that_is_away_are_made_good_by_the_sweep(talk: Talk) -> None:
    talk.ask(is_wanted=True)
    talk.floor.take_jobs()  # lost
    talk.floor.carrier.is_down = True
    sweep.sweep_once(talk.floor.parts, talk.floor.now)
    talk.floor.carrier.is_down = False
    assert talk.floor.carrier.holds == []
    sweep.sweep_once(talk.floor.parts, talk.floor.now)
    assert talk.carry_out() == [True]


def test_process_that_dies_at_the_carrier_leaves_nobody_on_hold_who_is_wanted_back(talk: Talk) -> None:
    def die(_: str) -> None:
        raise ProcessDied

    talk.ask(is_wanted=True)
    talk.floor.carrier.while_holding = die
    with pytest.raises(ProcessDied):
        talk.carry_out()  # whether the carrier has done it is not known
    talk.floor.carrier.while_holding = lambda _: None
    talk.ask(is_wanted=False)
    assert talk.carry_out() == []  # the dead one may still have a request on its way
    talk.floor.wait(minutes=2)
    sweep.sweep_once(talk.floor.parts, talk.floor.now)
    assert talk.carry_out() == [False]


def test_wish_that_changes_while_the_carrier_is_asked_is_carried_out_after_it(talk: Talk) -> None:
    def change_mind(_: str) -> None:
        talk.floor.carrier.while_holding = lambda _: None
        talk.ask(is_wanted=False)
        holds.carry_out(talk.floor.parts, talk.call_id, talk.floor.now)  # another worker: it leaves the first one to it

    talk.ask(is_wanted=True)
    talk.floor.carrier.while_holding = change_mind
    assert talk.carry_out() == [True, False]
    assert not talk.is_held
