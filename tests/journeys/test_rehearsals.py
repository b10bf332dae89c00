"""The main job from the list to the lead through the real processes, and again while everything goes wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from foundation.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ROWS = 40
PATIENCE_SECONDS = 280
# Short talks and quick retries: it is the ways that count, not the hours.
BRISK = (
    *("--agents", "8", "--speed", "60", "--retry-minutes", "5", "--offer-hours", "0.25", "--seed", "1"),
    *("--people", "human=0.6,machine=0.1,unreachable=0.02,talk_mean_seconds=45"),
)
# Each program dies once, some while the one that stands in for it has only just come back.
KILLS = tuple(
    f"--fault=kill={program}@{second}"
    for second, program in enumerate(
        ("webhooks", "reporter", "ticker", "dial-worker", "web", "worker", "redis"), start=2
    )
)


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    lines = (ROOT / "examples" / "contacts.csv").read_bytes().splitlines(keepends=True)
    path = tmp_path / "contacts.csv"
    path.write_bytes(b"".join(lines[: ROWS + 1]))
    return path


def rehearse(contacts: Path, *options: str, **surroundings: str) -> tuple[dict[str, Any], str]:
    """The report of a rehearsal, and what it said meanwhile."""
    rest = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    partners = str(ROOT / "examples" / "partners.csv")
    words = [sys.executable, "-m", "cli", "rehearse", str(contacts), "--partners", partners, *BRISK, *options, "--json"]
    with subprocess.Popen(
        words, env=rest | surroundings, cwd=contacts.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as rehearsal:
        try:
            output, talk = rehearsal.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            rehearsal.terminate()
            output, talk = rehearsal.communicate()
    assert output, talk
    report: dict[str, Any] = json.loads(output)
    assert (rehearsal.returncode == 0) == report["ok"]
    return report, talk


def assert_books_hold(report: dict[str, Any]) -> None:
    assert [check for check in report["checks"] if not check["ok"]] == []
    assert report["rows"] == ROWS == report["accepted"] + sum(report["refused"].values())
    assert sum(report["contacts_final"].values()) == report["accepted"]
    assert report["calls_placed"] == report["carrier_calls"] > 0
    assert (report["number_mismatches"], report["calls_double_placed"]) == ([], 0)
    assert report["answered"] == report["bridged"] + report["abandoned"] + report["hung_up_before_bridge"]
    assert report["leads"] == report["dispositions"]["qualified"] == sum(report["leads_final"].values())


def test_doubled_and_shuffled_callbacks_and_an_emptied_redis_change_nothing(contacts: Path) -> None:
    report, talk = rehearse(contacts, "--fault=callback_doubled=1", "--fault=callback_late=1:10", "--fault=flush@6")
    assert_books_hold(report)
    assert report["faults_struck"]["callback_doubled"] > 0
    assert report["faults_struck"]["callback_late"] > 0
    assert "emptying Redis" in talk


def test_one_lost_callback_in_ten_is_made_up_for(contacts: Path) -> None:
    report, _ = rehearse(contacts, "--fault=callback_lost=0.1")
    assert_books_hold(report)
    assert report["faults_struck"]["callback_lost"] > 0


def test_any_program_may_be_killed(contacts: Path) -> None:
    report, talk = rehearse(contacts, *KILLS)
    assert_books_hold(report)
    assert talk.count("rehearsal: killing") == len(KILLS)


@pytest.mark.postgres
def test_two_of_each_share_real_servers_and_survive_kills(contacts: Path, redis_url: str) -> None:
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        pytest.skip("TEST_DATABASE_URL is not set; `make test` sets it")
    counts = "web=2,webhooks=2,dial-worker=2,ticker=2,reporter=2"
    kills = ("--fault=kill=webhooks.2@3", "--fault=kill=dial-worker.1@4", "--fault=kill=ticker.1@5")
    doubled = "--fault=callback_doubled=1"
    report, talk = rehearse(contacts, "--count", counts, doubled, *kills, DATABASE_URL=server, REDIS_URL=redis_url)
    assert_books_hold(report)
    assert talk.count("rehearsal: killing") == len(kills)
