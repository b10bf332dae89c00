"""The sweep hears what was missed, looks again under the lock, and lets no broken row keep it from the others."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from campaigns.tables import Contact, ContactStatus
from compliance import do_not_call
from dialer import desk, sweep
from dialer.agent_states import AgentStatus
from dialer.call_states import CallStatus
from dialer.tables import Agent, Call
from foundation.secret_key import FILE_NAME, derived_key
from telephony.carrier import CarrierCall, Reported
from tests.integration.dialer.floor import HANDSET, Floor, hang_up_job, placing_job


def list_at_carrier(floor: Floor, call_id: str, what: Reported) -> None:
    """Let the carrier know a call in this state."""
    call = floor.call(call_id)
    floor.carrier.listed = [each for each in floor.carrier.listed if each.carrier_sid != call.carrier_sid]
    floor.carrier.listed.append(
        CarrierCall(call.carrier_sid or "", call.to_number, call.from_number, what, call.queued_at, 75)
    )


def test_queued_call_whose_job_was_lost_is_put_on_the_queue_again(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.queue_one(floor.add_campaign())
    floor.take_jobs()
    sweep.sweep_once(floor.parts, floor.now)
    assert floor.take_jobs() == []
    sweep.sweep_once(floor.parts, floor.wait(seconds=6))
    assert floor.take_jobs() == [placing_job(call_id)]


def test_queue_that_was_emptied_costs_no_call(floor: Floor) -> None:
    crew = [floor.add_agent("de") for _ in range(2)]
    for agent_id in crew:
        desk.go_ready(floor.parts, agent_id, floor.now)
    floor.redis.flushall()
    sweep.sweep_once(floor.parts, floor.wait(seconds=10))
    assert sorted(floor.take_jobs()) == sorted(placing_job(floor.agent(each).leg_call_id) for each in crew)


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (Reported.NO_ANSWER, CallStatus.NO_ANSWER),
        (Reported.BUSY, CallStatus.BUSY),
        (Reported.COMPLETED, CallStatus.ABANDONED),
        (Reported.RINGING, CallStatus.RINGING),
    ],
)
def test_lost_progress_is_asked_for(floor: Floor, what: Reported, status: CallStatus) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    list_at_carrier(floor, call_id, what)
    sweep.sweep_once(floor.parts, floor.wait(seconds=95))
    assert floor.call(call_id).status == status


@pytest.mark.parametrize(
    ("seconds_on_the_line", "status"),
    # The carrier may ask twice for our reply, fifteen seconds long: whoever hangs up then has heard nobody.
    [(3, CallStatus.HUNG_UP_BEFORE_BRIDGE), (30, CallStatus.HUNG_UP_BEFORE_BRIDGE), (90, CallStatus.COMPLETED)],
)
def test_talk_whose_way_into_the_room_was_lost_is_known_by_how_long_it_lasted(
    floor: Floor, seconds_on_the_line: int, status: CallStatus
) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    ended_at = floor.wait(seconds=seconds_on_the_line)
    floor.report(call_id, Reported.COMPLETED, reported_at=ended_at)
    assert floor.call(call_id).status == CallStatus.SETTLING
    sweep.sweep_once(floor.parts, floor.wait(seconds=3))
    assert floor.call(call_id).status == status


def test_agents_leg_that_ends_on_its_way_into_the_room_is_settled_and_called_again(floor: Floor) -> None:
    floor.add_campaign()
    agent_id = floor.add_agent("de")
    desk.go_ready(floor.parts, agent_id, floor.now)
    leg_id = floor.agent(agent_id).leg_call_id
    floor.place(leg_id)
    floor.answer(leg_id)
    floor.report(leg_id, Reported.COMPLETED, reported_at=floor.now)
    assert floor.call(leg_id).status == CallStatus.SETTLING
    sweep.sweep_once(floor.parts, floor.wait(seconds=3))
    assert floor.call(leg_id).status == CallStatus.HUNG_UP_BEFORE_BRIDGE
    sweep.sweep_once(floor.parts, floor.wait(seconds=6))
    assert floor.agent(agent_id).leg_call_id not in {"", leg_id}


def test_news_of_the_room_that_comes_after_the_call_was_settled_wins_and_nobody_is_counted_twice(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign(max_attempts=3))
    floor.answer(call_id)
    began_at = floor.now
    ended_at = floor.wait(seconds=8)
    floor.report(call_id, Reported.COMPLETED, reported_at=ended_at)
    sweep.sweep_once(floor.parts, floor.wait(seconds=3))
    assert floor.call(call_id).status == CallStatus.HUNG_UP_BEFORE_BRIDGE
    settled = floor.call(call_id)
    floor.wait(seconds=20)
    floor.report(call_id, Reported.JOINED, reported_at=began_at)
    floor.report(call_id, Reported.LEFT, reported_at=ended_at)
    call, contact = floor.call(call_id), floor.contact_of(call_id)
    assert (call.status, call.disposition, call.end_reason) == ("completed", "no_disposition", "completed")
    assert call.ended_at == settled.ended_at
    assert (contact.status, contact.attempts_made) == ("waiting", 1)
    assert (floor.agent(agent_id).status, floor.agent(agent_id).current_call_id) == ("ready", "")


def test_talk_whose_end_was_lost_ends_with_its_length(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    list_at_carrier(floor, call_id, Reported.COMPLETED)
    sweep.sweep_once(floor.parts, floor.wait(minutes=11))
    assert (floor.call(call_id).status, floor.call(call_id).duration_seconds) == (CallStatus.COMPLETED, 75)
    assert floor.agent(agent_id).status == "wrapping_up"


def test_bridge_whose_report_was_lost_is_seen_in_the_room(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    list_at_carrier(floor, call_id, Reported.ANSWERED)
    sweep.sweep_once(floor.parts, floor.wait(seconds=6))
    assert floor.call(call_id).status == CallStatus.CONNECTING
    leg_id = floor.agent(agent_id).leg_call_id
    floor.carrier.rooms[leg_id] = {floor.call(each).carrier_sid or "" for each in (call_id, leg_id)}
    sweep.sweep_once(floor.parts, floor.wait(seconds=6))
    assert floor.call(call_id).status == CallStatus.BRIDGED
    assert floor.agent(agent_id).status == "on_call"


def test_talk_of_which_nobody_says_what_came_of_it_is_closed_as_such(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.hang_up(call_id)
    sweep.sweep_once(floor.parts, floor.wait(minutes=29))
    assert floor.call(call_id).disposition == ""
    sweep.sweep_once(floor.parts, floor.wait(minutes=2))
    assert floor.call(call_id).disposition == "no_disposition"
    assert (floor.contact_of(call_id).status, floor.contact_of(call_id).outcome) == ("done", "no_disposition")
    assert floor.agent(agent_id).status == "paused"


def test_contact_that_nothing_holds_is_put_back_in_line(floor: Floor) -> None:
    floor.add_campaign()
    campaign_id = floor.add_campaign()
    contact = floor.contacts(campaign_id)[0]
    floor.spoil(Contact, contact.id, status=ContactStatus.RESERVED, status_since=floor.now)
    sweep.sweep_once(floor.parts, floor.wait(minutes=4))
    assert floor.contacts(campaign_id)[0].status == ContactStatus.RESERVED
    sweep.sweep_once(floor.parts, floor.wait(minutes=2))
    assert floor.contacts(campaign_id)[0].status == ContactStatus.WAITING


def test_lost_contact_that_was_dialed_again_meanwhile_is_left_alone(floor: Floor) -> None:
    """Two tickers sweep: between the look of the second and its lock, the first has put the contact back in line."""
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    contact = floor.contacts(campaign_id)[0]
    floor.spoil(Contact, contact.id, status=ContactStatus.RESERVED, status_since=floor.now)
    floor.wait(minutes=6)
    sweep.sweep_contacts(floor.parts, floor.now)
    call_id = floor.ring(campaign_id)
    sweep.look_at_contact(floor.parts, contact.id, floor.now)
    assert floor.contact_of(call_id).status == ContactStatus.RESERVED
    assert floor.call(call_id).status == CallStatus.RINGING


def test_agent_whose_call_is_over_is_not_kept(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.spoil(Call, call_id, status=CallStatus.COMPLETED, status_since=floor.now, ended_at=floor.now)
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert floor.agent(agent_id).status == "wrapping_up"


@pytest.mark.parametrize("because", ["said", "machine", "phone lost"])
def test_talk_that_should_be_over_is_hung_up_again_when_the_first_time_was_lost(floor: Floor, because: str) -> None:
    campaign_id = floor.add_campaign()
    agent_id = floor.add_ready_agent("de", phone=HANDSET)
    call_id = floor.talk(campaign_id)
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert hang_up_job(call_id) not in floor.take_jobs()
    match because:
        case "said":
            floor.say(call_id, "not_interested")
        case "machine":
            floor.report(call_id, Reported.MACHINE_HEARD, answered_by="machine_start")
        case _:
            floor.report(floor.agent(agent_id).leg_call_id, Reported.LEFT)
    floor.redis.flushall()
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert hang_up_job(call_id) in floor.take_jobs()


def test_agent_without_a_phone_who_wants_calls_is_called(floor: Floor) -> None:
    agent_id = floor.add_agent("de")
    floor.spoil(Agent, agent_id, wants="ready")
    sweep.sweep_once(floor.parts, floor.wait(seconds=1))
    assert floor.take_jobs() == [placing_job(floor.agent(agent_id).leg_call_id)]


def test_agent_whose_phone_is_over_without_anybody_noticing_is_called_again(floor: Floor) -> None:
    agent_id = floor.add_agent("de")
    desk.go_ready(floor.parts, agent_id, floor.now)
    lost = floor.agent(agent_id).leg_call_id
    floor.spoil(Call, lost, status=CallStatus.NO_ANSWER, status_since=floor.now, ended_at=floor.now)
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert floor.agent(agent_id).leg_call_id not in {"", lost}


def test_row_that_cannot_be_swept_does_not_keep_the_others_from_it(floor: Floor) -> None:
    floor.add_ready_agent("de")
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(2)
    floor.tick(campaign_id)
    broken, sound = floor.call_ids()
    for call_id in (broken, sound):
        floor.place(call_id)
        list_at_carrier(floor, call_id, Reported.NO_ANSWER)
    floor.spoil(Call, broken, contact_id=None)
    sweep.sweep_once(floor.parts, floor.wait(minutes=2))
    assert floor.call(broken).status == CallStatus.PLACED
    assert floor.call(sound).status == CallStatus.NO_ANSWER


def test_carrier_that_is_away_is_asked_less_and_less_often_and_loses_nothing(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.carrier.is_down = True
    for _ in range(30):
        sweep.sweep_once(floor.parts, floor.wait(seconds=30))
    call = floor.call(call_id)
    assert call.status == CallStatus.RINGING
    assert call.next_check_at is not None
    # The next look may be due this very moment.
    assert timedelta(seconds=-30) < call.next_check_at - floor.now <= timedelta(minutes=5)
    floor.carrier.is_down = False
    list_at_carrier(floor, call_id, Reported.NO_ANSWER)
    sweep.sweep_once(floor.parts, floor.wait(minutes=6))
    assert floor.call(call_id).status == CallStatus.NO_ANSWER


@pytest.mark.parametrize("left", ["another key that is long enough for one", "cut off"])
def test_calls_are_swept_while_nobody_can_tell_who_is_blocked(floor: Floor, tmp_path: Path, left: str) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    with floor.database.transaction() as session:
        do_not_call.block(session, HANDSET, source="page", now=floor.now)
        do_not_call.erase(session, HANDSET, derived_key(floor.settings, "do-not-call"), floor.now)
    (tmp_path / FILE_NAME).write_text(left, encoding="ascii")
    floor.settings = floor.settings.model_copy(update={"secret_key": SecretStr(""), "data_dir": tmp_path})
    floor.spoil(Agent, agent_id, status=AgentStatus.WRAPPING_UP, wrap_up_until=floor.now - timedelta(seconds=1))
    sweep.sweep_once(floor.parts, floor.now)
    assert floor.agent(agent_id).status != AgentStatus.WRAPPING_UP
    assert floor.call(call_id).given_up_at is None
