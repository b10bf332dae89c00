"""What modes of dialing come to on a simulated floor."""

import pytest

from dialer.forecast.forecast import Ask, Expected, Outlook, expected, forecast
from dialer.forecast.world import Crew, World

SMALL = Ask(World(crews=(Crew(4),), hours=0.5), days=2, list_size=500, price_per_minute=0.1)


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


def test_cost_is_that_of_the_answers_on_the_list(outlooks: dict[str, Outlook]) -> None:
    cost = outlooks["progressive"].cost
    assert cost is not None
    # 500 contacts, four attempts at a quarter each: some 340 answers of two to three begun minutes.
    assert 340 * 2 * 0.1 < cost < 340 * 3.2 * 0.1


def test_team_of_two_languages_reports_the_abandoned_share_of_each() -> None:
    world = World(crews=(Crew(2, ("de",)), Crew(1, ("de", "fr"))), shares={"de": 0.7, "fr": 0.3}, hours=0.5)
    (power,) = forecast(Ask(world, ("power",), dial_level=3.0, days=2))
    assert set(power.abandoned_by_language) == {"de", "fr"}


def test_interval_of_days_covers_their_mean_and_holds_a_day_like_them() -> None:
    some = expected([0.60, 0.64, 0.62])
    assert (some.lowest, some.highest) == (0.60, 0.64)
    assert some.holds(0.61)
    assert not some.holds(0.90)
    assert expected([0.5]) == Expected(0.5, 0.0, 0.5, 0.5)
