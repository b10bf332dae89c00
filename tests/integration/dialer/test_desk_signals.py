"""What the desk tells: kept for the present call only, always forward, and rung through to the ticker."""

import pytest

from dialer import desk_signals
from foundation.errors import Invalid
from tests.integration.dialer.floor import Floor


@pytest.fixture
def talk(floor: Floor) -> tuple[str, str]:
    """An agent and the call that they are in."""
    agent_id = floor.add_ready_agent()
    return agent_id, floor.talk(floor.add_campaign(2))


def tell(floor: Floor, agent_id: str, call_id: str, signal: str) -> bool:
    return desk_signals.note_signal(floor.parts, agent_id, call_id, signal, floor.now)


def test_signal_of_the_present_call_begins_a_new_part_of_the_talk(floor: Floor, talk: tuple[str, str]) -> None:
    agent_id, call_id = talk
    assert tell(floor, agent_id, call_id, "form_open")
    agent = floor.agent(agent_id)
    assert (agent.signal, agent.status) == ("form_open", "on_call")
    assert agent.signal_at is not None


def test_going_back_in_the_talk_or_saying_the_same_tells_nothing(floor: Floor, talk: tuple[str, str]) -> None:
    agent_id, call_id = talk
    assert tell(floor, agent_id, call_id, "nearly_done")
    history = floor.agent_history(agent_id)
    assert not any(tell(floor, agent_id, call_id, signal) for signal in desk_signals.SIGNALS)
    assert floor.agent(agent_id).signal == "nearly_done"
    assert floor.agent_history(agent_id) == history


def test_signal_of_another_call_or_of_none_changes_nothing(floor: Floor, talk: tuple[str, str]) -> None:
    agent_id, call_id = talk
    other = floor.add_ready_agent()
    assert not tell(floor, agent_id, "call_other", "notes")
    assert not tell(floor, other, call_id, "notes")
    assert not tell(floor, other, "", "notes")
    assert (floor.agent(agent_id).signal, floor.agent(other).signal) == ("", "")


def test_next_step_of_work_begins_without_a_signal(floor: Floor, talk: tuple[str, str]) -> None:
    agent_id, call_id = talk
    tell(floor, agent_id, call_id, "notes")
    floor.hang_up(call_id)
    assert (floor.agent(agent_id).status, floor.agent(agent_id).signal) == ("wrapping_up", "")
    assert tell(floor, agent_id, call_id, "form_open")


def test_unknown_signal_is_refused(floor: Floor, talk: tuple[str, str]) -> None:
    agent_id, call_id = talk
    with pytest.raises(Invalid):
        tell(floor, agent_id, call_id, "said: I will buy it")
