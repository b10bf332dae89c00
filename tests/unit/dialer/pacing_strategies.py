"""Agents, lines and facts for Hypothesis: few languages and campaigns, so that they meet."""

from random import Random

from hypothesis import strategies as st

from dialer.pacing.habits import AWAY, NOTHING_KNOWN, READY, Habits, LineOutcome, StepOutcome
from dialer.pacing.lessons import learn
from dialer.pacing.policy import Account, Brake, BusyAgent, DialedLine, Limit, Line, PacingFacts, ReadyAgent

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


dialed_lines = st.builds(
    DialedLine,
    lines,
    call_id=st.uuids().map(str),
    age_seconds=st.floats(0, 60),
    ring_seconds=st.none() | st.floats(0, 60),
    segments=st.sampled_from(((), ("hour:10", "type:mobile"))),
    is_promised=st.booleans(),
    is_queued=st.booleans(),
)
STEPS = ("reserved", "talking", "talking+form_open", "wrapping_up", "never_seen")


@st.composite
def busy_crews(draw: st.DrawFn, most: int = 5) -> tuple[BusyAgent, ...]:
    """Agents who talk or wrap up."""
    spoken = st.frozensets(st.sampled_from(LANGUAGES), min_size=1)
    kind = st.tuples(spoken, st.sampled_from(STEPS), st.floats(0, 2000), st.sampled_from(("", *CAMPAIGNS)))
    return tuple(BusyAgent(f"busy_{number}", *each) for number, each in enumerate(draw(st.lists(kind, max_size=most))))


limits = st.builds(
    Limit,
    abandoned_share=st.sampled_from((0.0, 0.003, 0.03)),
    min_ring_seconds=st.sampled_from((0.0, 15.0)),
    answer_grace_seconds=st.sampled_from((0.0, 2.0)),
    may_play_message=st.booleans(),
)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """What was abandoned so far."""
    answered = draw(st.integers(0, 3000))
    abandoned = draw(st.integers(0, min(answered, 150)))
    return Account(answered, abandoned, draw(st.integers(0, abandoned)), draw(st.none() | st.floats(0, 30_000)))


def some_habits(seed: int = 1, lines_seen: int = 400) -> Habits:
    """What a campaign knows after a while: a quarter answers, talks of two minutes, a form that opens at their end."""
    rng = Random(seed)
    line_outcomes, steps = [], []
    for _ in range(lines_seen):
        answers = rng.random() < 0.25
        age = min(25.0, rng.gammavariate(3, 11 / 3)) if answers else rng.choice((2.0, 25.0))
        line_outcomes.append(LineOutcome(age, answers, setup_seconds=2.5, segments=("hour:10",)))
        talk, wrap = rng.lognormvariate(4.3, 0.9), rng.gammavariate(2, 10)
        if rng.random() < 0.8:
            steps.append(StepOutcome("talking", max(0.0, talk - 8), "talking+form_open"))
            steps.append(StepOutcome("talking+form_open", min(8.0, talk), "wrapping_up"))
        else:
            steps.append(StepOutcome("talking", talk, "wrapping_up"))
        steps.append(StepOutcome("wrapping_up", wrap, READY if rng.random() < 0.95 else AWAY))
    return learn(NOTHING_KNOWN, line_outcomes, steps)


EXPERIENCED = some_habits()


@st.composite
def pacing_facts(draw: st.DrawFn) -> PacingFacts:
    """What a policy may know of campaign_1."""
    return PacingFacts(
        campaign_id="campaign_1",
        is_running=draw(st.booleans()) or draw(st.booleans()),
        ready=draw(crews()),
        dialing=tuple(draw(st.lists(dialed_lines, max_size=6))),
        due=draw(st.dictionaries(st.sampled_from(LANGUAGES), st.integers(0, 8))),
        room=draw(st.integers(-2, 10)),
        dial_level=draw(st.floats(1, 3)),
        busy=draw(busy_crews()),
        waiting=tuple(draw(st.lists(lines, max_size=2))),
        calls_per_second=draw(st.none() | st.floats(0.2, 10)),
        carrier_delay_seconds=draw(st.sampled_from((0.0, 3.0))),
        limit=draw(limits),
        account=draw(accounts()),
        brake=draw(st.sampled_from((Brake.OFF, Brake.OFF, Brake.ONE_TO_ONE, Brake.STOP))),
        habits=draw(st.sampled_from((NOTHING_KNOWN, EXPERIENCED, EXPERIENCED))),
        nerve=draw(st.floats(-1, 1)),
        waiting_by_language=draw(st.dictionaries(st.sampled_from(LANGUAGES), st.integers(0, 3000))),
        talks_today=draw(st.dictionaries(st.sampled_from(LANGUAGES), st.integers(0, 300))),
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
