"""Times of day at the contact's clock, and what is learned about when people answer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.times_of_day import (
    NAMES,
    NOTICEABLE,
    SIZES,
    Heard,
    another_time_of_day,
    learn,
    segment_of,
    sizes_by_score,
    time_of_day,
)


@pytest.mark.parametrize(
    ("hour", "name"), [(6, ""), (7, "morning"), (10, "noon"), (13, "afternoon"), (16, "evening"), (19, "")]
)
def test_times_of_day_are_the_contacts_own(hour: int, name: str) -> None:
    assert time_of_day(datetime(2026, 3, 2, hour, tzinfo=UTC), "Europe/Zurich") == name


def test_after_the_evening_comes_the_next_morning() -> None:
    evening = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    assert another_time_of_day(evening, evening, "Europe/Zurich", {}) == datetime(2026, 3, 3, 7, tzinfo=UTC)


def test_the_clock_change_moves_the_morning() -> None:
    saturday_evening = datetime(2026, 3, 28, 17, tzinfo=UTC)
    found = another_time_of_day(saturday_evening, saturday_evening, "Europe/Zurich", {})
    assert found == datetime(2026, 3, 29, 6, tzinfo=UTC)  # eight o'clock, summer time


@pytest.mark.parametrize(
    ("employees", "segment"), [(None, "de:unknown"), (9, "de:small"), (10, "de:medium"), (50, "de:large")]
)
def test_a_segment_is_the_language_and_the_size(employees: int | None, segment: str) -> None:
    assert segment_of("de", employees) == segment


def test_little_evidence_stays_near_the_overall_rate_and_much_evidence_speaks() -> None:
    scores = learn(
        [Heard("de:small", "morning", 1000, 200), Heard("de:small", "noon", 2, 2), Heard("fr:small", "noon", 500, 25)]
    )
    overall = 227 / 1502
    assert scores["de:small"]["morning"] == pytest.approx(0.2, abs=0.005)
    assert overall < scores["de:small"]["noon"] < 0.3
    assert scores["fr:small"]["noon"] == pytest.approx(0.05, abs=0.01)


def test_of_nothing_nothing_is_learned() -> None:
    assert learn([]) == {}
    assert learn([Heard("de:small", "noon", 0, 0)]) == {"de:small": {"noon": 0.0}}


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - see timezones
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.dictionaries(st.sampled_from(NAMES), st.floats(0, 1)),
)
def test_another_time_is_never_the_same_and_never_too_early(
    last: datetime, delay: timedelta, scores: dict[str, float]
) -> None:
    found = another_time_of_day(last, last + delay, "Europe/Zurich", scores)
    assert found >= last + delay
    assert time_of_day(found, "Europe/Zurich") not in {"", time_of_day(last, "Europe/Zurich")}


def test_companies_come_first_whose_people_answer_at_the_hour() -> None:
    scores = {"de:small": {"morning": 0.1, "evening": 0.5}, "de:large": {"morning": 0.4}, "fr:small": {"morning": 0.9}}
    assert sizes_by_score(scores, "de", "morning") == ("large", "medium", "unknown", "small")
    assert sizes_by_score(scores, "de", "evening") == ()  # one size says nothing about others
    assert sizes_by_score(scores, "it", "morning") == sizes_by_score(scores, "de", "") == ()


def test_a_small_difference_puts_nobody_first() -> None:
    scores = {"de:small": {"noon": 0.30}, "de:large": {"noon": 0.30 + NOTICEABLE / 2}}
    assert sizes_by_score(scores, "de", "noon") == ()


@given(st.dictionaries(st.sampled_from(SIZES), st.floats(0, 1)))
def test_every_size_has_a_place_or_none_has(rates: dict[str, float]) -> None:
    scores = {f"de:{size}": {"noon": rate} for size, rate in rates.items()}
    found = sizes_by_score(scores, "de", "noon")
    assert found == () or sorted(found) == sorted(SIZES)
    rated = [rates[size] for size in found if size in rates]
    assert rated == sorted(rated, reverse=True)
