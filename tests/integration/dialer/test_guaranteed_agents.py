"""Whoever answered and found nobody is called again only with an agent who is kept for that call."""

from campaigns.tables import Campaign
from dialer import dialing, steering
from dialer.pacing.policy import Decision
from dialer.pacing_facts import CarrierState, gather_facts
from telephony.carrier import JoinRoom, Reported
from tests.integration.dialer.floor import Floor


def abandon_two_of_three(floor: Floor) -> tuple[str, str]:
    """A power campaign of which two contacts found nobody, three days later; its id and that of its ready agent."""
    campaign_id = floor.add_campaign(3, pacing_mode="power", dial_level=3.0)
    agent_id = floor.add_ready_agent()
    floor.tick(campaign_id)
    talked, *others = floor.call_ids()
    for call_id in (talked, *others):
        floor.place(call_id)
        floor.report(call_id, Reported.RINGING)
    assert isinstance(floor.answer(talked), JoinRoom)
    floor.report(talked, Reported.JOINED)
    for call_id in others:
        floor.answer(call_id)
    floor.wait(seconds=3)
    for call_id in others:
        floor.answer(call_id)
        assert floor.call(call_id).status == "abandoned"
    floor.hang_up(talked)
    floor.say(talked, "not_interested")
    floor.wait(hours=73)
    return campaign_id, agent_id


def test_contact_that_found_nobody_has_an_agent_of_its_own_the_next_time(floor: Floor) -> None:
    campaign_id, agent_id = abandon_two_of_three(floor)
    before = set(floor.call_ids())
    with floor.database.transaction() as session:  # more than the brake would let pass after so many abandoned calls
        campaign = session.get_one(Campaign, campaign_id)
        carrier = CarrierState(50, 10.0, floor.now)
        facts = gather_facts(session, campaign, carrier, floor.now, steering.look(session, campaign, floor.now))
        dialing.carry_out(floor.parts, session, campaign, Decision({"de": 2}), facts, floor.now)
    (again,) = (floor.call(call_id) for call_id in floor.call_ids() if call_id not in before)
    assert (again.keeps_agent, again.for_agent_id, again.attempt_number) == (True, agent_id, 2)
    (waiting,) = (contact for contact in floor.contacts(campaign_id) if contact.status == "waiting")
    assert waiting.waits_for == "waits_for_agent"


def test_kept_agent_is_taken_by_nobody_else_and_takes_the_call(floor: Floor) -> None:
    campaign_id, agent_id = abandon_two_of_three(floor)
    before = set(floor.call_ids())
    floor.tick(campaign_id)
    (again,) = set(floor.call_ids()) - before
    floor.place(again)
    other = floor.add_campaign(1)
    assert floor.tick(other) is not None
    assert set(floor.call_ids()) - before == {again}
    assert isinstance(floor.answer(again), JoinRoom)
    assert floor.call(again).agent_id == agent_id


def test_call_of_such_a_contact_does_not_leave_once_its_agent_has_gone(floor: Floor) -> None:
    campaign_id, agent_id = abandon_two_of_three(floor)
    before = set(floor.call_ids())
    floor.tick(campaign_id)
    (again,) = set(floor.call_ids()) - before
    floor.go_away(agent_id)
    floor.add_ready_agent("fr")
    floor.place(again)
    assert floor.call(again).status == "withdrawn"
