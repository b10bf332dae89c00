"""What modes of dialing come to on a simulated floor."""

from dataclasses import replace

import pytest

from dialer.forecast.forecast import Ask, Expected, Outlook, expected, forecast, taught_by_a_day
from dialer.forecast.world import Crew, World
from dialer.forecast_facts import answered_in_the_end
from dialer.pacing.habits import NOTHING_KNOWN

SMALL = Ask(World(crews=(Crew(4),), hours=0.25), days=2, list_size=500, price_per_minute=0.1)


@pytest.fixture(scope="module")
def outlooks() -> dict[str, Outlook]:
    return {outlook.mode: outlook for outlook in forecast(SMALL)}


def test_same_question_gets_the_same_forecast(outlooks: dict[str, Outlook]) -> None:
    assert {outlook.mode: outlook for outlook in forecast(SMALL)} == outlooks


def test_one_line_per_agent_abandons_nobody(outlooks: dict[str, Outlook]) -> None:
    assert outlooks["progressive"].abandoned.mean == 0.0
    assert outlooks["progressive"].days_within_limit == 1.0


def test_more_lines_mean_more_talk_and_a_list_that_ends_sooner(outlooks: dict[str, Outlook]) -> None:
    slow, fast = outlooks["progressive"], outlooks["power"]
    assert fast.occupancy.mean > slow.occupancy.mean
    assert fast.hours_to_finish is not None
    assert slow.hours_to_finish is not None
    assert fast.hours_to_finish < slow.hours_to_finish


def test_whoever_dials_too_far_ahead_is_stopped_in_the_forecast_as_in_service() -> None:
    ask = Ask(World(crews=(Crew(6),), answer_rate=0.5, talk_mean=60, hours=1.0), ("power",), dial_level=4.0, days=2)
    (stopped,) = forecast(ask)
    (free,) = forecast(replace(ask, limit=0.9))
    assert free.occupancy.mean > 0.8
    assert stopped.occupancy.mean < 0.2
    known = taught_by_a_day(replace(ask.world, crews=(Crew(20),), answer_rate=0.9), 0.03, seed=1)
    assert known.is_trusted  # a lesson is no day, and nothing stops it


def test_cost_is_that_of_the_answers_on_the_list(outlooks: dict[str, Outlook]) -> None:
    cost = outlooks["progressive"].cost
    assert cost is not None
    # 500 contacts, four attempts at a quarter each: some 340 answers of two to three begun minutes.
    assert 340 * 2 * 0.1 < cost < 340 * 3.2 * 0.1


def test_team_of_two_languages_reports_the_abandoned_share_of_each() -> None:
    world = World(crews=(Crew(2, ("de",)), Crew(1, ("de", "fr"))), shares={"de": 0.7, "fr": 0.3}, hours=0.5)
    (power,) = forecast(Ask(world, ("power",), dial_level=3.0, days=2))
    assert set(power.abandoned_by_language) == {"de", "fr"}


def test_day_that_starts_with_experience_dials_ahead_and_one_that_starts_without_learns_first() -> None:
    world = World(crews=(Crew(4),), answer_rate=0.4, talk_mean=40, hours=0.15)
    known = taught_by_a_day(replace(world, hours=2.0), 0.03, seed=1)
    ask = Ask(world, ("predictive",), days=2, starts_with=NOTHING_KNOWN, hours_after=8.0, learns_every_seconds=60.0)
    (anew,) = forecast(ask)
    (experienced,) = forecast(replace(ask, starts_with=known))
    (one_to_one,) = forecast(replace(ask, modes=("progressive",)))
    assert experienced.calls_per_agent_hour.mean > anew.calls_per_agent_hour.mean
    assert anew.calls_per_agent_hour.mean >= one_to_one.calls_per_agent_hour.mean


def test_lines_that_are_asked_for_late_ring_late_and_cost_calls() -> None:
    world = World(crews=(Crew(4),), hours=0.5)
    (quick,) = forecast(Ask(world, ("progressive",), days=2))
    (slow,) = forecast(Ask(replace(world, dial_delays=(5.0, 15.0)), ("progressive",), days=2))
    assert slow.calls_per_agent_hour.mean < quick.calls_per_agent_hour.mean
    assert slow.occupancy.mean < quick.occupancy.mean


def test_carrier_that_takes_few_calls_a_second_holds_a_large_team_up() -> None:
    world = World(crews=(Crew(20),), hours=0.5, talk_mean=20)
    (free,) = forecast(Ask(world, ("power",), dial_level=2.0, days=2))
    (held,) = forecast(Ask(replace(world, calls_per_second=0.25), ("power",), dial_level=2.0, days=2))
    assert 0.9 * 0.25 * 3600 / 20 < held.calls_per_agent_hour.mean <= 0.25 * 3600 / 20 + 1
    assert held.is_held_up
    assert not free.is_held_up
    assert held.calls_per_agent_hour.mean < 0.7 * free.calls_per_agent_hour.mean
    (queued,) = forecast(Ask(replace(world, dial_gaps=(3.0, 5.0)), ("power",), dial_level=2.0, days=2))
    assert queued.calls_per_agent_hour.mean < free.calls_per_agent_hour.mean


def test_lines_that_were_given_up_do_not_count_as_if_nobody_lived_there() -> None:
    lines = [(5.0, True, False), (15.0, False, True), (15.0, False, True), (20.0, True, False), (25.0, False, False)]
    assert answered_in_the_end(lines) == pytest.approx(0.2 + 0.8 * 0.5)
    assert answered_in_the_end([(5.0, True, False), (25.0, False, False)]) == 0.5
    assert answered_in_the_end([(15.0, False, True)]) == 0.0


def test_interval_of_days_covers_their_mean() -> None:
    some = expected([0.60, 0.64, 0.62])
    assert (some.lowest, some.highest) == (0.60, 0.64)
    assert expected([0.5]) == Expected(0.5, 0.0, 0.5, 0.5)
