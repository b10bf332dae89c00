"""What every pacing policy keeps to, also one that is added tomorrow."""

from dataclasses import replace

import pytest
from hypothesis import given

from campaigns.campaigns import CampaignDraft
from dialer.pacing import POLICIES
from dialer.pacing.policy import Line, PacingFacts, ReadyAgent
from tests.unit.dialer.pacing_strategies import LANGUAGES, most_served, pacing_facts

every_policy = pytest.mark.parametrize("name", sorted(POLICIES))


@every_policy
def test_policy_is_listed_under_its_own_name(name: str) -> None:
    assert POLICIES[name].name == name


def test_new_campaign_starts_with_a_policy_that_exists() -> None:
    assert CampaignDraft("A", "+41446681800").pacing_mode in POLICIES


@every_policy
@given(facts=pacing_facts())
def test_same_facts_give_the_same_decision_and_say_why(name: str, facts: PacingFacts) -> None:
    decision = POLICIES[name].decide(facts)
    assert decision == POLICIES[name].decide(facts)
    assert decision.why.strip()


@every_policy
@given(facts=pacing_facts())
def test_never_more_than_is_due_or_than_the_carrier_has_room_for(name: str, facts: PacingFacts) -> None:
    decision = POLICIES[name].decide(facts)
    assert all(0 < count <= facts.due.get(language, 0) for language, count in decision.dial.items())
    assert decision.total <= max(0, facts.room)


@every_policy
@given(facts=pacing_facts())
def test_nothing_is_dialed_while_the_campaign_does_not_run(name: str, facts: PacingFacts) -> None:
    assert POLICIES[name].decide(replace(facts, is_running=False)).total == 0


@every_policy
@given(facts=pacing_facts())
def test_nothing_is_dialed_without_a_ready_agent(name: str, facts: PacingFacts) -> None:
    assert POLICIES[name].decide(replace(facts, ready=())).total == 0


@every_policy
@given(facts=pacing_facts())
def test_no_language_is_dialed_that_no_ready_agent_of_the_campaign_speaks(name: str, facts: PacingFacts) -> None:
    spoken = {
        language
        for agent in facts.ready
        if agent.campaign_id in {"", facts.campaign_id}
        for language in agent.languages
    }
    assert set(POLICIES[name].decide(facts).dial) <= spoken


@every_policy
@given(facts=pacing_facts())
def test_one_more_agent_never_means_fewer_calls(name: str, facts: PacingFacts) -> None:
    more = replace(facts, ready=(*facts.ready, ReadyAgent("agent_new", frozenset(LANGUAGES))))
    assert POLICIES[name].decide(more).total >= POLICIES[name].decide(facts).total


@given(facts=pacing_facts())
def test_progressive_leaves_an_agent_for_each_line_that_had_one_and_for_each_new_one(facts: PacingFacts) -> None:
    decision = POLICIES["progressive"].decide(facts)
    served_before = most_served(facts.ready, facts.dialing)
    new = tuple(Line(facts.campaign_id, language) for language, count in decision.dial.items() for _ in range(count))
    assert most_served(facts.ready, (*facts.dialing, *new)) == served_before + len(new)
