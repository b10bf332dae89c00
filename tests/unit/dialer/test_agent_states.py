"""An agent's table of states: who may be reserved, and what a person in a talk can not lose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.agent_states import BUSY, MOVES, AgentMove, AgentStatus, next_agent_status


def test_only_a_ready_agent_can_be_reserved() -> None:
    assert [before for before, move in MOVES if move is AgentMove.RESERVE] == [AgentStatus.READY]


def test_a_talk_is_reached_through_a_reservation_alone() -> None:
    into_talk = {(before, move) for (before, move), after in MOVES.items() if after is AgentStatus.ON_CALL}
    assert into_talk == {(AgentStatus.RESERVED, AgentMove.CONNECT)}


@pytest.mark.parametrize("status", [AgentStatus.RESERVED, AgentStatus.ON_CALL])
@pytest.mark.parametrize("move", [AgentMove.PAUSE, AgentMove.SIGN_OFF, AgentMove.GO_READY, AgentMove.LOSE_LEG])
def test_nothing_but_the_calls_own_end_takes_an_agent_from_a_contact(status: AgentStatus, move: AgentMove) -> None:
    assert next_agent_status(status, move) is None


@given(st.lists(st.sampled_from(AgentMove), max_size=40))
def test_every_sequence_of_wishes_leaves_an_agent_in_a_known_state(moves: list[AgentMove]) -> None:
    status = AgentStatus.OFFLINE
    calls_held = 0
    for move in moves:
        after = next_agent_status(status, move)
        if after is None:
            continue
        calls_held += (move is AgentMove.RESERVE) - (status in BUSY and after not in BUSY)
        assert calls_held in {0, 1}
        assert (after in BUSY) == (calls_held == 1)
        status = after
