"""What the pacing learns from rows, once each, whichever ticker looks."""

from datetime import timedelta

from sqlalchemy import select

from campaigns.tables import Campaign
from dialer import agents, learning, steering
from dialer.pacing.habits import Habits
from dialer.pacing.policy import Account, Limit
from dialer.tables import AgentEvent, Call, PacingState
from telephony.carrier import Reported
from tests.integration.dialer.floor import Floor

TERMS = (Limit(abandoned_share=0.03), Account())


def learn(floor: Floor, campaign_id: str) -> Habits:
    with floor.database.transaction() as session:
        state = learning.state_of(session, campaign_id, floor.now)
        return learning.learn_from_rows(session, session.get_one(Campaign, campaign_id), state, TERMS, floor.now)


def talk_once(floor: Floor, campaign_id: str) -> str:
    """One call that is answered after eight seconds of ringing; its id."""
    call_id = floor.ring(campaign_id)
    floor.wait(seconds=8)
    floor.answer(call_id)
    floor.report(call_id, Reported.JOINED)
    return call_id


def test_answered_line_is_learned_at_its_age_and_only_once(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    floor.add_ready_agent("de")
    learn(floor, campaign_id)
    talk_once(floor, campaign_id)
    assert learn(floor, campaign_id).lines_seen == 0  # too fresh: transactions may still be open
    floor.wait(seconds=64)
    habits = learn(floor, campaign_id)
    assert sum(habits.answered[16:20]) == 1.0
    assert any(name.startswith("hour:") for name in habits.segments) or habits.segments == {}
    floor.wait(seconds=64)
    assert learn(floor, campaign_id).lines_seen <= 1.0


def test_line_that_nobody_picked_up_is_learned_as_ended_and_one_given_up_apart(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    floor.add_ready_agent("de")
    learn(floor, campaign_id)
    for ending in (Reported.NO_ANSWER, Reported.CANCELED):
        call_id = floor.ring(campaign_id)
        if ending is Reported.CANCELED:
            floor.spoil(Call, call_id, given_up_at=floor.now)
        floor.wait(seconds=20)
        floor.report(call_id, ending)
    floor.wait(seconds=64)
    habits = learn(floor, campaign_id)
    assert (sum(habits.answered), round(sum(habits.ended), 3), sum(habits.given_up)) == (0.0, 1.0, 1.0)


def test_steps_of_work_are_learned_with_the_desks_signals_between_them(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    agent_id = floor.add_ready_agent("de")
    learn(floor, campaign_id)
    call_id = talk_once(floor, campaign_id)
    floor.wait(seconds=60)
    with floor.database.transaction() as session:
        agent = agents.lock_agent(session, agent_id)
        assert agents.note_signal(session, agent, "form_open", floor.now)
        assert not agents.note_signal(session, agent, "form_open", floor.now)
    floor.wait(seconds=7)
    floor.hang_up(call_id)
    floor.wait(seconds=30)
    floor.say(call_id, "not_interested")
    floor.wait(seconds=64)
    steps = learn(floor, campaign_id).steps
    assert sum(steps["talking"]["talking+form_open"]) == 1.0
    assert sum(steps["talking+form_open"]["wrapping_up"]) == 1.0
    assert sum(steps["wrapping_up"]["ready"]) == 1.0
    with floor.database.reading() as session:
        told = session.scalars(select(AgentEvent.why).where(AgentEvent.why.startswith("signal:"))).all()
    assert list(told) == ["signal:form_open"]


def test_signal_is_forgotten_with_the_step_and_means_nothing_to_who_does_not_work(floor: Floor) -> None:
    campaign_id = floor.add_campaign(1)
    agent_id = floor.add_ready_agent("de")
    with floor.database.transaction() as session:
        assert not agents.note_signal(session, agents.lock_agent(session, agent_id), "nearly_done", floor.now)
    call_id = talk_once(floor, campaign_id)
    with floor.database.transaction() as session:
        agents.note_signal(session, agents.lock_agent(session, agent_id), "nearly_done", floor.now)
    floor.hang_up(call_id)
    assert (floor.agent(agent_id).signal, floor.agent(agent_id).signal_at) == ("", None)


def test_what_was_learned_outlives_the_ticker(floor: Floor) -> None:
    campaign_id = floor.add_campaign(1)
    floor.add_ready_agent("de")
    learn(floor, campaign_id)
    talk_once(floor, campaign_id)
    floor.wait(seconds=64)
    known = learn(floor, campaign_id)
    with floor.database.reading() as session:
        state = session.get_one(PacingState, campaign_id)
        assert Habits.from_record(state.habits).to_record() == known.to_record()
        assert state.lines_until > floor.now - timedelta(seconds=70)


def test_who_waits_is_counted_by_language_now_and_then_and_not_at_each_look(floor: Floor) -> None:
    campaign_id = floor.add_campaign(3)
    floor.add_ready_agent("de")
    assert waiting(floor, campaign_id) == {"de": 3}
    floor.ring(campaign_id)
    floor.wait(seconds=60)
    assert waiting(floor, campaign_id) == {"de": 3}
    floor.wait(seconds=600)
    assert waiting(floor, campaign_id) == {"de": 2}


def waiting(floor: Floor, campaign_id: str) -> dict[str, int]:
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        return dict(steering.bring_up_to_date(session, campaign, floor.now).waiting)
