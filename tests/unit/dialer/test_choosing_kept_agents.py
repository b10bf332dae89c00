"""Which agent is kept for which contact: one each, in a language they share, and whoever promised before all others."""

from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.policy import Line, ReadyAgent
from dialer.pacing.preview import choose_agents

GERMAN, FRENCH = Line("campaign", "de"), Line("campaign", "fr")
BOTH = ReadyAgent("both", frozenset({"de", "fr"}))
ONLY_GERMAN = ReadyAgent("german", frozenset({"de"}))


def test_agent_with_one_language_leaves_the_other_for_the_next_contact() -> None:
    assert choose_agents([BOTH, ONLY_GERMAN], {"both", "german"}, [(GERMAN, ""), (FRENCH, "")]) == ["german", "both"]


def test_contact_whose_owner_waits_but_is_not_free_has_nobody() -> None:
    assert choose_agents([BOTH, ONLY_GERMAN], {"german"}, [(GERMAN, "both")]) == [""]


def test_contact_whose_owner_is_away_has_anybody() -> None:
    assert choose_agents([ONLY_GERMAN], {"german"}, [(GERMAN, "both")]) == ["german"]


@given(
    st.lists(st.sets(st.sampled_from(["de", "fr", "it"]), min_size=1), max_size=5),
    st.sets(st.integers(0, 4)),
    st.lists(st.tuples(st.sampled_from(["de", "fr", "it"]), st.sampled_from(["", "a0", "a1", "gone"])), max_size=5),
)
def test_nobody_is_kept_twice_or_for_a_language_that_they_do_not_speak(
    spoken: list[set[str]], free: set[int], wanted: list[tuple[str, str]]
) -> None:
    ready = [ReadyAgent(f"a{number}", frozenset(languages)) for number, languages in enumerate(spoken)]
    names = {f"a{number}" for number in free}
    chosen = choose_agents(ready, names, [(Line("c", language), owner) for language, owner in wanted])
    taken = [agent_id for agent_id in chosen if agent_id]
    assert len(taken) == len(set(taken))
    assert set(taken) <= names
    speaks = {agent.agent_id: agent.languages for agent in ready}
    for agent_id, (language, owner) in zip(chosen, wanted, strict=True):
        assert not agent_id or language in speaks[agent_id]
        assert not agent_id or owner not in speaks or agent_id == owner
