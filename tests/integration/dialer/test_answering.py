"""A person has picked up: the right agent at once, or the lawful message; never one agent for two people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns.tables import ContactStatus
from dialer import desk, sweep
from dialer.call_states import CallStatus
from dialer.tables import Agent
from foundation.database import Database
from telephony.carrier import HangUp, JoinRoom, Park, Reported, SayAndHangUp
from tests.integration.dialer.floor import Floor


def test_answered_contact_joins_the_room_in_which_the_agent_is_parked(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    assert floor.answer(call_id) == JoinRoom(floor.agent(agent_id).leg_call_id, call_id)
    assert floor.call(call_id).status == CallStatus.CONNECTING
    assert floor.agent(agent_id).status == "reserved"
    floor.report(call_id, Reported.JOINED)
    assert floor.call(call_id).status == CallStatus.BRIDGED
    assert floor.agent(agent_id).status == "on_call"


def test_agents_own_phone_is_parked_when_it_is_answered(floor: Floor) -> None:
    agent_id = floor.add_agent("de")
    desk.go_ready(floor.parts, agent_id, floor.now)
    leg_id = floor.agent(agent_id).leg_call_id
    floor.place(leg_id)
    assert floor.answer(leg_id) == Park(leg_id, leg_id, ends_room=False)
    assert floor.agent(agent_id).status == "offline"  # not before the leg is in its room
    floor.report(leg_id, Reported.JOINED)
    assert floor.agent(agent_id).status == "ready"


def test_whoever_waits_longest_is_taken_first(floor: Floor) -> None:
    first, second, third = (floor.add_ready_agent("de") for _ in range(3))
    campaign_id = floor.add_campaign(3)
    floor.tick(campaign_id)
    for call_id in floor.call_ids():
        floor.place(call_id)
        floor.answer(call_id)
    assert [floor.call(call_id).agent_id for call_id in floor.call_ids()] == [first, second, third]


def test_agent_who_does_not_speak_the_language_is_left_waiting(floor: Floor) -> None:
    floor.add_ready_agent("fr", "it")
    german = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    assert floor.call(call_id).agent_id == german


def test_agent_of_another_campaign_is_left_waiting(floor: Floor) -> None:
    elsewhere = floor.add_campaign()
    floor.add_ready_agent("de", campaign_id=elsewhere)
    here = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    assert floor.call(call_id).agent_id == here


def test_only_agent_for_a_second_line_is_spared_though_waiting_longest(floor: Floor) -> None:
    both = floor.add_ready_agent("de", "fr")
    german = floor.add_ready_agent("de")
    floor.tick(floor.add_campaign(2, languages=["de", "fr"]))
    by_language = {floor.call(call_id).language: call_id for call_id in floor.call_ids()}
    for call_id in by_language.values():
        floor.place(call_id)
    floor.answer(by_language["de"])
    floor.answer(by_language["fr"])
    assert floor.call(by_language["de"]).agent_id == german
    assert floor.call(by_language["fr"]).agent_id == both


@pytest.mark.parametrize("in_between", [None, Reported.ANSWERED, Reported.JOINED])
def test_carrier_that_asks_again_gets_the_same_answer(floor: Floor, in_between: Reported | None) -> None:
    floor.add_ready_agent("de")
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    told = floor.answer(call_id)
    if in_between is not None:
        floor.report(call_id, in_between)
    assert floor.answer(call_id) == told
    with floor.database.reading() as session:
        taken = session.scalars(select(Agent.id).where(Agent.status.in_(["reserved", "on_call"]))).all()
    assert len(taken) == 1


def test_progress_report_that_comes_first_does_not_cost_the_answer_its_agent(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.report(call_id, Reported.ANSWERED)
    assert isinstance(floor.answer(call_id), JoinRoom)


@pytest.mark.parametrize(("language", "greeting"), [("de", "Guten Tag"), ("fr", "Bonjour"), ("it", "Buongiorno")])
def test_person_whom_nobody_can_take_hears_who_called_in_their_language(
    floor: Floor, language: str, greeting: str
) -> None:
    agent_id = floor.add_ready_agent(language)
    call_id = floor.ring(floor.add_campaign(languages=[language], announced_as="Beispiel AG"))
    desk.pause(floor.parts, agent_id, "lunch", floor.now)
    told = floor.answer(call_id)
    assert isinstance(told, SayAndHangUp)
    assert (told.language, told.text[: len(greeting)]) == (language, greeting)
    assert "Beispiel AG" in told.text
    assert floor.answer(call_id) == told


def test_abandoned_contact_rests_for_three_days(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    desk.pause(floor.parts, agent_id, "lunch", floor.now)
    floor.answer(call_id)
    call, contact = floor.call(call_id), floor.contact_of(call_id)
    assert (call.status, call.agent_id) == (CallStatus.ABANDONED, None)
    assert (contact.status, contact.attempts_made) == (ContactStatus.WAITING, 1)
    assert timedelta(hours=71, minutes=59) < contact.not_before - floor.now <= timedelta(hours=72)
    floor.report(call_id, Reported.COMPLETED)
    assert floor.call(call_id).status == CallStatus.ABANDONED
    assert floor.contact_of(call_id).attempts_made == 1


def test_call_that_is_over_or_not_ours_is_hung_up(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.report(call_id, Reported.CANCELED)
    assert floor.answer(call_id) == HangUp()
    assert floor.answer("call_nobodys") == HangUp()


def test_contact_who_hangs_up_on_the_way_gives_the_agent_back_at_the_head_of_the_line(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    waiting_since = floor.agent(agent_id).ready_since
    floor.wait(minutes=1)
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    assert floor.call(call_id).agent_id == agent_id
    floor.report(call_id, Reported.COMPLETED)
    assert floor.agent(agent_id).status == "reserved"  # a late join may still be on its way
    settle(floor, call_id)
    agent = floor.agent(agent_id)
    assert (agent.status, agent.ready_since, agent.current_call_id) == ("ready", waiting_since, "")
    assert floor.contact_of(call_id).status == ContactStatus.WAITING


def test_join_that_arrives_after_the_end_still_counts_as_a_talk(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    floor.report(call_id, Reported.COMPLETED)
    floor.report(call_id, Reported.JOINED)
    assert floor.call(call_id).status == CallStatus.COMPLETED
    assert floor.agent(agent_id).status == "wrapping_up"
    assert floor.contact_of(call_id).status == ContactStatus.RESERVED


def settle(floor: Floor, call_id: str) -> None:
    floor.wait(seconds=5)
    sweep.sweep_once(floor.parts, floor.now)
    assert floor.call(call_id).status == CallStatus.HUNG_UP_BEFORE_BRIDGE


def test_people_who_answer_at_once_never_share_an_agent(floor: Floor, database_url: str) -> None:
    crew = [floor.add_ready_agent("de") for _ in range(6)]
    campaign_id = floor.add_campaign(6)
    floor.tick(campaign_id)
    call_ids = floor.call_ids()
    for call_id in call_ids:
        floor.place(call_id)
    for agent_id in crew[4:]:
        desk.pause(floor.parts, agent_id, "lunch", floor.now)
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    with ThreadPoolExecutor(6) as threads:
        # Each is asked twice, as by a carrier that did not hear the first reply.
        asked = [threads.submit(side.answer, call_id) for call_id in call_ids for side in sides]
        told = [each.result() for each in asked]
    second.dispose()
    assert told[::2] == told[1::2]
    rooms = [each.room for each in told[::2] if isinstance(each, JoinRoom)]
    assert sorted(rooms) == sorted(floor.agent(agent_id).leg_call_id for agent_id in crew[:4])
    assert [floor.agent(agent_id).current_call_id for agent_id in crew[4:]] == ["", ""]
    taken_by = [taker for call_id in call_ids if (taker := floor.call(call_id).agent_id)]
    assert sorted(taken_by) == sorted(crew[:4])
    assert sorted(floor.call(call_id).status for call_id in call_ids) == ["abandoned"] * 2 + ["connecting"] * 4
