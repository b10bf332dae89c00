"""People are a pure function of seed, number and count, and their shares hold."""

from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.people import People, PeopleFault, Town, change_people, draw, read_people
from sandbox.people.describe import MEANINGS, as_toml, describe_sample


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


def test_inclination_stays_with_the_number_and_its_share_holds() -> None:
    town = Town(change_people(People(), {"agree": 0.3}), 1)
    inclined = [town.draw(number, 1).agrees for number in _numbers(20_000)]
    assert sum(inclined) / 20_000 == pytest.approx(0.3, abs=0.01)
    assert inclined[:500] == [town.draw(number, 7).agrees for number in _numbers(500)]


def test_fewer_people_answer_at_an_hour_that_says_so() -> None:
    hours = {"time_zone": "Europe/Zurich", "human_by_hour": {"12-14": 0.2, "18": 1.6}}
    town = Town(change_people(People(), hours), 1)

    def answering(hour: int) -> float:
        at = datetime(2026, 3, 10, hour - 1, 30, tzinfo=UTC).timestamp()  # Zurich is an hour ahead in March
        return sum(town.draw(number, 1, at).outcome == "human" for number in _numbers(10_000)) / 10_000

    assert answering(10) == pytest.approx(0.25, abs=0.015)
    assert answering(13) == pytest.approx(0.05, abs=0.01)
    assert answering(18) == pytest.approx(0.40, abs=0.015)


def test_group_of_numbers_has_settings_of_its_own() -> None:
    people = change_people(
        People(), {"groups": {"+4179*": {"human": 0.9, "machine": 0, "busy": 0}, "+41*": {"talk_mean_seconds": 10}}}
    )
    town = Town(people, 1)
    mobile = Counter(town.draw(f"+4179{number:07d}", 1).outcome for number in range(5000))
    fixed = [town.draw(number, 1) for number in _numbers(5000)]
    assert mobile["human"] / 5000 == pytest.approx(0.9, abs=0.02)
    assert sum(one.outcome == "human" for one in fixed) / 5000 == pytest.approx(0.25, abs=0.02)
    assert sum(one.talk_seconds or 0.0 for one in fixed) / 5000 == pytest.approx(10, rel=0.08)


def test_script_may_say_something_else_for_each_call() -> None:
    script = {"outcome": "human", "calls": [{"outcome": "busy"}, {"outcome": "machine", "greeting_seconds": 3}]}
    people = change_people(People(), {"numbers": {"+41445550001": script}})
    assert [draw(people, 1, "+41445550001", count).outcome for count in (1, 2, 3)] == ["busy", "machine", "human"]


def test_agents_miss_and_drop_as_often_as_they_are_said_to() -> None:
    town = Town(change_people(People(), {"agent_miss": 0.2, "agent_drop_mean_seconds": 600}), 1)
    drawn = [town.draw(f"client:agent{number}", 1) for number in range(5000)]
    assert sum(one.outcome == "no_answer" for one in drawn) / 5000 == pytest.approx(0.2, abs=0.02)
    assert sum(one.drops_after_seconds or 0.0 for one in drawn) / 5000 == pytest.approx(600, rel=0.06)
    assert all(draw(People(), 1, f"client:agent{number}", 1).drops_after_seconds is None for number in range(20))


def test_description_can_be_read_back_and_explains_every_setting(tmp_path: Path) -> None:
    people = change_people(
        People(),
        {"human": 0.4, "human_by_hour": {"8": 0.5}, "groups": {"+4179*": {"human": 0.9, "busy": 0, "machine": 0}},
         "numbers": {"+41445550001": {"outcome": "busy", "calls": [{"outcome": "human"}]}}},
    )  # fmt: skip
    file = tmp_path / "people.toml"
    file.write_text("\n".join(as_toml(people)), encoding="utf-8")
    assert read_people(file) == people
    assert set(MEANINGS) == {one.name for one in fields(People)}


def test_sample_is_counted() -> None:
    lines = list(describe_sample(Town(People(), 1), _numbers(1000), 0.0))
    assert sum(int(line.split()[1]) for line in lines) == 1000
    assert any(line.startswith("machine") and "greets for" in line for line in lines)


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
        {"numbers": {"+41": {"calls": [{"mood": "good"}]}}},
        {"agree": 1.5},
        {"time_zone": "Europe/Nowhere"},
        {"human_by_hour": [1, 2, 3]},
        {"human_by_hour": {"noon": 1}},
        {"human_by_hour": {"12-1²": 1}},
        {"human_by_hour": {"0-999999999999": 1}},
        {"groups": {"+41*": {"human": 0.9}}},
        {"groups": {"+41*": {"agents": []}}},
        {"agent_answer_min_seconds": 9},
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
