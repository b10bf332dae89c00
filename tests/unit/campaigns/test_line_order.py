"""The order of the line as texts, and lists that are mixed by shares."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.line_order import (
    COLUMNS,
    KEY_LENGTH,
    LineOrder,
    SortColumn,
    line_order_from,
    moved_on,
    order_key,
    share_out,
)
from foundation.errors import Invalid

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORDERS = st.builds(
    LineOrder,
    st.lists(
        st.builds(SortColumn, st.sampled_from(COLUMNS), st.booleans()), max_size=3, unique_by=lambda one: one.name
    ).map(tuple),
    st.booleans(),
)
FACTS = st.fixed_dictionaries(
    {
        "employees": st.none() | st.integers(0, 10_000_000),
        "company": st.text(max_size=40),
        "place": st.text(max_size=40),
        "postcode": st.text(max_size=10),
        "canton": st.sampled_from(["", "ZH", "VS"]),
        "attempts_made": st.integers(0, 5),
    }
)


@given(ORDERS, st.integers(-10, 10), FACTS)
def test_every_key_fits_its_column_and_is_plain_text(order: LineOrder, priority: int, facts: dict[str, Any]) -> None:
    key = order_key(order, priority, facts, NOW)
    assert len(key) <= KEY_LENGTH
    assert key.isascii()
    assert key.isprintable()


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000), st.booleans())
def test_numbers_are_compared_as_numbers(one: int, other: int, descending: bool) -> None:
    order = LineOrder((SortColumn("employees", descending),))
    keys = [order_key(order, 0, {"employees": employees}, NOW) for employees in (one, other)]
    assert (keys[0] < keys[1]) == (one > other if descending else one < other)
    assert max(keys) < order_key(order, 0, {"employees": None}, NOW)


@pytest.mark.parametrize("descending", [False, True])
def test_letters_are_compared_without_case_and_accents(descending: bool) -> None:
    order = LineOrder((SortColumn("company", descending),))
    names = ["Ähre", "BÄCKEREI", "bäckerei zwei", "Zebra"]
    keys = [order_key(order, 0, {"company": name}, NOW) for name in names]
    assert sorted(keys, reverse=descending) == keys
    assert max(keys) < order_key(order, 0, {"company": ""}, NOW)


@given(ORDERS, FACTS, st.timedeltas(timedelta(milliseconds=1), timedelta(days=400)))
def test_among_equals_whoever_waits_longer_comes_first(
    order: LineOrder, facts: dict[str, Any], later: timedelta
) -> None:
    later = timedelta(milliseconds=1 + later // timedelta(milliseconds=1))
    assert order_key(order, 0, facts, NOW) < order_key(order, 0, facts, NOW + later)


@given(ORDERS, FACTS, FACTS)
def test_a_lists_priority_goes_before_everything(order: LineOrder, one: dict[str, Any], other: dict[str, Any]) -> None:
    assert order_key(order, 1, one, NOW) < order_key(order, 0, other, NOW - timedelta(days=9))


@given(ORDERS)
def test_an_order_survives_being_stored(order: LineOrder) -> None:
    assert line_order_from(order.as_record()) == order


@pytest.mark.parametrize(
    "columns",
    [[{"name": "salary"}], [{"name": "place"}, {"name": "place"}], [{"name": name} for name in COLUMNS], [{}]],
)
def test_an_order_that_makes_no_sense_is_refused(columns: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid, match="Order by"):
        line_order_from({"columns": columns})


SHARES = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 100), min_size=1)


@given(SHARES, st.lists(st.integers(1, 15), min_size=1, max_size=40))
def test_over_time_each_list_gets_its_share_to_within_one_turn(shares: dict[str, int], limits: list[int]) -> None:
    positions: dict[str, float] = {}
    taken: Counter[str] = Counter()
    for limit in limits:
        turns = share_out(limit, shares, positions)
        assert len(turns) == limit
        positions = moved_on(shares, positions, turns)
        taken.update(turns)
    whole = sum(shares.values())
    for name, share in shares.items():
        assert abs(taken[name] - taken.total() * share / whole) <= len(shares)


def test_a_list_that_was_empty_is_not_owed_what_it_missed() -> None:
    shares, positions = {"full": 50, "empty": 50}, dict[str, float]()
    for _ in range(100):
        positions = moved_on(shares, positions, ["full"])  # the other list had nobody
    assert Counter(share_out(10, shares, positions))["empty"] in {5, 6}


def test_a_list_without_a_share_has_no_turn() -> None:
    assert share_out(3, {"a": 0}, {}) == []
    assert set(share_out(3, {"a": 0, "b": 10}, {})) == {"b"}
