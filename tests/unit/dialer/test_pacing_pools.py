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
    finds_one = most_served(crew, (*wanted, line)) > most_served(crew, wanted)
    served_by = [agent for agent in crew if language in agent.languages and agent.campaign_id in {"", "campaign_1"}]
    if wins and demand.total() <= len(served_by):
        assert finds_one
    if not wins:
        assert not finds_one or len(wanted) > 1


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


def test_language_that_nobody_speaks_is_not_served() -> None:
    pools = pools_for("c", ["it"], [ReadyAgent("a", frozenset({"de"}))], [])
    assert not pools.is_served(pools.lines.index(Line("c", "it")))
