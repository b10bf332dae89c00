"""The arithmetic of predictive pacing, compared with trying everything."""

from itertools import product
from math import exp, prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing import habits
from dialer.pacing.agent_odds import agent_odds
from dialer.pacing.chances import EXACT_TERMS, Balance
from dialer.pacing.habits import NOTHING_KNOWN, READY, LineOutcome, StepOutcome, step_bin
from dialer.pacing.lessons import learn
from dialer.pacing.line_odds import MOMENTS, line_odds, scaled
from dialer.pacing.nerve import is_overdrawn, risk_allowed, steer, wanted_share
from dialer.pacing.policy import Account, Limit
from dialer.pacing.rates import rate_scale

chances = st.lists(st.floats(0, 1), max_size=5)
LAW = Limit(0.03, answer_grace_seconds=2.0)
LEVEL = Account(1000, 30)


def by_trying_everything(spare: int, lines: list[float], agents: list[float]) -> float:
    """P(answers ≥ spare + agents who come free), over all outcomes."""
    total = 0.0
    for happens in product((0, 1), repeat=len(lines) + len(agents)):
        chance = prod(p if yes else 1 - p for p, yes in zip(lines + agents, happens, strict=True))
        if sum(happens[: len(lines)]) >= spare + sum(happens[len(lines) :]):
            total += chance
    return total


def weighed(spare: int, lines: list[float], agents: list[float], terms: int = 0) -> float:
    balance = Balance(spare, terms)
    for chance in lines:
        balance.add_line(chance)
    for chance in agents:
        balance.add_agent(chance)
    return balance.risk()


@given(spare=st.integers(-2, 6), lines=chances, agents=chances)
def test_risk_is_what_trying_everything_gives(spare: int, lines: list[float], agents: list[float]) -> None:
    assert weighed(spare, lines, agents) == pytest.approx(by_trying_everything(spare, lines, agents), abs=2e-6)


@pytest.mark.parametrize("spare", range(-6, 14, 2))
def test_normal_law_for_many_is_close_to_the_exact_sum(spare: int) -> None:
    rng = Random(7)
    lines = [rng.uniform(0.02, 0.3) for _ in range(60)]
    agents = [rng.uniform(0.01, 0.2) for _ in range(70)]
    exact = weighed(spare, lines, agents)
    assert weighed(spare, lines, agents, EXACT_TERMS + 1) == pytest.approx(exact, abs=0.004)


@given(lines=chances, agents=chances, spare=st.integers(-2, 6))
def test_one_more_agent_never_adds_risk_and_one_more_line_never_takes_any(
    lines: list[float], agents: list[float], spare: int
) -> None:
    assert weighed(spare + 1, lines, agents) <= weighed(spare, lines, agents) + 1e-9
    assert weighed(spare, [*lines, 0.5], agents) >= weighed(spare, lines, agents) - 2e-6


@given(spare=st.integers(-2, 6), lines=chances, agents=chances, less=st.floats(0, 0.49))
def test_line_that_is_taken_out_leaves_the_risk_of_the_others(
    spare: int, lines: list[float], agents: list[float], less: float
) -> None:
    for terms in (0, EXACT_TERMS + 1):
        balance = Balance(spare, terms)
        for chance in (*lines, less):
            balance.add_line(chance)
        for chance in agents:
            balance.add_agent(chance)
        whole = balance.risk()
        if terms == 0 or lines or agents:
            assert balance.risk_without(less) == pytest.approx(weighed(spare, lines, agents, terms), abs=1e-4)
        assert balance.risk() == whole


def seen_lines(count: int, rng: Random) -> list[LineOutcome]:
    """A quarter answers after gamma(3) with mean 11 s; the rest fails early or rings out at 25 s."""
    outcomes = []
    for _ in range(count):
        rings = rng.gammavariate(3, 11 / 3)
        if rng.random() < 0.25 and rings < 25:
            outcomes.append(LineOutcome(rings, True, setup_seconds=2.5))
        else:
            outcomes.append(LineOutcome(min(25, 0.5 + rng.expovariate(1 / 3)) if rng.random() < 0.25 else 25, False))
    return outcomes


def test_chances_of_lines_are_learned() -> None:
    known = learn(NOTHING_KNOWN, seen_lines(20_000, Random(1)), [])
    odds = line_odds(known)
    assert odds.answer_share == pytest.approx(0.24, abs=0.01)
    moments, share = odds.fresh_moments(17.5)
    assert len(moments) == MOMENTS
    assert sorted(moments) == list(moments)
    assert share == pytest.approx(0.88, abs=0.02)
    within = odds.chances(5.0)
    assert within[0] == pytest.approx(0.25 * 0.163, abs=0.01)  # gamma(3): 16 % answer within 5 s
    assert within[habits.line_bin(10.0)] > within[0]


def test_lines_that_were_given_up_do_not_count_as_unanswered() -> None:
    rng = Random(2)
    cut = [line if line.seconds < 12 else LineOutcome(12, False, was_given_up=True) for line in seen_lines(20_000, rng)]
    whole = line_odds(learn(NOTHING_KNOWN, seen_lines(20_000, rng), []))
    assert line_odds(learn(NOTHING_KNOWN, cut, [])).chances(5.0)[0] == pytest.approx(whole.chances(5.0)[0], abs=0.005)


def test_segment_that_answers_half_as_often_is_known_after_a_while() -> None:
    rng = Random(3)
    outcomes = [
        LineOutcome(10.0, rng.random() < rate, segments=(name,))
        for _ in range(3000)
        for name, rate in (("hour:9", 0.4), ("hour:14", 0.2))
    ]
    known = NOTHING_KNOWN
    for start in range(0, len(outcomes), 100):
        known = learn(known, outcomes[start : start + 100], [])
    assert rate_scale(known, ("hour:9",)) / rate_scale(known, ("hour:14",)) == pytest.approx(2.0, rel=0.15)
    assert scaled(0.0, 2.0) == 0.0
    assert scaled(0.3, 2.0) == pytest.approx(1 - 0.7**2)


def test_chance_that_an_agent_is_ready_follows_the_steps_of_the_work() -> None:
    rng = Random(4)
    steps, truth = [], 0
    for _ in range(20_000):
        talk, wrap = rng.expovariate(1 / 60), rng.gammavariate(2, 10)
        steps += [StepOutcome("talking", talk, "wrapping_up"), StepOutcome("wrapping_up", wrap, READY)]
        truth += talk + wrap <= 20.0
    odds = agent_odds(learn(NOTHING_KNOWN, [], steps))
    assert odds.ready_within("talking", step_bin(1.0), (20.0,))[0] == pytest.approx(truth / 20_000, abs=0.02)
    near, far = odds.ready_within("wrapping_up", step_bin(15.0), (5.0, 20.0))
    assert 0.2 < near < far < 0.95


def test_signal_is_worth_what_followed_it() -> None:
    rng = Random(5)
    steps = []
    for _ in range(3000):
        steps.append(StepOutcome("wrapping_up", rng.uniform(5, 25), "wrapping_up+nearly_done"))
        steps.append(StepOutcome("wrapping_up+nearly_done", rng.uniform(2, 6), READY))
        steps.append(StepOutcome("talking", rng.uniform(5, 25), "talking+hold"))
        steps.append(StepOutcome("talking+hold", rng.uniform(100, 200), READY))
    odds = agent_odds(learn(NOTHING_KNOWN, [], steps))
    assert odds.ready_within("wrapping_up+nearly_done", 0, (8.0,))[0] > 0.9
    assert odds.ready_within("talking+hold", 0, (8.0,))[0] < 0.1


def test_what_is_wanted_of_the_rest_of_the_day_makes_good_what_was_abandoned_before() -> None:
    level = wanted_share(LAW, LEVEL, 1000)
    behind = wanted_share(LAW, Account(1000, 40), 1000)
    saved = wanted_share(LAW, Account(1000, 10), 1000)
    assert behind < level < LAW.abandoned_share < saved
    assert risk_allowed(0.0, LAW, behind) < risk_allowed(0.0, LAW, level) < risk_allowed(0.0, LAW, saved)


def risked(abandoned: float, answers_to_come: float = 50) -> float:
    """What is risked of the calls that are left where a day of 3,500 answers allows 105, and so many are abandoned."""
    return wanted_share(LAW, Account(3500 - answers_to_come, abandoned), answers_to_come) * answers_to_come


def test_of_many_calls_left_nearly_all_are_risked_and_of_the_last_ones_next_to_nothing() -> None:
    assert risked(75, 400) == pytest.approx(26.6, abs=0.1)
    assert risked(100) == pytest.approx(2.0)
    assert risked(102) == pytest.approx(0.4)
    assert risked(103) == pytest.approx(0.02 * 0.03 * 50)


@given(abandoned=st.integers(0, 130), to_come=st.floats(1, 3000))
def test_one_more_abandoned_call_never_lets_more_be_risked(abandoned: int, to_come: float) -> None:
    assert risked(abandoned + 1, to_come) <= risked(abandoned, to_come)


def test_one_abandoned_call_weighs_no_more_where_a_tenth_is_allowed() -> None:
    tenth = Limit(0.003, answer_grace_seconds=2.0)
    usual = wanted_share(LAW, Account(1000, 31), 1e9) / wanted_share(LAW, LEVEL, 1e9)
    assert wanted_share(tenth, Account(10_000, 31), 1e9) / wanted_share(tenth, Account(10_000, 30), 1e9) == (
        pytest.approx(usual)
    )


def test_errors_of_the_machine_detector_use_up_the_share() -> None:
    assert wanted_share(LAW, Account(1000, 30, machine_errors=30), 500) < 0.05 * LAW.abandoned_share
    assert risk_allowed(0.0, Limit(0.0), 0.0) == 0.0


def test_nerve_falls_with_each_abandoned_call_as_much_as_it_rises_with_those_that_were_due_for_it() -> None:
    nerve = steer(0.0, LAW, LEVEL, was_abandoned=True)
    assert nerve < 0
    for _ in range(42):  # 1 of 43: less than 3 %, for not all of what is left is risked
        nerve = steer(nerve, LAW, LEVEL, was_abandoned=False)
    assert nerve == pytest.approx(0.0, abs=3e-4)


def test_account_far_beyond_its_limit_is_overdrawn() -> None:
    assert not is_overdrawn(LAW, Account(1000, 33), 15)
    assert is_overdrawn(LAW, Account(1000, 45), 15)


@pytest.mark.parametrize(("lines", "share_kept"), [(20, (1 - 1 / 125) ** 20), (1000, exp(-1 / 3))])
def test_how_people_answer_lately_is_remembered_for_some_lines_or_for_half_an_hour_where_more_end_in_it(
    lines: int, share_kept: float
) -> None:
    seen = learn(learn(NOTHING_KNOWN, [LineOutcome(10.0, True)] * 10, []), [LineOutcome(10.0, True)] * 100, [])
    silent = [LineOutcome(25.0, False)] * lines
    after = learn(seen, silent, [], 10.0)
    assert after.recent[0] / seen.recent[0] == pytest.approx(max(share_kept, exp(-1 / 3)))
