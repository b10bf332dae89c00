"""A short rehearsal ends by itself with books that add up to the carrier's, whatever goes wrong on the way."""

import os
from pathlib import Path

import pytest

from tests.journeys.short_rehearsal import Rehearsal, assert_the_numbers_add_up, kills, rehearse

PROGRAMS = ("web", "webhooks", "reporter", "ticker", "dial-worker", "worker", "send-worker")
# Half as long again: on a busy machine most of the usual time goes by while killed processes come back.
_LONGER = 0.6
TWO_OF_EACH = ("web=2", "webhooks=2", "reporter=2", "ticker=2", "dial-worker=2", "send-worker=2")


@pytest.fixture
def postgres_server() -> str:
    """The server on which the rehearsal makes a database of its own."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url:
        pytest.skip("TEST_DATABASE_URL is not set; `make test` sets it")
    return url


def test_it_ends_by_itself_on_the_embedded_default(tmp_path: Path) -> None:
    report = rehearse(Rehearsal(), tmp_path)
    assert_the_numbers_add_up(report)
    assert report["leads"] > 0


@pytest.mark.postgres
def test_it_ends_by_itself_on_real_servers_with_two_of_each_process(
    tmp_path: Path, postgres_server: str, redis_url: str
) -> None:
    wanted = Rehearsal(seed=2, counts=TWO_OF_EACH, database_url=postgres_server, redis_url=redis_url)
    assert_the_numbers_add_up(rehearse(wanted, tmp_path))


def test_it_survives_the_death_of_every_process_in_turn(tmp_path: Path) -> None:
    faults = kills([*PROGRAMS, "redis"], seed=3)
    report = rehearse(Rehearsal(seed=3, hours=_LONGER, faults=faults), tmp_path)
    assert_the_numbers_add_up(report)
    assert report["faults_struck"] == {fault.partition("@")[0]: 1 for fault in faults}


@pytest.mark.postgres
def test_it_survives_the_death_of_one_of_two_while_every_callback_comes_twice_and_late(
    tmp_path: Path, postgres_server: str, redis_url: str
) -> None:
    deaths = kills([f"{program}.1" for program in PROGRAMS if program != "worker"], seed=4)
    carrier = ("callback_doubled=1", "callback_late=1:90", "fetch_doubled=0.5")
    wanted = Rehearsal(
        seed=4,
        hours=_LONGER,
        counts=TWO_OF_EACH,
        faults=(*deaths, "flush@6", *carrier),
        database_url=postgres_server,
        redis_url=redis_url,
    )
    report = rehearse(wanted, tmp_path)
    assert_the_numbers_add_up(report)
    struck = report["faults_struck"]
    assert {name: count for name, count in struck.items() if name.startswith(("kill", "flush"))} == {
        **{fault.partition("@")[0]: 1 for fault in deaths},
        "flush": 1,
    }
    assert min(struck["callback_doubled"], struck["callback_late"]) > 50


def test_it_survives_a_dial_worker_that_dies_again_and_again_while_one_callback_in_ten_is_lost(tmp_path: Path) -> None:
    deaths = tuple(fault for seed in (5, 6, 7) for fault in kills(["dial-worker"] * 2, seed=seed))
    report = rehearse(Rehearsal(seed=5, hours=_LONGER, faults=(*deaths, "flush@5", "callback_lost=0.1")), tmp_path)
    assert_the_numbers_add_up(report)
    struck = report["faults_struck"]
    assert struck["flush"] == 1
    assert struck["kill=dial-worker"] >= 3  # a death may find it dead already
    assert struck["callback_lost"] >= 10


def test_a_carrier_that_fails_with_and_without_placing_the_call_is_never_asked_twice(tmp_path: Path) -> None:
    faults = ("rest_500=0.05", "rest_500_done=0.08", "rest_drop=0.05", "rest_drop_done=0.08", "rest_429=0.15")
    # What becomes of a call of unknown outcome takes longer to find out than all the dialing here.
    report = rehearse(Rehearsal(seed=8, hours=0.3, faults=faults), tmp_path)
    assert_the_numbers_add_up(report)
    assert all(report["faults_struck"].get(fault.partition("=")[0]) for fault in faults)


def test_what_comes_of_predictive_dialing_in_real_processes_lies_within_its_forecast(tmp_path: Path) -> None:
    # Slower than the others, so that the machine's own milliseconds do not count for much; nobody agrees, so that the
    # end waits for no partner; a day's experience, so that it does not spend the whole time learning.
    pace = ("--speed", "30", "--agents", "5", "--max-attempts", "1")
    people = ("--people", "human=0.45,machine=0,agree=0,patience_base_seconds=60,talk_mean_seconds=20")
    ahead = ("--mode", "predictive", "--experience", "2", "--compare")
    options = (*pace, *people, *ahead)
    report = rehearse(Rehearsal(seed=1, contacts=60, hours=0.3, language="Deutsch", options=options), tmp_path)
    assert_the_numbers_add_up(report, contacts=60)
    compared = report["forecast"]
    assert {name for name, one in compared.items() if not one["is_within"]} == set(), compared
    assert {"occupancy", "calls_per_agent_hour", "abandoned"} == set(compared)
