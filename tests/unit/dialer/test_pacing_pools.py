"""Pools of agents who speak several languages, compared with trying everything."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.policy import Line, ReadyAgent
from dialer.pacing.pools import pools_for
from tests.unit.dialer.pacing_strategies import LANGUAGES, crews, lines, most_served


@given(crew=crews(5), wanted=st.lists(lines, max_size=4).map(tuple), language=st.sampled_from(LANGUAGES))
def test_line_that_wins_a_contest_of_each_group_finds_an_agent_beside_all_others(
    crew: tuple[ReadyAgent, ...], wanted: tuple[Line, ...], language: str
) -> None:
    line = Line("campaign_1", language)
    pools = pools_for("campaign_1", [language], crew, wanted)
    place = pools.lines.index(line)
    demand = Counter(pools.lines.index(each) for each in wanted if each in pools.lines)
    supply = Counter(pools.agents.index((agent.languages, agent.campaign_id)) for agent in crew)
    wins = all(
        any(sum(demand[k] for k in contest.lines) < sum(supply[a] for a in contest.agents) for contest in chain)
        for chain in pools.contests[place]
    )
    assert wins == (most_served(crew, (*wanted, line)) > most_served(crew, wanted))


def test_two_languages_with_agents_of_their_own_do_not_compete() -> None:
    crew = [ReadyAgent("a", frozenset({"de"})), ReadyAgent("b", frozenset({"fr"}))]
    pools = pools_for("c", ["de", "fr"], crew, [])
    de = pools.lines.index(Line("c", "de"))
    alone = min(pools.contests[de], key=lambda chain: len(chain[0].lines))
    assert len(alone[0].lines) == 1
    assert len(alone[0].agents) == 1


def test_overflow_of_one_language_leaves_the_agents_whom_it_cannot_ask() -> None:
    crew = [ReadyAgent("a", frozenset({"de"})), ReadyAgent("b", frozenset({"fr"}))]
    pools = pools_for("c", ["de", "fr"], crew, [])
    de, fr = pools.lines.index(Line("c", "de")), pools.lines.index(Line("c", "fr"))
    demand = {de: 9, fr: 0}
    for chain in pools.contests[fr]:
        assert any(sum(demand[k] for k in each.lines) < len(each.agents) for each in chain)


def test_part_of_a_group_with_too_many_lines_takes_nothing_from_the_rest_of_it() -> None:
    crew = [ReadyAgent(name, frozenset({name})) for name in ("de", "fr")]
    crew += [ReadyAgent("both", frozenset({"de", "fr"})), ReadyAgent("it", frozenset({"it", "fr"}))]
    pools = pools_for("c", LANGUAGES, crew, [])
    de, fr, it = (pools.lines.index(Line("c", language)) for language in ("de", "fr", "it"))
    # Nine in Italian have one agent; what is left, one in German and one in French, has three.
    demand = {de: 1, fr: 1, it: 9}
    for place in (de, fr):
        for chain in pools.contests[place]:
            assert any(sum(demand[k] for k in each.lines) < len(each.agents) for each in chain)


def test_language_that_nobody_speaks_is_not_served() -> None:
    pools = pools_for("c", ["it"], [ReadyAgent("a", frozenset({"de"}))], [])
    assert not pools.is_served(pools.lines.index(Line("c", "it")))
