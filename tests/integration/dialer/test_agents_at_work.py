"""Agents: their phones are parked, lost and called again; wishes wait for the end of a talk."""

import pytest

from dialer import agents, desk, lost_lines, sweep
from dialer.agents import NewAgent
from dialer.call_states import CallStatus
from foundation.errors import Conflict, Invalid, NotFound
from telephony.carrier import JoinRoom, Reported
from tests.integration.dialer.floor import HANDSET, Floor, hang_up_job, placing_job


def lose_leg(floor: Floor, agent_id: str) -> str:
    """The agent's phone goes away; the lost leg's id."""
    leg_id = floor.agent(agent_id).leg_call_id
    floor.report(leg_id, Reported.LEFT)
    floor.report(leg_id, Reported.COMPLETED)
    return leg_id


def test_agent_who_goes_ready_twice_is_called_once(floor: Floor) -> None:
    agent_id = floor.add_agent("de")
    desk.go_ready(floor.parts, agent_id, floor.now)
    desk.go_ready(floor.parts, agent_id, floor.now)
    assert floor.take_jobs() == [placing_job(floor.agent(agent_id).leg_call_id)]
    assert len(floor.call_ids("agent")) == 1


def test_lost_phone_of_a_waiting_agent_is_called_again_and_nobody_is_put_through_meanwhile(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    floor.take_jobs()
    lost = lose_leg(floor, agent_id)
    agent = floor.agent(agent_id)
    assert agent.status == "offline"
    assert agent.leg_call_id not in {"", lost}
    assert floor.take_jobs() == [placing_job(agent.leg_call_id)]
    decision = floor.tick(campaign_id)
    assert decision is not None
    assert decision.total == 0
    floor.park(agent_id)
    assert floor.agent(agent_id).status == "ready"
    floor.queue_one(campaign_id)


def test_phone_that_fails_three_times_in_a_row_pauses_its_agent(floor: Floor) -> None:
    agent_id = floor.add_agent("de")
    desk.go_ready(floor.parts, agent_id, floor.now)
    for _ in range(3):
        leg_id = floor.agent(agent_id).leg_call_id
        floor.place(leg_id)
        floor.report(leg_id, Reported.NO_ANSWER)
        sweep.sweep_once(floor.parts, floor.wait(seconds=6))
    agent = floor.agent(agent_id)
    assert (agent.status, agent.pause_reason, agent.leg_call_id) == ("paused", "phone_unreachable", "")
    assert len(floor.call_ids("agent")) == 3
    sweep.sweep_once(floor.parts, floor.wait(minutes=5))
    assert len(floor.call_ids("agent")) == 3
    desk.go_ready(floor.parts, agent_id, floor.now)
    floor.park(agent_id)
    assert floor.agent(agent_id).status == "ready"


def test_phone_that_is_away_while_its_page_is_loaded_anew_comes_back_by_itself(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    lose_leg(floor, agent_id)
    leg_id = floor.agent(agent_id).leg_call_id
    floor.place(leg_id)
    floor.report(leg_id, Reported.FAILED)  # no browser is registered yet
    assert floor.agent(agent_id).leg_call_id == ""
    sweep.sweep_once(floor.parts, floor.wait(seconds=1))
    assert floor.agent(agent_id).leg_call_id == "", "a phone that has just failed is given a moment"
    sweep.sweep_once(floor.parts, floor.wait(seconds=5))
    floor.park(agent_id)
    agent = floor.agent(agent_id)
    assert (agent.status, agent.leg_failures) == ("ready", 0)


def test_browser_phone_rings_before_there_is_a_campaign_and_its_agent_talks_once_there_is_one(floor: Floor) -> None:
    agent_id = floor.add_agent("de")
    desk.go_ready(floor.parts, agent_id, floor.now)
    leg_id = floor.park(agent_id)
    assert floor.call(leg_id).from_number == "client:halali"
    assert floor.agent(agent_id).status == "ready"
    floor.queue_one(floor.add_campaign())


def test_telephone_of_an_agent_who_is_ready_before_there_is_a_campaign_rings_once_there_is_one(floor: Floor) -> None:
    new = NewAgent("At home", "+41446681801", frozenset({"de"}))
    with floor.database.transaction() as session:
        agent_id = agents.add_agent(session, new, floor.now).id
    desk.go_ready(floor.parts, agent_id, floor.now)
    sweep.sweep_once(floor.parts, floor.wait(minutes=5))
    agent = floor.agent(agent_id)
    assert (agent.status, agent.wants, agent.leg_call_id) == ("offline", "ready", "")
    assert floor.take_jobs() == []
    campaign_id = floor.add_campaign()
    sweep.sweep_once(floor.parts, floor.now)
    leg_id = floor.agent(agent_id).leg_call_id
    assert floor.take_jobs() == [placing_job(leg_id)]
    assert floor.call(leg_id).from_number == "+41446681800"
    floor.park(agent_id)
    assert floor.agent(agent_id).status == "ready"
    floor.queue_one(campaign_id)


def test_handset_hung_up_in_a_talk_lets_the_contact_go_and_is_called_again_after_the_wrap_up(
    floor: Floor,
) -> None:
    campaign_id = floor.add_campaign()
    agent_id = floor.add_ready_agent("de", phone=HANDSET)
    call_id = floor.talk(campaign_id)
    floor.take_jobs()
    lose_leg(floor, agent_id)
    assert hang_up_job(call_id) in floor.take_jobs()
    assert floor.agent(agent_id).status == "on_call"
    floor.hang_up(call_id)
    assert floor.agent(agent_id).status == "wrapping_up"
    floor.say(call_id, "not_interested")
    assert floor.agent(agent_id).status == "offline"
    floor.park(agent_id)
    assert floor.agent(agent_id).status == "ready"


def test_phone_lost_while_the_contact_is_on_the_way_leaves_nobody_in_an_empty_room(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    floor.take_jobs()
    lose_leg(floor, agent_id)
    assert ("dialer.jobs.tend_line", call_id) in floor.take_jobs()
    lost_lines.look_at(floor.parts, call_id, floor.now)
    assert floor.call(call_id).status == CallStatus.ABANDONED
    assert not isinstance(floor.answer(call_id), JoinRoom)
    floor.report(call_id, Reported.COMPLETED)
    sweep.sweep_once(floor.parts, floor.wait(seconds=5))
    assert floor.agent(agent_id).current_call_id == ""
    floor.park(agent_id)
    assert floor.agent(agent_id).status == "ready"


@pytest.mark.parametrize("wish", ["pause", "sign_off"])
def test_wish_to_stop_waits_for_the_end_of_the_talk(floor: Floor, wish: str) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    if wish == "pause":
        desk.pause(floor.parts, agent_id, "lunch", floor.now)
    else:
        desk.sign_off(floor.parts, agent_id, floor.now)
    assert floor.agent(agent_id).status == "on_call"
    floor.hang_up(call_id)
    assert floor.agent(agent_id).status == "wrapping_up"
    floor.take_jobs()
    floor.say(call_id, "not_interested")
    agent = floor.agent(agent_id)
    assert agent.status == ("paused" if wish == "pause" else "offline")
    leg_jobs = [hang_up_job(agent.leg_call_id)] if wish == "sign_off" else []
    assert floor.take_jobs() == leg_jobs


def test_agent_who_signs_off_lets_the_phone_go_and_is_not_called_again(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    floor.take_jobs()
    desk.sign_off(floor.parts, agent_id, floor.now)
    leg_id = floor.agent(agent_id).leg_call_id
    assert floor.take_jobs() == [hang_up_job(leg_id)]
    lose_leg(floor, agent_id)
    sweep.sweep_once(floor.parts, floor.wait(minutes=5))
    agent = floor.agent(agent_id)
    assert (agent.status, agent.leg_call_id) == ("offline", "")
    assert floor.take_jobs() == []


def test_paused_agent_stays_parked_and_is_ready_again_at_once(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    floor.take_jobs()
    desk.pause(floor.parts, agent_id, "lunch", floor.now)
    assert floor.agent(agent_id).pause_reason == "lunch"
    desk.go_ready(floor.parts, agent_id, floor.now)
    assert floor.agent(agent_id).status == "ready"
    assert floor.take_jobs() == []


def test_pause_without_a_reason_is_refused(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    with pytest.raises(Invalid):
        desk.pause(floor.parts, agent_id, "  ", floor.now)
    assert floor.agent(agent_id).status == "ready"


def test_wrap_up_that_is_overrun_pauses_the_agent_and_keeps_the_disposition_open(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign(wrap_up_seconds=30))
    floor.hang_up(call_id)
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert floor.agent(agent_id).status == "wrapping_up"
    sweep.sweep_once(floor.parts, floor.wait(seconds=12))
    agent = floor.agent(agent_id)
    assert (agent.status, agent.pause_reason) == ("paused", "wrap_up_overrun")
    floor.say(call_id, "not_interested")
    assert floor.agent(agent_id).status == "paused"
    assert floor.contact_of(call_id).outcome == "not_interested"
    desk.go_ready(floor.parts, agent_id, floor.now)
    assert floor.agent(agent_id).status == "ready"


def test_agent_who_overran_the_wrap_up_is_not_made_ready_by_a_phone_that_comes_back(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign(wrap_up_seconds=30))
    floor.hang_up(call_id)
    sweep.sweep_once(floor.parts, floor.wait(seconds=35))
    floor.take_jobs()
    lose_leg(floor, agent_id)
    sweep.sweep_once(floor.parts, floor.wait(minutes=1))
    assert floor.agent(agent_id).status == "paused"
    assert floor.take_jobs() == []


def test_agent_can_hang_up_the_talk_and_nothing_else(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.take_jobs()
    desk.hang_up(floor.parts, agent_id)
    assert floor.take_jobs() == [hang_up_job(call_id)]
    floor.hang_up(call_id)
    with pytest.raises(Conflict):
        desk.hang_up(floor.parts, agent_id)
    with pytest.raises(NotFound):
        desk.hang_up(floor.parts, "agent_nobody")


def test_agents_history_tells_every_change_of_a_whole_call(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.hang_up(call_id)
    floor.say(call_id, "not_interested")
    assert floor.agent_history(agent_id) == ["ready", "reserved", "on_call", "wrapping_up", "ready"]
