"""Matching of lines to agents, compared with trying everything."""

from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.matching import agents_without_a_line, order_candidates
from dialer.pacing.policy import Line, ReadyAgent
from tests.unit.dialer.pacing_strategies import can_take, crews, lines, most_served

few_lines = st.lists(lines, max_size=4).map(tuple)


@given(crew=crews(5), dialing=few_lines)
def test_as_many_lines_as_possible_have_an_agent(crew: tuple[ReadyAgent, ...], dialing: tuple[Line, ...]) -> None:
    free = agents_without_a_line(crew, dialing)
    assert len(crew) - len(free) == most_served(crew, dialing)


@given(crew=crews(5), dialing=few_lines)
def test_those_who_are_spoken_for_can_really_serve_the_lines(
    crew: tuple[ReadyAgent, ...], dialing: tuple[Line, ...]
) -> None:
    free = agents_without_a_line(crew, dialing)
    spoken_for = tuple(agent for agent in crew if agent not in free)
    assert most_served(spoken_for, dialing) == len(spoken_for)


@given(crew=crews(5), dialing=few_lines)
def test_free_agents_keep_their_order(crew: tuple[ReadyAgent, ...], dialing: tuple[Line, ...]) -> None:
    free = agents_without_a_line(crew, dialing)
    assert free == [agent for agent in crew if agent in free]


@given(crew=crews(5), line=lines, others=few_lines)
def test_candidates_are_exactly_those_who_may_take_the_line(
    crew: tuple[ReadyAgent, ...], line: Line, others: tuple[Line, ...]
) -> None:
    able = {agent.agent_id for agent in crew if can_take(agent, line)}
    candidates = order_candidates(crew, line, others)
    assert set(candidates) == able
    assert len(candidates) == len(able)


@given(crew=crews(5), line=lines, others=few_lines)
def test_first_candidate_costs_the_other_lines_least_and_waits_longest_among_such(
    crew: tuple[ReadyAgent, ...], line: Line, others: tuple[Line, ...]
) -> None:
    left_for_others = {
        agent.agent_id: most_served(tuple(each for each in crew if each is not agent), others)
        for agent in crew
        if can_take(agent, line)
    }
    best = max(left_for_others.values(), default=0)
    expected = [agent_id for agent_id, served in left_for_others.items() if served == best]
    assert order_candidates(crew, line, others)[: len(expected)] == expected


def test_agent_with_one_language_is_spoken_for_before_one_with_two() -> None:
    both, german = ReadyAgent("both", frozenset({"de", "fr"})), ReadyAgent("german", frozenset({"de"}))
    assert agents_without_a_line([both, german], [Line("campaign_1", "de")]) == [both]


def test_line_moves_to_another_agent_where_that_frees_the_only_one_for_a_second_line() -> None:
    both, german = ReadyAgent("both", frozenset({"de", "fr"})), ReadyAgent("german", frozenset({"de"}))
    dialing = [Line("campaign_1", "de"), Line("campaign_1", "fr")]
    assert agents_without_a_line([both, german], dialing) == []
    assert order_candidates([both, german], dialing[0], dialing[1:]) == ["german", "both"]
