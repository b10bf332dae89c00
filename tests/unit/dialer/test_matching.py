"""Matching of lines to agents, compared with trying everything."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.matching import lines_to_add, order_candidates
from dialer.pacing.policy import Line, ReadyAgent
from tests.unit.dialer.pacing_strategies import can_take, crews, lines, most_served

few_lines = st.lists(lines, max_size=4).map(tuple)


due_lines = st.dictionaries(lines, st.integers(0, 3), max_size=3)


@given(crew=crews(5), dialing=few_lines, due=due_lines)
def test_as_many_lines_are_added_as_can_have_an_agent_beside_those_being_dialed(
    crew: tuple[ReadyAgent, ...], dialing: tuple[Line, ...], due: dict[Line, int]
) -> None:
    wanted = tuple(line for line, count in due.items() for _ in range(min(count, len(crew))))
    added = tuple(lines_to_add(crew, dialing, due).elements())
    served_before = most_served(crew, dialing)
    assert len(added) == most_served(crew, (*dialing, *wanted)) - served_before
    assert most_served(crew, (*dialing, *added)) == served_before + len(added)


@given(crew=crews(5), dialing=few_lines, due=due_lines)
def test_no_more_lines_are_added_than_are_due(
    crew: tuple[ReadyAgent, ...], dialing: tuple[Line, ...], due: dict[Line, int]
) -> None:
    assert all(0 < count <= due[line] for line, count in lines_to_add(crew, dialing, due).items())


@given(crew=crews(5), line=lines, others=few_lines)
def test_candidates_are_exactly_those_who_may_take_the_line(
    crew: tuple[ReadyAgent, ...], line: Line, others: tuple[Line, ...]
) -> None:
    able = {agent.agent_id for agent in crew if can_take(agent, line)}
    candidates = order_candidates(crew, line, others)
    assert set(candidates) == able
    assert len(candidates) == len(able)


@given(crew=crews(5), line=lines, others=few_lines)
def test_first_candidates_cost_the_other_lines_least_and_of_one_kind_the_longest_waiting_comes_first(
    crew: tuple[ReadyAgent, ...], line: Line, others: tuple[Line, ...]
) -> None:
    left_for_others = {
        agent.agent_id: most_served(tuple(each for each in crew if each is not agent), others)
        for agent in crew
        if can_take(agent, line)
    }
    best = max(left_for_others.values(), default=0)
    expected = [agent_id for agent_id, served in left_for_others.items() if served == best]
    found = order_candidates(crew, line, others)
    assert set(found[: len(expected)]) == set(expected)
    waiting = {agent.agent_id: place for place, agent in enumerate(crew)}
    kind = {agent.agent_id: (agent.languages, agent.campaign_id) for agent in crew}
    for earlier, later in combinations(found, 2):
        if kind[earlier] == kind[later]:
            assert waiting[earlier] < waiting[later]


DE, FR = Line("campaign_1", "de"), Line("campaign_1", "fr")
BOTH, GERMAN = ReadyAgent("both", frozenset({"de", "fr"})), ReadyAgent("german", frozenset({"de"}))


def test_agent_with_one_language_is_spoken_for_before_one_with_two() -> None:
    assert lines_to_add([BOTH, GERMAN], [DE], {FR: 5}) == {FR: 1}


def test_agent_with_two_languages_leaves_the_other_one_to_whom_speaks_no_other() -> None:
    assert lines_to_add([BOTH, GERMAN], [], {DE: 1, FR: 1}) == {DE: 1, FR: 1}


def test_language_with_the_most_contacts_left_comes_first() -> None:
    assert lines_to_add([BOTH, BOTH, BOTH], [], {DE: 1, FR: 9}) == {FR: 3}


def test_line_moves_to_another_agent_where_that_frees_the_only_one_for_a_second_line() -> None:
    assert lines_to_add([BOTH, GERMAN], [DE, FR], {DE: 5, FR: 5}) == {}
    assert order_candidates([BOTH, GERMAN], DE, [FR]) == ["german", "both"]


def test_where_more_lines_are_out_than_agents_the_agent_of_the_rarer_language_is_left_to_it() -> None:
    waiting_longest_speaks_both = [BOTH, GERMAN, GERMAN]
    assert order_candidates(waiting_longest_speaks_both, DE, [DE] * 9 + [FR])[0] == "german"


def test_who_waits_longest_comes_first_while_nobody_of_the_rarer_language_is_dialed() -> None:
    assert order_candidates([BOTH, GERMAN], DE, [DE] * 9) == ["both", "german"]
