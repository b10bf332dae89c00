"""An agent's browser is lost in the talk: the customer waits, the agent comes back, or is called back later."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.tables import Campaign
from compliance import do_not_call
from dialer import (
    abandonment,
    contact_calls,
    desk,
    drafts,
    hold_book,
    holds,
    lost_line_book,
    lost_lines,
    sweep,
    transfer_rooms,
)
from dialer.drafts import Noted
from foundation.errors import Conflict, Unavailable
from telephony.carrier import CarrierCall, HangUp, JoinRoom, Park, Reported, SayOnHold
from tests.integration.dialer.floor import HANDSET, Floor, hang_up_job
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


class Arrival:
    """A contact who was told to come into an agent's room, and is not known to be there."""

    def __init__(self, floor: Floor, phone: str = "") -> None:
        self.floor = floor
        self.campaign_id = floor.add_campaign(1, max_attempts=3)  # whose number a handset is shown
        self.agent_id = floor.add_ready_agent(phone=phone)
        self.leg_id = floor.agent(self.agent_id).leg_call_id
        self.call_id = floor.ring(self.campaign_id)
        assert isinstance(floor.answer(self.call_id), JoinRoom)
        self.sid = floor.call(self.call_id).carrier_sid or ""
        floor.take_jobs()

    @property
    def status(self) -> str:
        return self.floor.call(self.call_id).status

    def counted(self) -> tuple[int, int, int]:
        """People, of them connected and abandoned, as the limit counts them."""
        with self.floor.database.reading() as session:
            campaign = session.get_one(Campaign, self.campaign_id)
            since = self.floor.now - timedelta(hours=9)
            (counts,) = abandonment.count_since(session, campaign, since, ZoneInfo("Europe/Zurich")).values()
        return counts.people, counts.connected, counts.abandoned

    def tend(self) -> None:
        assert ("dialer.jobs.tend_line", self.call_id) in self.floor.take_jobs()
        lost_lines.look_at(self.floor.parts, self.call_id, self.floor.now)


@pytest.mark.parametrize("phone", ["", HANDSET])
def test_customer_who_comes_as_the_line_is_lost_has_found_nobody_and_hears_the_lawful_message(
    floor: Floor, phone: str
) -> None:
    one = Arrival(floor, phone)
    floor.report(one.leg_id, Reported.LEFT)
    one.tend()
    ((sid, said),) = floor.carrier.said
    assert (sid, "niemand frei" in said) == (one.sid, True)
    assert (one.status, one.counted()) == ("abandoned", (1, 0, 1))
    contact, agent = floor.contact_of(one.call_id), floor.agent(one.agent_id)
    assert (contact.status, contact.not_before) > ("waiting", floor.now + timedelta(hours=71))
    assert (agent.current_call_id, agent.leg_call_id not in {"", one.leg_id}) == ("", True)
    floor.report(one.call_id, Reported.COMPLETED)
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert len(floor.carrier.said) == 1
    with floor.database.reading() as session:
        assert contact_calls.earlier_of(session, [contact.id])[contact.id].found_nobody


def test_message_that_could_not_be_said_is_said_once_the_carrier_is_back(floor: Floor) -> None:
    one = Arrival(floor)
    floor.report(one.leg_id, Reported.LEFT)
    floor.carrier.is_down = True
    with pytest.raises(Unavailable):
        one.tend()
    assert one.status == "abandoned"
    floor.carrier.is_down = False
    sweep.sweep_once(floor.parts, floor.wait(seconds=10))
    assert len(floor.carrier.said) == 1


def test_customer_who_was_there_before_the_line_was_lost_is_kept_though_the_news_of_it_comes_later(
    floor: Floor,
) -> None:
    one = Arrival(floor)
    floor.report(one.leg_id, Reported.LEFT)
    floor.report(one.call_id, Reported.JOINED)
    one.tend()
    assert (one.status, floor.carrier.said) == ("bridged", [])
    sweep.sweep_once(floor.parts, floor.wait(seconds=2))
    assert floor.agent(one.agent_id).leg_call_id not in {"", one.leg_id}
    with floor.database.reading() as session:
        assert hold_book.held_since(session, one.call_id) is not None


def test_carrier_that_tells_of_somebody_alone_in_the_room_tells_of_nobody_met(floor: Floor) -> None:
    one = Arrival(floor)
    lost_at = floor.now
    floor.report(one.call_id, Reported.JOINED, reported_at=lost_at + timedelta(seconds=1))
    floor.report(one.leg_id, Reported.LEFT, reported_at=lost_at)
    one.tend()
    floor.report(one.call_id, Reported.LEFT, reported_at=lost_at + timedelta(seconds=9))
    assert (one.status, one.counted()) == ("abandoned", (1, 0, 1))


def test_later_news_that_they_had_met_wins_and_nobody_is_counted_twice(floor: Floor) -> None:
    one = Arrival(floor)
    met_at = floor.now
    floor.report(one.leg_id, Reported.LEFT, reported_at=met_at + timedelta(seconds=1))
    one.tend()
    before = floor.contact_of(one.call_id)
    floor.wait(seconds=30)
    for _ in range(2):
        floor.report(one.call_id, Reported.JOINED, key="room", reported_at=met_at)
    call, after = floor.call(one.call_id), floor.contact_of(one.call_id)
    assert (call.status, call.disposition, one.counted()) == ("completed", "no_disposition", (1, 1, 0))
    assert (after.status, after.not_before, after.attempts_made) == ("waiting", before.not_before, 1)


@pytest.mark.parametrize(("seconds", "status"), [(0, "hung_up_before_bridge"), (3, "abandoned")])
def test_customer_who_hangs_up_alone_was_abandoned_once_the_laws_time_is_over(
    floor: Floor, seconds: int, status: str
) -> None:
    one = Arrival(floor)
    lost_at = floor.now
    floor.report(one.call_id, Reported.COMPLETED, reported_at=floor.wait(seconds=seconds))
    floor.report(one.leg_id, Reported.LEFT, reported_at=lost_at - timedelta(seconds=1))
    sweep.sweep_once(floor.parts, floor.wait(seconds=3))
    assert one.status == status


def test_customer_whom_the_carrier_has_alone_in_the_room_is_not_taken_to_have_met_anybody(floor: Floor) -> None:
    one = Arrival(floor)
    floor.carrier.fate_of_contacts = Reported.ANSWERED
    floor.carrier.rooms[one.leg_id] = {one.sid}
    over = CarrierCall(floor.call(one.leg_id).carrier_sid or "", "client:agent", "", Reported.COMPLETED, None)
    floor.carrier.listed.append(over)
    sweep.sweep_once(floor.parts, floor.wait(seconds=6))
    one.tend()
    assert one.status == "abandoned"
