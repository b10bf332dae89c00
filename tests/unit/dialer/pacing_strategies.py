"""Agents, lines and facts for Hypothesis: few languages and campaigns, so that they meet."""

from hypothesis import strategies as st

from dialer.pacing.policy import Line, PacingFacts, ReadyAgent

LANGUAGES = ("de", "fr", "it")
CAMPAIGNS = ("campaign_1", "campaign_2")

lines = st.builds(Line, st.sampled_from(CAMPAIGNS), st.sampled_from(LANGUAGES))


@st.composite
def crews(draw: st.DrawFn, most: int = 6) -> tuple[ReadyAgent, ...]:
    """Ready agents, longest waiting first."""
    spoken = st.frozensets(st.sampled_from(LANGUAGES), min_size=1)
    campaign = st.sampled_from(("", *CAMPAIGNS))
    kinds = draw(st.lists(st.tuples(spoken, campaign), max_size=most))
    return tuple(ReadyAgent(f"agent_{number}", *kind) for number, kind in enumerate(kinds))


@st.composite
def pacing_facts(draw: st.DrawFn) -> PacingFacts:
    """What a policy may know of campaign_1."""
    return PacingFacts(
        campaign_id="campaign_1",
        is_running=draw(st.booleans()) or draw(st.booleans()),
        ready=draw(crews()),
        dialing=tuple(draw(st.lists(lines, max_size=6))),
        due=draw(st.dictionaries(st.sampled_from(LANGUAGES), st.integers(0, 8))),
        room=draw(st.integers(-2, 10)),
        dial_level=draw(st.floats(1, 3)),
    )


def can_take(agent: ReadyAgent, line: Line) -> bool:
    """Whether this agent may talk to whoever answers this line."""
    return line.language in agent.languages and agent.campaign_id in {"", line.campaign_id}


def most_served(agents: tuple[ReadyAgent, ...], wanted: tuple[Line, ...]) -> int:
    """The greatest number of lines that can each have an agent, by trying everything."""
    if not wanted:
        return 0
    best = most_served(agents, wanted[1:])
    for index, agent in enumerate(agents):
        if can_take(agent, wanted[0]):
            best = max(best, 1 + most_served(agents[:index] + agents[index + 1 :], wanted[1:]))
    return best
