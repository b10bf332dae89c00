"""Which ringing lines are given up, and for what."""

from dataclasses import replace

from dialer.pacing.policy import Account, BusyAgent, Decision, DialedLine, Limit, Line, PacingFacts, ReadyAgent
from dialer.pacing.predictive import Predictive
from tests.unit.dialer.pacing_strategies import EXPERIENCED

GERMAN = frozenset({"de"})
KIND = Line("campaign_1", "de")
FACTS = PacingFacts(
    campaign_id="campaign_1",
    is_running=True,
    ready=(),
    dialing=(),
    due={"de": 100},
    room=100,
    busy=tuple(BusyAgent(f"busy_{n}", GERMAN, "talking", 5.0) for n in range(3)),
    limit=Limit(0.03, answer_grace_seconds=2.0),
    account=Account(1000, 29),
    habits=EXPERIENCED,
)
READY = tuple(ReadyAgent(f"ready_{n}", GERMAN) for n in range(2))


def line(age: float) -> DialedLine:
    return DialedLine(KIND, f"call_{age:g}", age, age - 2.5)


def decide(facts: PacingFacts) -> Decision:
    return Predictive().decide(facts)


def test_lines_that_rang_long_enough_are_given_up_when_nobody_is_there_for_them() -> None:
    facts = replace(FACTS, dialing=(line(24.0), line(18.0), line(17.0), line(3.0)))
    assert decide(facts).cancel == ("call_24", "call_18")


def test_line_rings_on_while_an_agent_waits_for_it() -> None:
    assert decide(replace(FACTS, ready=READY, dialing=(line(18.0),))).cancel == ()


def test_of_many_late_lines_so_many_ring_on_as_agents_can_answer_for() -> None:
    late = tuple(line(17.6 + n / 2) for n in range(14))
    given_up = decide(replace(FACTS, ready=READY[:1], dialing=late)).cancel
    assert 0 < len(given_up) < len(late)
    oldest_first = [each.call_id for each in sorted(late, key=lambda each: -each.age_seconds)]
    assert list(given_up) == oldest_first[: len(given_up)]


def test_less_risk_allowed_never_gives_up_fewer() -> None:
    late = tuple(line(17.6 + n / 2) for n in range(14))
    facts = replace(FACTS, ready=READY[:1], dialing=late)
    strict = replace(facts, limit=replace(facts.limit, abandoned_share=0.003), account=Account(10_000, 29))
    assert set(decide(facts).cancel) <= set(decide(strict).cancel)


def test_old_line_makes_room_for_a_new_one_when_no_further_may_be_dialed() -> None:
    facts = replace(FACTS, ready=READY[:1])
    assert decide(replace(facts, dialing=(line(19.0),))) == replace(
        decide(facts), why=decide(replace(facts, dialing=(line(19.0),))).why, cancel=("call_19",)
    )
    assert decide(replace(facts, dialing=(line(14.0),))).total == 0
    assert decide(replace(facts, dialing=(line(19.0), line(1.0)))).total == 0
