"""An agent's browser is lost in the talk: the customer waits, the agent comes back, or is called back later."""

from datetime import timedelta

import pytest

from compliance import do_not_call
from dialer import desk, drafts, hold_book, holds, lost_line_book, lost_lines, sweep, transfer_rooms
from dialer.drafts import Noted
from foundation.errors import Conflict
from telephony.carrier import CarrierCall, HangUp, JoinRoom, Park, Reported, SayOnHold
from tests.integration.dialer.floor import Floor, hang_up_job
from tests.integration.dialer.live_talk import Talk as TransferTalk


class Talk:
    """An agent at a browser with a customer on the line, and notes on the form."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.agent_id = floor.add_ready_agent()
        self.campaign_id = floor.add_campaign(1)
        self.call_id = floor.talk(self.campaign_id)
        self.room = self.leg_id
        self.sid = floor.call(self.call_id).carrier_sid or ""
        floor.carrier.rooms[self.room] = {self.sid}
        drafts.save_draft(floor.parts, self.agent_id, self.call_id, Noted(notes="Likes it."), floor.now)
        floor.take_jobs()

    @property
    def leg_id(self) -> str:
        return self.floor.agent(self.agent_id).leg_call_id

    def lose(self) -> None:
        leg_id = self.leg_id
        self.floor.report(leg_id, Reported.LEFT)
        self.floor.report(leg_id, Reported.COMPLETED)

    def fail(self) -> None:
        """The phone that is called back does not answer."""
        leg_id = self.leg_id
        self.floor.place(leg_id)
        self.floor.report(leg_id, Reported.NO_ANSWER)

    def come_back(self) -> None:
        self.floor.park(self.agent_id)
        lost_lines.look_at(self.floor.parts, self.call_id, self.floor.now)

    def sweep(self, **span: float) -> None:
        sweep.sweep_once(self.floor.parts, self.floor.wait(**span))

    def holds(self) -> list[bool]:
        holds.carry_out(self.floor.parts, self.call_id, self.floor.now)
        return [is_held for room, sid, is_held in self.floor.carrier.holds if (room, sid) == (self.room, self.sid)]

    def losses(self) -> list[str]:
        with self.floor.database.reading() as session:
            return [line.status for line in lost_line_book.lines_of(session, self.call_id)]

    @property
    def is_held(self) -> bool:
        with self.floor.database.reading() as session:
            return hold_book.held_since(session, self.call_id) is not None


@pytest.fixture
def talk(floor: Floor) -> Talk:
    return Talk(floor)


def test_customer_waits_and_the_agent_is_called_into_the_same_room(talk: Talk) -> None:
    floor = talk.floor
    talk.lose()
    assert (talk.losses(), talk.is_held, talk.holds()) == (["lost"], True, [True])
    assert hang_up_job(talk.call_id) not in floor.take_jobs()
    assert isinstance(heard := holds.what_is_heard(floor.parts, talk.call_id), SayOnHold)
    assert "wiederhergestellt" in heard.text
    with pytest.raises(Conflict):
        holds.ask(floor.parts, talk.agent_id, floor.now, is_wanted=False)
    back = talk.leg_id
    assert back not in {"", talk.room}
    floor.place(back)
    assert floor.answer(back) == Park(talk.room, back, ends_room=False)
    floor.report(back, Reported.JOINED)
    lost_lines.look_at(floor.parts, talk.call_id, floor.now)
    assert (talk.losses(), talk.is_held, talk.holds()) == (["back"], False, [True, False])
    assert (floor.agent(talk.agent_id).status, floor.call(talk.call_id).status) == ("on_call", "bridged")
    with floor.database.reading() as session:
        assert drafts.draft_of(session, talk.call_id) is not None


def test_line_may_be_lost_again_and_the_next_contact_comes_into_that_room(talk: Talk) -> None:
    floor = talk.floor
    for _ in range(2):
        talk.lose()
        talk.come_back()
    assert talk.losses() == ["back", "back"]
    floor.hang_up(talk.call_id)
    floor.say(talk.call_id, "not_interested")
    other = floor.ring(floor.add_campaign(1))
    assert floor.answer(other) == JoinRoom(talk.room, other)


def test_hold_that_the_agent_had_asked_for_outlasts_the_loss(talk: Talk) -> None:
    holds.ask(talk.floor.parts, talk.agent_id, talk.floor.now, is_wanted=True)
    talk.lose()
    talk.come_back()
    assert (talk.losses(), talk.is_held) == (["back"], True)


def test_phone_that_fails_is_called_again_by_the_sweep_and_at_once_when_the_page_is_there(talk: Talk) -> None:
    talk.lose()
    talk.fail()
    assert talk.leg_id == ""
    talk.sweep(seconds=2)
    assert talk.leg_id != ""
    talk.fail()
    lost_lines.tell_phone_is_there(talk.floor.parts, talk.agent_id, talk.floor.now)
    assert talk.leg_id != ""
    talk.come_back()
    assert talk.losses() == ["back"]


def test_agent_who_is_not_back_in_time_calls_back_later_and_the_customer_is_told(talk: Talk) -> None:
    floor = talk.floor
    talk.lose()
    talk.fail()
    floor.carrier.is_down = True
    talk.sweep(seconds=25)  # died, or was away, before the goodbye was said
    assert (talk.losses(), floor.call(talk.call_id).status) == (["given_up"], "bridged")
    floor.take_jobs()
    talk.sweep(seconds=20)
    assert hang_up_job(talk.call_id) not in floor.take_jobs()
    floor.carrier.is_down = False
    talk.sweep(seconds=20)
    ((sid, said),) = floor.carrier.said
    assert (sid, "rufen Sie zurück" in said) == (talk.sid, True)
    call, contact = floor.call(talk.call_id), floor.contact_of(talk.call_id)
    assert (call.status, call.disposition, call.notes) == ("completed", "line_lost", "Likes it.")
    assert (contact.status, contact.callback_agent_id) == ("waiting", talk.agent_id)
    assert contact.not_before is not None
    assert contact.not_before >= floor.now + timedelta(minutes=3)
    talk.sweep(seconds=20)
    assert len(floor.carrier.said) == 1


def test_callback_keeps_the_agent_who_lost_the_line(talk: Talk) -> None:
    floor = talk.floor
    other = floor.add_agent()
    desk.go_ready(floor.parts, other, floor.now)
    floor.park(other)
    talk.lose()
    talk.fail()
    talk.sweep(seconds=25)
    talk.sweep(seconds=10)
    floor.park(talk.agent_id)
    assert floor.agent(talk.agent_id).status == "ready"
    floor.tick(talk.campaign_id)
    assert len(floor.call_ids()) == 1
    floor.wait(minutes=6)
    again = floor.call(floor.queue_one(talk.campaign_id))
    assert (again.keeps_agent, again.for_agent_id) == (True, talk.agent_id)


def test_whoever_must_not_be_called_any_more_is_promised_nothing(talk: Talk) -> None:
    floor = talk.floor
    with floor.database.transaction() as session:
        do_not_call.block(
            session, floor.call(talk.call_id).to_number, source="person", now=floor.now, added_by="", note=""
        )
    talk.lose()
    talk.fail()
    talk.sweep(seconds=25)
    ((_, said),) = floor.carrier.said
    assert "rufen" not in said
    assert (floor.contact_of(talk.call_id).status, floor.call(talk.call_id).status) == ("done", "completed")


def test_customer_who_hangs_up_meanwhile_is_left_in_peace_and_the_agent_wraps_up(talk: Talk) -> None:
    floor = talk.floor
    talk.lose()
    floor.hang_up(talk.call_id)
    assert (talk.losses(), floor.agent(talk.agent_id).status) == (["customer_left"], "wrapping_up")
    talk.sweep(seconds=25)
    assert floor.carrier.said == []
    assert floor.say(talk.call_id, "not_interested").notes == ""


def test_disposition_ends_the_waiting(talk: Talk) -> None:
    floor = talk.floor
    talk.lose()
    floor.say(talk.call_id, "not_interested")
    assert hang_up_job(talk.call_id) in floor.take_jobs()
    talk.sweep(seconds=25)
    assert (talk.losses(), floor.carrier.said) == (["ended"], [])


def test_agent_who_wanted_to_leave_is_called_back_all_the_same_and_leaves_then(talk: Talk) -> None:
    floor = talk.floor
    desk.sign_off(floor.parts, talk.agent_id, floor.now)
    talk.lose()
    talk.come_back()
    assert talk.losses() == ["back"]
    floor.hang_up(talk.call_id)
    floor.say(talk.call_id, "not_interested")
    assert floor.agent(talk.agent_id).status == "offline"


def test_page_that_says_its_phone_is_gone_is_not_believed_but_the_carrier_is_asked(talk: Talk) -> None:
    lost_lines.tell_phone_is_there(talk.floor.parts, talk.agent_id, talk.floor.now)
    assert talk.losses() == []
    assert talk.floor.take_jobs() == [("dialer.jobs.ask_carrier", talk.room)]


def test_leg_of_whose_end_no_news_came_is_found_by_the_rounds(talk: Talk) -> None:
    floor = talk.floor
    talk.sweep(seconds=20)
    assert talk.losses() == []
    sid = floor.call(talk.room).carrier_sid or ""
    over = CarrierCall(sid, "client:agent", "+41446681800", Reported.COMPLETED, None)
    floor.carrier.listed.append(over)
    talk.sweep(seconds=2)
    assert talk.losses() == ["lost"]


def test_partner_who_comes_in_meanwhile_has_the_customer_and_the_agent_is_not_let_in(floor: Floor) -> None:
    talk = TransferTalk(floor)
    partner_call_id = talk.ask()
    floor.report(talk.room, Reported.LEFT)
    back = floor.agent(talk.agent_id).leg_call_id
    talk.pick_up(partner_call_id)
    talk.press(partner_call_id)
    floor.report(partner_call_id, Reported.JOINED)
    assert ("dialer.jobs.tend_line", talk.call_id) in floor.take_jobs()
    lost_lines.look_at(floor.parts, talk.call_id, floor.now)
    assert (talk.row.status, floor.agent(talk.agent_id).status) == ("handed_over", "wrapping_up")
    floor.place(back)
    assert floor.call(back).status == "withdrawn"
    assert floor.answer(back) == HangUp()
    with floor.database.reading() as session:
        assert [line.status for line in lost_line_book.lines_of(session, talk.call_id)] == ["handed_over"]
        assert hold_book.held_since(session, talk.call_id) is None


def test_introduction_goes_on_without_an_agent_whose_browser_was_lost(floor: Floor) -> None:
    talk = TransferTalk(floor)
    partner_call_id = talk.ask()
    talk.pick_up(partner_call_id)
    talk.press(partner_call_id)
    floor.report(partner_call_id, Reported.JOINED)  # the carrier is yet to be told that the agent may leave
    floor.report(talk.room, Reported.LEFT)
    assert talk.row.status == "handed_over"
    transfer_rooms.tend_room(floor.parts, talk.call_id, floor.now)
    assert floor.call(talk.call_id).status == "bridged"
