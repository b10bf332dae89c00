"""Filters of lists: by equal words, and by instants with `<` and `>` in the parameter's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from multidict import MultiMapping

from sandbox.rest.errors import RestError

Row = TypeVar("Row")
_DAY_SECONDS = 86_400.0
Query = MultiMapping[str]
# What a filter compares: the row's value under that name; None matches no filter.
Words = Mapping[str, Callable[[Row], object]]
Instants = Mapping[str, Callable[[Row], float | None]]


def keep(rows: Iterable[Row], query: Query, words: Words[Row], instants: Instants[Row] | None = None) -> Iterator[Row]:
    """Yield the rows that all filters of the query let through; RestError for an instant that is none."""
    tests = [_word_test(read, query[key]) for key, read in words.items() if query.get(key)]
    for key, value in query.items():
        read = (instants or {}).get(key.rstrip("<>"))
        if read is not None and value:
            tests.append(_instant_test(read, *_read_span(key, value)))
    return (row for row in rows if all(test(row) for test in tests))


def _word_test(read: Callable[[Row], object], wanted: str) -> Callable[[Row], bool]:
    def test(row: Row) -> bool:
        found = read(row)
        return (str(found).lower() if isinstance(found, bool) else found) == (
            wanted.lower() if isinstance(found, bool) else wanted
        )

    return test


def _instant_test(read: Callable[[Row], float | None], first: float, last: float) -> Callable[[Row], bool]:
    def test(row: Row) -> bool:
        at = read(row)
        return at is not None and first <= at <= last

    return test


def _read_span(key: str, value: str) -> tuple[float, float]:
    """Return the first and last instant a filter lets through.

    Midnight without a comparison stands for its whole day: the SDKs write a date that way.
    """
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise RestError(20422, f"{key} is not a date or time: {value}") from error
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    first = instant.timestamp()
    # Instants are written in whole seconds, so the second that is named counts as a whole.
    last = first + 0.999_999
    if key.endswith("<"):
        return float("-inf"), last
    if key.endswith(">"):
        return first, float("inf")
    is_midnight = (instant.hour, instant.minute, instant.second) == (0, 0, 0)
    return first, first + _DAY_SECONDS - 1e-6 if is_midnight else last
