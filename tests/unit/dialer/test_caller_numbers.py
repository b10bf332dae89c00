"""Which number is shown to whom, and which number is doubted."""

from dataclasses import replace
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.caller_numbers import CallerNumber, Record, at_most_by_chance, choose, health_of, lacks, within_caps
from dialer.reasons import Reason

A, B, C = (CallerNumber(f"+4144555010{n}") for n in range(3))


def test_contact_sees_the_number_it_knows_again() -> None:
    assert choose([A, replace(B, used_today=9), C], "de", last_shown=B.number) == B.number


def test_known_number_that_is_used_up_gives_way_to_another() -> None:
    full = replace(B, daily_cap=9, used_today=9)
    assert choose([A, full], "de", last_shown=B.number) == A.number


def test_least_used_share_of_the_cap_comes_first() -> None:
    worn, fresh = replace(A, daily_cap=10, used_today=4), replace(B, daily_cap=100, used_today=20)
    assert choose([worn, fresh], "de") == B.number


def test_number_of_the_language_goes_before_one_for_all_and_never_to_another_language() -> None:
    french = replace(A, language="fr")
    assert choose([french, B], "fr") == A.number
    assert choose([french], "de") is None


def test_number_that_may_not_be_shown_is_never_chosen() -> None:
    assert choose([replace(A, may_be_shown=False)], "de", last_shown=A.number) is None


def test_doubted_number_is_shown_only_where_no_other_is_left() -> None:
    doubted = replace(A, before=Record(400, 20))
    healthy = replace(B, before=Record(400, 100), used_today=50)
    assert choose([doubted, healthy], "de") == B.number
    assert choose([doubted, replace(healthy, daily_cap=50)], "de") == A.number


def test_number_far_below_the_pool_is_low_and_one_below_its_own_past_has_dropped() -> None:
    pool = [replace(A, before=Record(300, 90)), replace(B, before=Record(300, 30)), replace(C, before=Record(300, 80))]
    assert [health_of(one, pool).is_low for one in pool] == [False, True, False]
    fallen = replace(A, before=Record(300, 90), lately=Record(60, 3))
    assert health_of(fallen, [fallen]).has_dropped
    assert not health_of(replace(fallen, lately=Record(20, 0)), [fallen]).has_dropped  # too few to say


def test_calls_beyond_all_caps_are_not_made() -> None:
    pool = [replace(A, language="fr", daily_cap=2), replace(B, daily_cap=5, used_today=2)]
    assert within_caps(pool, {"fr": 4, "de": 4}) == {"fr": 4, "de": 1}
    assert within_caps([A], {"de": 1000}) == {"de": 1000}
    assert within_caps([], {"de": 3}) == {"de": 0}


def test_each_language_without_a_number_is_named_with_the_cause() -> None:
    pool = [
        replace(A, language="de"),
        replace(B, language="fr", daily_cap=5, used_today=5),
        replace(C, language="it", may_be_shown=False),
    ]
    assert lacks(pool, {"de"}) == ()
    assert lacks(pool, {"de", "en", "fr", "it"}) == (
        Reason("no_number", {"languages": ["en"]}),
        Reason("numbers_used_up", {"languages": ["fr"]}),
        Reason("number_not_listed", {"languages": ["it"], "numbers": [C.number]}),
    )
    assert lacks([*pool, CallerNumber("+41445550199")], {"de", "en", "fr", "it"}) == ()


def numbers() -> st.SearchStrategy[list[CallerNumber]]:
    one = st.builds(
        CallerNumber,
        number=st.integers(0, 20).map(lambda n: f"+414455501{n:02}"),
        language=st.sampled_from(("", "de", "fr")),
        daily_cap=st.integers(0, 4),
        used_today=st.integers(0, 6),
        may_be_shown=st.booleans(),
    )
    return st.lists(one, max_size=6, unique_by=lambda number: number.number)


@given(numbers(), st.dictionaries(st.sampled_from(("de", "fr", "it")), st.integers(0, 12)))
def test_every_call_within_the_caps_finds_a_number_and_no_cap_is_passed(
    pool: list[CallerNumber], wanted: dict[str, int]
) -> None:
    for language, count in within_caps(pool, wanted).items():
        assert count <= wanted[language]
        for _ in range(count):
            chosen = choose(pool, language)
            assert chosen is not None
            pool = [replace(one, used_today=one.used_today + (one.number == chosen)) for one in pool]
    # What was above its cap before stays as it was; nothing else went above.
    assert all(one.room is None or one.room >= 0 for one in pool)


@pytest.mark.parametrize(("answered", "shown", "rate"), [(0, 30, 0.25), (3, 40, 0.2), (40, 40, 0.9), (7, 100, 0.25)])
def test_chance_is_the_binomial_one(answered: int, shown: int, rate: float) -> None:
    exact = sum(comb(shown, k) * rate**k * (1 - rate) ** (shown - k) for k in range(answered + 1))
    assert at_most_by_chance(answered, shown, rate) == pytest.approx(exact, rel=1e-9)
