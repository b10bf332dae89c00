"""Languages that are behind their share have the agents who speak them set aside."""

from dataclasses import replace

from hypothesis import given

from dialer.pacing.languages import behind, set_aside, shares
from dialer.pacing.policy import Account, BusyAgent, Limit, PacingFacts, ReadyAgent
from dialer.pacing.predictive import Predictive
from dialer.reasons import Reason
from tests.unit.dialer.pacing_strategies import EXPERIENCED, pacing_facts

GERMAN, BOTH, ITALIAN = frozenset({"de"}), frozenset({"it", "de"}), frozenset({"it"})
FACTS = PacingFacts(
    campaign_id="campaign_1",
    is_running=True,
    ready=(ReadyAgent("agent_1", BOTH),),
    dialing=(),
    due={"de": 100, "it": 100},
    room=100,
    busy=tuple(BusyAgent(f"busy_{n}", GERMAN, "talking", 20.0 * n) for n in range(8)),
    limit=Limit(0.03, answer_grace_seconds=2.0),
    account=Account(300, 5),
    habits=EXPERIENCED,
    waiting_by_language={"de": 900, "it": 100},
    talks_today={"de": 180, "it": 5},
)


def test_shares_are_of_all_who_wait_and_not_of_as_many_as_were_counted_to_be_due() -> None:
    assert shares(FACTS) == {"de": 0.9, "it": 0.1}
    assert shares(replace(FACTS, waiting_by_language={})) == {"de": 0.5, "it": 0.5}


def test_language_that_is_not_due_has_no_share() -> None:
    assert shares(replace(FACTS, due={"de": 100, "it": 0})) == {"de": 1.0}


def test_language_with_fewer_talks_than_its_share_is_behind_and_one_talk_is_chance() -> None:
    assert behind(FACTS) == {"it"}
    assert behind(replace(FACTS, talks_today={"de": 180, "it": 19})) == frozenset()
    assert behind(replace(FACTS, talks_today={"de": 180, "it": 40})) == {"de"}


def test_nothing_is_behind_on_a_list_in_one_language() -> None:
    alone = replace(FACTS, due={"de": 100}, waiting_by_language={"de": 900})
    assert behind(alone) == frozenset()
    assert set_aside(alone) is alone


def test_agents_of_a_language_that_is_behind_are_set_aside_for_it() -> None:
    seen = set_aside(FACTS)
    assert [agent.languages for agent in seen.ready] == [ITALIAN]
    assert {agent.languages for agent in seen.busy} == {GERMAN}


def test_predictive_dials_the_language_that_is_behind_for_the_agent_who_speaks_it() -> None:
    decision = Predictive().decide(FACTS)
    assert decision.dial.get("it", 0) >= 1
    assert Reason("come_first", {"languages": ["it"]}) in decision.why


@given(facts=pacing_facts())
def test_setting_aside_takes_languages_from_agents_and_never_the_last_one(facts: PacingFacts) -> None:
    seen = set_aside(facts)
    before = [agent.languages for agent in facts.ready] + [agent.languages for agent in facts.busy]
    after = [agent.languages for agent in seen.ready] + [agent.languages for agent in seen.busy]
    assert all(fewer and fewer <= all_of_them for all_of_them, fewer in zip(before, after, strict=True))
    assert replace(seen, ready=facts.ready, busy=facts.busy) == facts
