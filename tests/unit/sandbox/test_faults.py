"""Faults strike by rate, by count and for a time, and the same seed strikes the same."""

from pathlib import Path

import pytest

from sandbox.faults import FaultBook, FaultRuleError, read_fault_file, read_rule


def _strikes(book: FaultBook, fault: str, occasions: int) -> list[int]:
    return [place for place in range(1, occasions + 1) if book.strike(fault, "POST /Calls.json")]


def _book(*rules: dict[str, object], seed: int = 1) -> FaultBook:
    book = FaultBook(seed, lambda: 0.0)
    book.arm([read_rule(rule) for rule in rules])
    return book


def test_rate_holds_and_repeats_with_the_seed() -> None:
    struck = _strikes(_book({"fault": "rest_429", "rate": 0.1}), "rest_429", 10_000)
    assert len(struck) / 10_000 == pytest.approx(0.1, abs=0.01)
    assert struck == _strikes(_book({"fault": "rest_429", "rate": 0.1}), "rest_429", 10_000)
    assert struck != _strikes(_book({"fault": "rest_429", "rate": 0.1}, seed=2), "rest_429", 10_000)


def test_script_names_the_occasions() -> None:
    assert _strikes(_book({"fault": "rest_500", "at": [2, 5]}), "rest_500", 9) == [2, 5]


def test_times_limit_a_fault() -> None:
    assert _strikes(_book({"fault": "rest_500", "times": 2}), "rest_500", 9) == [1, 2]


def test_fault_strikes_only_where_it_matches() -> None:
    book = _book({"fault": "callback_lost", "match": "answered"})
    assert book.strike("callback_lost", "ringing") is None
    assert book.strike("callback_lost", "answered") is not None
    assert book.struck == {"callback_lost": 1}


def test_fault_ends_with_its_time() -> None:
    now = [0.0]
    book = FaultBook(1, lambda: now[0])
    book.arm([read_rule({"fault": "down", "for_seconds": 60})])
    assert book.strike("down", "GET /Calls.json")
    now[0] = 61.0
    assert book.strike("down", "GET /Calls.json") is None


def test_fault_begins_when_its_time_has_come() -> None:
    now = [0.0]
    book = FaultBook(1, lambda: now[0])
    book.arm([read_rule({"fault": "down", "after_seconds": 30, "for_seconds": 60})])
    struck = []
    for at in (0.0, 29.0, 30.0, 90.0, 91.0):
        now[0] = at
        struck.append(book.strike("down", "GET /Calls.json") is not None)
    assert struck == [False, False, True, True, False]


def test_fault_that_is_a_state_is_in_force_without_occasions() -> None:
    now = [0.0]
    book = FaultBook(1, lambda: now[0])
    book.arm([read_rule({"fault": "clock_skew", "seconds": -30, "for_seconds": 60})])
    rule = book.in_force("clock_skew")
    assert rule is not None
    assert rule.seconds == -30
    now[0] = 61.0
    assert book.in_force("clock_skew") is None


def test_rules_are_added_and_taken_out_one_kind_at_a_time() -> None:
    book = _book({"fault": "rest_429"}, {"fault": "callback_lost"})
    book.add([read_rule({"fault": "down"})])
    book.disarm(["rest_429"])
    assert [rule.fault for rule in book.rules()] == ["callback_lost", "down"]


def test_file_of_rules_is_read_and_a_bad_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "faults.toml"
    path.write_text('[[faults]]\nfault = "rest_500"\nat = [2, 5]\n[[faults]]\nfault = "down"\n', encoding="utf-8")
    assert [(rule.fault, rule.at) for rule in read_fault_file(path)] == [("rest_500", (2, 5)), ("down", ())]
    path.write_text('[[faults]]\nfault = "fire"\n', encoding="utf-8")
    with pytest.raises(FaultRuleError, match=r"faults\.toml"):
        read_fault_file(path)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"fault": "fire"},
        {"fault": "down", "chance": 1},
        {"fault": "down", "rate": "often"},
        {"fault": "down", "rate": 2},
        {"fault": "down", "times": -1},
        {"fault": "callback_late", "seconds": -1},
    ],
)
def test_rule_that_cannot_be_read_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(FaultRuleError):
        read_rule(raw)
