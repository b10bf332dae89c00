"""What a rehearsal's forecast is told of the sandbox's people, and what a day with them teaches."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.rehearsal.outlook import departures, with_people
from dialer.forecast.forecast import taught_by_a_day
from dialer.forecast.world import Crew, World
from dialer.pacing.line_odds import line_odds


def test_changes_of_people_that_a_world_has_are_taken_and_others_left() -> None:
    world = with_people(World(), "human=0.4, talk_mean_seconds=60,agree=0.3,patience_base_seconds=60")
    assert (world.answer_rate, world.talk_mean, world.ring_mean) == (0.4, 60.0, World().ring_mean)
    assert with_people(World(), "") == World()


def test_two_hours_teach_enough_to_be_trusted() -> None:
    known = taught_by_a_day(World(crews=(Crew(5),), hours=2.0), 0.03, seed=1)
    assert known.is_trusted
    assert abs(line_odds(known).answer_share - 0.25) < 0.05


def test_calls_that_waited_for_the_one_before_tell_the_gap_and_the_others_the_delay() -> None:
    began = datetime(2026, 12, 1, 8, tzinfo=UTC)

    def after(seconds: float) -> datetime:
        return began + timedelta(seconds=seconds)

    burst = [(after(0), after(0.5)), (after(0), after(0.7)), (after(0), after(1.0))]
    later = [(after(9), after(9.4)), (after(9.1), after(9.6))]
    delays, gaps = departures([*later, *burst])
    assert delays == pytest.approx((0.5, 0.4))
    assert gaps == pytest.approx((0.2, 0.3, 0.2))
