"""People are a pure function of seed, number and count, and their shares hold."""

from collections import Counter
from pathlib import Path

import pytest

from sandbox.people import People, PeopleFault, change_people, draw, read_people


def _numbers(count: int) -> list[str]:
    return [f"+4144{number:07d}" for number in range(count)]


def test_same_seed_number_and_count_give_the_same_person() -> None:
    people = People()
    first = [draw(people, 7, number, 1) for number in _numbers(50)]
    assert first == [draw(people, 7, number, 1) for number in _numbers(50)]
    assert first != [draw(people, 8, number, 1) for number in _numbers(50)]
    assert first != [draw(people, 7, number, 2) for number in _numbers(50)]


def test_shares_hold_over_many_numbers() -> None:
    found = Counter(draw(People(), 1, number, 1).outcome for number in _numbers(20_000))
    assert found["human"] / 20_000 == pytest.approx(0.25, abs=0.01)
    assert found["machine"] / 20_000 == pytest.approx(0.20, abs=0.01)
    assert found["busy"] / 20_000 == pytest.approx(0.10, abs=0.01)
    assert found["unreachable"] / 20_000 == pytest.approx(0.08, abs=0.01)


def test_times_have_the_means_that_are_stated() -> None:
    people = change_people(People(), {"human": 1.0, "machine": 0, "busy": 0, "unreachable": 0})
    drawn = [draw(people, 1, number, 1) for number in _numbers(20_000)]
    ring = sum(one.setup_seconds + one.answer_seconds for one in drawn) / len(drawn)
    talk = sum(one.talk_seconds or 0.0 for one in drawn) / len(drawn)
    patience = sum(one.patience_seconds for one in drawn) / len(drawn)
    assert ring == pytest.approx(11, rel=0.03)
    assert talk == pytest.approx(120, rel=0.05)
    assert patience == pytest.approx(7, rel=0.03)


def test_number_that_does_not_exist_never_exists() -> None:
    people = People()
    dead = [number for number in _numbers(500) if draw(people, 1, number, 1).outcome == "unreachable"]
    assert dead
    assert all(draw(people, 1, number, count).outcome == "unreachable" for number in dead for count in range(2, 6))


def test_agents_answer_fast_and_stay() -> None:
    person = draw(People(agents=("client:*", "+4144555*")), 1, "+41445550001", 1)
    assert person.is_agent
    assert 1.0 <= person.answer_seconds <= 2.0
    assert person.talk_seconds is None


def test_number_with_a_script_follows_it() -> None:
    people = change_people(
        People(), {"numbers": {"+41445550001": {"outcome": "human", "answer_seconds": 3, "says": "ja"}}}
    )
    person = draw(people, 1, "+41445550001", 1)
    assert (person.outcome, person.answer_seconds, person.says) == ("human", 3, "ja")


@pytest.mark.parametrize(
    "changes",
    [
        {"humans": 0.5},
        {"human": 0.9, "machine": 0.9},
        {"human": -1},
        {"human": "many"},
        {"agents": "client:*"},
        {"numbers": {"+41": {"outcome": "asleep"}}},
        {"numbers": {"+41": {"mood": "good"}}},
    ],
)
def test_setting_that_makes_no_sense_is_named(changes: dict[str, object]) -> None:
    with pytest.raises(PeopleFault, match=next(iter(changes)).rstrip("s")):
        change_people(People(), changes)


def test_file_of_people_is_read(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    file.write_text('human = 0.5\nagents = ["sip:*"]\n[numbers."+41445550001"]\noutcome = "busy"\n', encoding="utf-8")
    people = read_people(file)
    assert (people.human, people.agents) == (0.5, ("sip:*",))
    assert draw(people, 1, "+41445550001", 1).outcome == "busy"


def test_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    file.write_text("human: 0.5", encoding="utf-8")
    with pytest.raises(PeopleFault, match=r"people\.toml"):
        read_people(file)
