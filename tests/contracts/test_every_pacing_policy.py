"""What every pacing policy keeps to, also one that is added tomorrow."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.campaigns import CampaignDraft
from dialer.pacing import POLICIES
from dialer.pacing.habits import NOTHING_KNOWN, Habits
from dialer.pacing.policy import Account, Brake, BusyAgent, Limit, Line, PacingFacts, ReadyAgent
from dialer.pacing.pools import kind_of
from dialer.reasons import from_record, in_english, to_record
from tests.unit.dialer.pacing_strategies import CAMPAIGNS, EXPERIENCED, LANGUAGES, most_served, pacing_facts

# Facts are large: drawing them takes longer than deciding.
often = settings(max_examples=settings().max_examples * 4 // 5)
every_policy = pytest.mark.parametrize("name", sorted(POLICIES))
every_policy_with_agents = pytest.mark.parametrize(
    "name", sorted(name for name, policy in POLICIES.items() if policy.needs_agents)
)
# They show or dial one contact per ready agent.
one_per_agent = pytest.mark.parametrize("name", ["preview", "progressive"])
someone_new = st.sampled_from(
    [
        ReadyAgent("agent_new", languages, campaign_id)
        for languages in (frozenset(LANGUAGES), frozenset({"de", "fr"}), frozenset({"de"}))
        for campaign_id in ("", *CAMPAIGNS)
    ]
)
GERMAN = frozenset({"de"})
AN_HOUR_IN = PacingFacts(
    campaign_id="campaign_1",
    is_running=True,
    ready=(ReadyAgent("agent_1", GERMAN), ReadyAgent("agent_2", GERMAN)),
    dialing=(),
    due={"de": 1000},
    room=100,
    busy=tuple(BusyAgent(f"busy_{n}", GERMAN, "talking", 20.0 * n) for n in range(13)),
    limit=Limit(0.03, answer_grace_seconds=2.0),
    account=Account(300, 9),
    habits=EXPERIENCED,
)


@every_policy
def test_policy_is_listed_under_its_own_name(name: str) -> None:
    assert POLICIES[name].name == name


def test_new_campaign_starts_with_a_policy_that_exists() -> None:
    assert CampaignDraft("A", "+41446681800").pacing_mode in POLICIES


@every_policy
@given(facts=pacing_facts())
@often
def test_same_facts_give_the_same_decision(name: str, facts: PacingFacts) -> None:
    decision = POLICIES[name].decide(facts)
    assert decision == POLICIES[name].decide(facts)


def test_habits_outlive_a_row_and_decide_the_same() -> None:
    kept = Habits.from_record(json.loads(json.dumps(EXPERIENCED.to_record())))
    facts = replace(AN_HOUR_IN, habits=kept)
    assert kept is not EXPERIENCED
    assert POLICIES["predictive"].decide(facts) == POLICIES["predictive"].decide(AN_HOUR_IN)
    assert Habits.from_record({}) is NOTHING_KNOWN


@every_policy
@given(facts=pacing_facts())
@often
def test_decision_says_why_in_words(name: str, facts: PacingFacts) -> None:
    why = in_english(POLICIES[name].decide(facts).why)
    assert 12 <= len(why) <= 250
    assert why == why.strip()
    assert not set("{}[]<>_") & set(why)
    assert sum(character.isalpha() or character == " " for character in why) > 0.6 * len(why)


@every_policy
@given(facts=pacing_facts())
@often
def test_why_outlives_a_row(name: str, facts: PacingFacts) -> None:
    why = POLICIES[name].decide(facts).why
    assert in_english(from_record(json.loads(json.dumps(to_record(why))))) == in_english(why)


@every_policy
@given(facts=pacing_facts())
@often
def test_never_more_than_is_due_or_than_the_carrier_has_room_for(name: str, facts: PacingFacts) -> None:
    decision = POLICIES[name].decide(facts)
    assert all(0 < count <= facts.due.get(language, 0) for language, count in decision.dial.items())
    assert decision.total <= max(0, facts.room)
    if facts.calls_per_second is not None:
        queued = sum(line.is_queued for line in facts.dialing)
        assert decision.total <= max(0.0, max(1.0, 2 * facts.calls_per_second) - queued) + 1e-6


@every_policy
@given(facts=pacing_facts())
@often
def test_nothing_is_dialed_while_the_campaign_does_not_run(name: str, facts: PacingFacts) -> None:
    assert POLICIES[name].decide(replace(facts, is_running=False)).total == 0


@every_policy
@given(facts=pacing_facts())
@often
def test_nothing_is_dialed_once_the_limit_is_spent(name: str, facts: PacingFacts) -> None:
    assert POLICIES[name].decide(replace(facts, brake=Brake.STOP)).total == 0


@every_policy_with_agents
@given(facts=pacing_facts())
@often
def test_nothing_is_dialed_without_an_agent(name: str, facts: PacingFacts) -> None:
    assert POLICIES[name].decide(replace(facts, ready=(), busy=())).total == 0


@every_policy_with_agents
@given(facts=pacing_facts())
@often
def test_nothing_is_dialed_without_a_ready_agent_where_nobody_may_pick_up_to_silence(
    name: str, facts: PacingFacts
) -> None:
    assert POLICIES[name].decide(replace(facts, ready=(), limit=Limit(0.0))).total == 0


@every_policy_with_agents
@given(facts=pacing_facts())
@often
def test_no_language_is_dialed_that_no_agent_of_the_campaign_speaks(name: str, facts: PacingFacts) -> None:
    kinds = [kind_of(agent) for agent in facts.ready] + [kind_of(agent) for agent in facts.busy]
    mine = [kind for kind in kinds if kind.campaign_id in {"", facts.campaign_id}]
    spoken = {language for kind in mine for language in kind.languages}
    assert set(POLICIES[name].decide(facts).dial) <= spoken


@every_policy
@given(facts=pacing_facts(), new=someone_new)
@often
def test_one_more_ready_agent_never_means_fewer_calls(name: str, facts: PacingFacts, new: ReadyAgent) -> None:
    more = replace(facts, ready=(*facts.ready, new))
    assert POLICIES[name].decide(more).total >= POLICIES[name].decide(facts).total


@every_policy
@given(facts=pacing_facts())
@often
def test_only_own_lines_are_given_up_and_only_after_they_rang_as_long_as_they_must(
    name: str, facts: PacingFacts
) -> None:
    decision = POLICIES[name].decide(facts)
    lines = {line.call_id: line for line in facts.dialing}
    assert len(set(decision.cancel)) == len(decision.cancel)
    for call_id in decision.cancel:
        assert lines[call_id].line.campaign_id == facts.campaign_id
        assert (lines[call_id].ring_seconds or 0.0) >= facts.limit.min_ring_seconds


@every_policy_with_agents
@given(facts=pacing_facts())
@often
def test_brake_makes_every_policy_progressive(name: str, facts: PacingFacts) -> None:
    braked = replace(facts, brake=Brake.ONE_TO_ONE)
    assert POLICIES[name].decide(braked).dial == POLICIES["progressive"].decide(braked).dial


@every_policy_with_agents
@given(facts=pacing_facts())
@often
def test_every_policy_is_progressive_where_nobody_may_pick_up_to_silence(name: str, facts: PacingFacts) -> None:
    strict = replace(facts, limit=replace(facts.limit, abandoned_share=0.0))
    assert POLICIES[name].decide(strict).dial == POLICIES["progressive"].decide(strict).dial


@one_per_agent
@given(facts=pacing_facts())
@often
def test_each_line_that_had_an_agent_keeps_one_and_each_new_one_has_one(name: str, facts: PacingFacts) -> None:
    decision = POLICIES[name].decide(facts)
    wanted = (*facts.waiting, *(line.line for line in facts.dialing))
    served_before = most_served(facts.ready, wanted)
    new = tuple(Line(facts.campaign_id, language) for language, count in decision.dial.items() for _ in range(count))
    assert most_served(facts.ready, (*wanted, *new)) == served_before + len(new)


@given(facts=pacing_facts())
@often
def test_agentless_dials_only_where_a_message_is_lawful(facts: PacingFacts) -> None:
    strict = replace(facts, limit=replace(facts.limit, may_play_message=False))
    assert POLICIES["agentless"].decide(strict).total == 0
