"""A customer who is on the line is put through to a partner: asked, introduced, handed over, and what can go wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from compliance import do_not_call
from dialer import desk, drafts, holds, sweep, transfer_desk, transfer_figures, transfer_rooms
from dialer.agent_states import AgentStatus
from dialer.call_states import CallStatus
from dialer.drafts import Noted
from dialer.transfer_states import TransferStatus
from foundation.errors import Conflict, Unavailable
from foundation.queue import QueueName
from leads.jobs import route_one
from leads.lead_states import LeadStatus
from leads.offers import Reply, accept
from leads.privacy_tables import Disclosure
from leads.replay import replays_identically
from leads.tables import Lead, Offer
from telephony.carrier import AskForKey, HangUp, JoinRoom, Reported, SayAndHangUp
from tests.integration.dialer.floor import HANDSET, Floor, hang_up_job
from tests.integration.dialer.live_talk import Talk
from tests.integration.leads.lead_rows import history_of, offers_of

ROUTE = "leads.jobs.route_lead"


def test_partner_who_presses_the_key_has_the_lead_and_comes_into_the_room(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.ask()
    heard = talk.pick_up(partner_call_id)
    assert isinstance(heard, AskForKey)
    assert "Beispiel" not in heard.text
    assert "+41" not in heard.text
    order = floor.carrier.orders[-1]
    shown = floor.call(talk.call_id).from_number
    assert order.to.startswith("+4144668190")
    assert (order.from_number, order.ring_timeout_seconds) == (shown, 25)
    assert talk.press(partner_call_id) == JoinRoom(talk.room, partner_call_id)
    assert talk.press(partner_call_id) == JoinRoom(talk.room, partner_call_id)  # the carrier asks again
    assert talk.lead.status == LeadStatus.ACCEPTED
    floor.report(partner_call_id, Reported.JOINED)
    assert talk.row.status == TransferStatus.INTRODUCING
    assert history_of(floor.database, talk.lead.id) == [
        "lead_opened", "offer_made", "offer_accepted", "contact_disclosed", "protection_began", "first_contact_made",
    ]  # fmt: skip
    with floor.database.reading() as session:
        assert session.scalars(select(Disclosure.lead_id)).all() == [talk.lead.id]
        assert replays_identically(session, talk.lead.id, 1)


def test_handed_over_customer_and_partner_talk_on_and_the_agent_gets_another_room(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.introduce()
    leg_sid, customer_sid, partner_sid = (talk.sid(one) for one in (talk.room, talk.call_id, partner_call_id))
    assert floor.carrier.told_of_rooms == [(talk.room, leg_sid, False)]
    talk.hand_over()
    agent = floor.agent(talk.agent_id)
    assert (agent.status, agent.leg_call_id) == (AgentStatus.WRAPPING_UP, "")
    talk.tend()
    assert floor.carrier.told_of_rooms[1:] == [(talk.room, customer_sid, True), (talk.room, partner_sid, True)]
    assert floor.carrier.hung_up == [leg_sid]
    floor.report(talk.room, Reported.LEFT)
    floor.report(talk.room, Reported.COMPLETED)
    floor.take_jobs()
    floor.say(talk.call_id, "qualified", as_drafted=True)
    assert hang_up_job(talk.call_id) not in floor.take_jobs()
    assert floor.call(talk.call_id).status == CallStatus.BRIDGED
    new_leg = floor.park(talk.agent_id)
    assert new_leg != talk.room
    assert floor.agent(talk.agent_id).status == AgentStatus.READY
    # The customer hangs up: the agent, free again, is not touched, and the partner is not left in silence.
    floor.hang_up(talk.call_id)
    assert hang_up_job(partner_call_id) in floor.take_jobs()
    floor.report(partner_call_id, Reported.LEFT)
    assert floor.agent(talk.agent_id).status == AgentStatus.READY
    assert talk.row.status == TransferStatus.DONE
    talk.tend()
    assert talk.row.settled_at is not None
    assert len(offers_of(floor.database, talk.lead.id)) == 1


def test_disposition_completes_the_lead_that_was_opened_on_the_way(floor: Floor) -> None:
    talk = Talk(floor)
    talk.introduce()
    talk.hand_over()
    floor.say(talk.call_id, "qualified", notes="Wants it in May.", answers={"seats": "20"})
    with floor.database.reading() as session:
        leads = session.scalars(select(Lead)).all()
    assert [(one.notes, one.status) for one in leads] == [("Wants it in May.", LeadStatus.ACCEPTED)]
    assert floor.call(talk.call_id).lead_id == leads[0].id


def test_customer_on_hold_hears_the_partner_once_the_agent_has_handed_over(floor: Floor) -> None:
    talk = Talk(floor)
    talk.introduce()
    floor.carrier.rooms[talk.room] = {talk.sid(talk.call_id)}
    holds.ask(floor.parts, talk.agent_id, floor.now, is_wanted=True)
    holds.carry_out(floor.parts, talk.call_id, floor.now)
    talk.hand_over()
    assert ("dialer.jobs.carry_out_hold", talk.call_id) in floor.take_jobs()
    holds.carry_out(floor.parts, talk.call_id, floor.now)
    assert floor.carrier.holds == [(talk.room, talk.sid(talk.call_id), is_held) for is_held in (True, False)]


def test_disposition_in_the_introduction_hands_over_instead_of_hanging_up(floor: Floor) -> None:
    talk = Talk(floor)
    talk.introduce()
    floor.take_jobs()
    floor.say(talk.call_id, "qualified", as_drafted=True)
    assert talk.row.status == TransferStatus.HANDED_OVER
    assert hang_up_job(talk.call_id) not in floor.take_jobs()


@pytest.mark.parametrize("ending", [Reported.NO_ANSWER, Reported.BUSY, Reported.FAILED, "key", "hung_up", "time"])
def test_who_does_not_take_it_is_followed_by_the_next_and_pays_nothing(floor: Floor, ending: str) -> None:
    talk = Talk(floor)
    first = talk.ask()
    if ending in {"key", "hung_up"}:
        talk.pick_up(first)
    else:
        floor.place(first)
    if ending == "key":
        assert talk.press(first, "2") == HangUp()
        floor.report(first, Reported.COMPLETED)
    elif ending == "hung_up":
        floor.report(first, Reported.COMPLETED)
    elif ending == "time":
        floor.wait(seconds=80)
        transfer_rooms.sweep_transfers(floor.parts, floor.now)
        assert hang_up_job(first) in floor.take_jobs()
    else:
        floor.report(first, Reported(ending))
    row = talk.row
    assert (row.status, row.asked) == (TransferStatus.ASKING, 2)
    assert row.partner_call_id != first
    assert [one.status for one in offers_of(floor.database, row.lead_id)] == [
        "declined" if ending in {"key", "hung_up"} else "timed_out", "live",
    ]  # fmt: skip
    # Too late for the first one, whatever it does.
    assert not isinstance(talk.press(first), JoinRoom)
    assert talk.lead.status == LeadStatus.OFFERED


def test_nobody_free_sends_the_lead_the_usual_way_to_the_same_partners(floor: Floor) -> None:
    talk = Talk(floor, partners=1)
    first = talk.ask()
    floor.place(first)
    floor.report(first, Reported.NO_ANSWER)
    assert talk.row.status == TransferStatus.NOBODY
    assert floor.take_jobs(QueueName.WORK) == [(ROUTE, talk.lead.id)]
    route_one(floor.parts.runtime, talk.lead.id, floor.now)
    made = offers_of(floor.database, talk.lead.id)
    assert [(one.status, one.by_call) for one in made] == [("timed_out", True), ("live", False)]
    assert made[0].partner_id == made[1].partner_id
    assert floor.call(talk.call_id).status == CallStatus.BRIDGED
    with floor.database.reading() as session:
        assert all(replays_identically(session, talk.lead.id, number) for number in (1, 2, 3))


def test_customer_who_hangs_up_while_it_rings_is_offered_the_usual_way(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.ask()
    floor.place(partner_call_id)
    floor.take_jobs()
    floor.hang_up(talk.call_id)
    with_jobs = floor.take_jobs()
    assert hang_up_job(partner_call_id) in with_jobs
    assert talk.row.status == TransferStatus.CUSTOMER_LEFT
    assert talk.lead.status == LeadStatus.OPEN
    assert floor.agent(talk.agent_id).leg_call_id == talk.room  # nobody was let in: the agent stays where they are
    heard = talk.pick_up(partner_call_id)
    assert isinstance(heard, SayAndHangUp)
    assert isinstance(talk.press(partner_call_id), SayAndHangUp)


def test_no_contact_ever_comes_into_a_room_with_a_partner_in_it(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.introduce()
    floor.take_jobs()
    floor.hang_up(talk.call_id)
    assert hang_up_job(partner_call_id) in floor.take_jobs()
    floor.say(talk.call_id, "qualified", as_drafted=True)
    agent = floor.agent(talk.agent_id)
    assert agent.status != AgentStatus.READY
    assert agent.leg_call_id != talk.room
    talk.tend()
    assert set(floor.carrier.hung_up) == {talk.sid(talk.room), talk.sid(partner_call_id)}


def test_partner_who_leaves_the_introduction_keeps_the_lead_and_the_room_is_the_agents_again(floor: Floor) -> None:
    talk = Talk(floor, phone=HANDSET)
    partner_call_id = talk.introduce()
    floor.report(partner_call_id, Reported.LEFT)
    floor.report(partner_call_id, Reported.COMPLETED)
    assert talk.row.status == TransferStatus.PARTNER_LEFT
    talk.tend()
    assert floor.carrier.told_of_rooms[-1] == (talk.room, talk.sid(talk.room), True)
    assert (talk.lead.status, floor.agent(talk.agent_id).status) == (LeadStatus.ACCEPTED, AgentStatus.ON_CALL)
    floor.hang_up(talk.call_id)
    floor.say(talk.call_id, "qualified", as_drafted=True)
    assert floor.agent(talk.agent_id).status == AgentStatus.READY


def test_agent_who_hangs_up_in_the_introduction_has_handed_over(floor: Floor) -> None:
    talk = Talk(floor)
    talk.introduce()
    floor.take_jobs()
    floor.report(talk.room, Reported.LEFT)
    floor.report(talk.room, Reported.COMPLETED)
    assert talk.row.status == TransferStatus.HANDED_OVER
    assert hang_up_job(talk.call_id) not in floor.take_jobs()
    assert floor.agent(talk.agent_id).status == AgentStatus.WRAPPING_UP
    talk.tend()
    assert talk.is_told()


def test_agent_whose_phone_dies_before_anybody_is_in_leaves_nobody_alone(floor: Floor) -> None:
    talk = Talk(floor, phone=HANDSET)
    talk.ask()
    floor.take_jobs()
    floor.report(talk.room, Reported.LEFT)
    assert hang_up_job(talk.call_id) in floor.take_jobs()


def test_agent_goes_back_on_it_until_somebody_has_taken_it(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.ask()
    floor.place(partner_call_id)
    floor.take_jobs()
    transfer_desk.cancel(floor.parts, talk.agent_id, talk.call_id, floor.now)
    assert hang_up_job(partner_call_id) in floor.take_jobs()
    assert (talk.row.status, talk.lead.status) == (TransferStatus.CANCELED, LeadStatus.OPEN)
    for act in (transfer_desk.cancel, transfer_desk.hand_over):
        with pytest.raises(Conflict):
            act(floor.parts, talk.agent_id, talk.call_id, floor.now)


def test_call_that_was_let_go_before_it_was_placed_is_never_placed(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.ask()
    transfer_desk.cancel(floor.parts, talk.agent_id, talk.call_id, floor.now)
    floor.place(partner_call_id)
    assert floor.call(partner_call_id).status == CallStatus.WITHDRAWN
    assert all(order.call_id != partner_call_id for order in floor.carrier.orders)


def test_partner_whose_call_a_crash_left_asked_is_followed_by_the_next(floor: Floor) -> None:
    talk = Talk(floor)
    first = talk.ask()
    talk.pick_up(first)
    assert floor.call(first).status == CallStatus.ASKED
    floor.carrier.fate_of_contacts = Reported.COMPLETED
    floor.wait(seconds=70)
    sweep.sweep_once(floor.parts, floor.now)
    assert floor.call(first).status == CallStatus.DECLINED
    assert talk.row.partner_call_id != first


def test_partner_who_took_the_lead_on_its_page_while_the_phone_rang_is_put_through(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.ask()
    talk.pick_up(partner_call_id)
    with floor.database.transaction() as session:
        accept(session, talk.row.offer_id, Reply(talk.row.partner_id, "user_1", floor.now))
    assert talk.press(partner_call_id) == JoinRoom(talk.room, partner_call_id)
    assert talk.row.status == TransferStatus.JOINING


def test_partner_on_the_do_not_call_list_is_not_called(floor: Floor) -> None:
    talk = Talk(floor, partners=1)
    first = talk.ask()
    with floor.database.transaction() as session:
        do_not_call.block(session, floor.call(first).to_number, source="person", now=floor.now, note="", added_by="")
    floor.place(first)
    assert floor.call(first).status == CallStatus.WITHDRAWN
    assert talk.row.status == TransferStatus.NOBODY


def test_no_lead_after_all_withdraws_and_closes_it(floor: Floor) -> None:
    talk = Talk(floor)
    talk.ask()
    floor.say(talk.call_id, "not_interested")
    assert (talk.row.status, talk.lead.status, talk.lead.outcome) == (
        TransferStatus.CANCELED, LeadStatus.CLOSED, "disqualified",
    )  # fmt: skip


def test_only_hot_leads_of_campaigns_that_allow_it_are_put_through(floor: Floor) -> None:
    talk = Talk(floor)
    drafts.save_draft(floor.parts, talk.agent_id, talk.call_id, Noted(is_hot=False), floor.now)
    with pytest.raises(Conflict):
        talk.ask()
    with floor.database.reading() as session:
        assert session.scalars(select(Lead.id)).all() == []
        assert session.scalars(select(Offer.id)).all() == []


def test_reports_doubled_and_out_of_order_come_to_the_same(floor: Floor) -> None:
    talk = Talk(floor)
    partner_call_id = talk.ask()
    floor.place(partner_call_id)
    floor.answer(partner_call_id)
    floor.report(partner_call_id, Reported.ANSWERED, "late")
    talk.press(partner_call_id)
    floor.report(partner_call_id, Reported.JOINED, "join")
    floor.report(partner_call_id, Reported.RINGING, "later")
    floor.report(partner_call_id, Reported.JOINED, "join")
    assert talk.row.status == TransferStatus.INTRODUCING
    talk.hand_over()
    floor.report(partner_call_id, Reported.LEFT, "left")
    floor.report(partner_call_id, Reported.LEFT, "left")
    floor.report(talk.call_id, Reported.LEFT)
    floor.report(talk.call_id, Reported.COMPLETED)
    assert talk.row.status == TransferStatus.DONE


def test_process_that_dies_while_it_tells_the_carrier_is_followed_by_the_sweep(floor: Floor) -> None:
    talk = Talk(floor)
    talk.introduce()
    talk.hand_over()
    floor.carrier.is_down = True
    with pytest.raises(Unavailable):
        talk.tend()
    assert not talk.is_told()
    floor.carrier.is_down = False
    floor.wait(seconds=10)
    transfer_rooms.sweep_transfers(floor.parts, floor.now)
    assert talk.is_told()
    assert floor.carrier.hung_up == [talk.sid(talk.room)]


def test_agent_who_hangs_up_at_the_desk_leaves_the_two_and_cannot_hang_up_on_them_later(floor: Floor) -> None:
    talk = Talk(floor)
    talk.introduce()
    floor.take_jobs()
    desk.hang_up(floor.parts, talk.agent_id)
    assert talk.row.status == TransferStatus.HANDED_OVER
    assert hang_up_job(talk.call_id) not in floor.take_jobs()
    with pytest.raises(Conflict):
        desk.hang_up(floor.parts, talk.agent_id)


def test_figures_say_who_was_asked_who_took_it_and_how_it_ended(floor: Floor) -> None:
    talk = Talk(floor)
    first = talk.ask()
    floor.place(first)
    floor.report(first, Reported.NO_ANSWER)
    second = talk.row.partner_call_id
    talk.pick_up(second)
    talk.press(second)
    floor.report(second, Reported.JOINED)
    talk.hand_over()
    with floor.database.reading() as session:
        found = transfer_figures.view_transfers(session, floor.now)
        own = transfer_figures.own_figures(session, talk.lead.partner_id or "", floor.now)
        later = transfer_figures.view_transfers(session, floor.now + timedelta(weeks=9))
    assert [(week.campaign_id, week.counts) for week in found.weeks] == [(talk.campaign_id, found.total)]
    assert (found.total.transfers, found.total.asked, found.total.taken, found.total.handed_over) == (1, 2, 1, 1)
    assert found.total.missed == {"declined": 0, "no_answer": 1, "failed": 0, "called_off": 0}
    assert [(figure.name, figure.own, figure.median) for figure in own] == [
        ("live_asked", 1, None), ("live_taken", 1, None),
    ]  # fmt: skip
    assert later.weeks == ()
