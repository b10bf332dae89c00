"""`halali rules …` typed at a terminal."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from foundation.settings import Settings

CALLER = "+41446681801"
NUMBER = "+41446681800"
# A Tuesday morning, when it is lawful to call.
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LOOK = ("--directory", "local.ch", "--by", "A. Tester", "--listed-as", "Muster AG")


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, redis_url: str) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("CLOCK_ORIGIN", MORNING.isoformat())
    monkeypatch.setenv("CLOCK_EPOCH_REAL", str(time.time()))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.chdir(tmp_path)


def halali(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def said(*words: str) -> Any:
    result = halali(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def explained(*options: str) -> dict[str, Any]:
    found = said("rules", "explain", NUMBER, "--caller-number", CALLER, *options)
    assert isinstance(found, dict)
    return found


def test_a_number_is_explained_and_what_is_missing_can_be_stated() -> None:
    at = ("--at", "2026-11-24T10:00", "--canton", "ZH", "--b2b")
    nothing = explained(*at)
    assert (nothing["verdict"], nothing["reason"]) == ("blocked", "no_ground")
    said("rules", "attest", "listed_without_star", "--number", NUMBER, "--source", "local.ch", "--by", "A. Tester")
    assert explained(*at)["reason"] == "caller_number_not_listed"
    shown = said("rules", "check-number", CALLER, *LOOK)
    assert shown["may_be_shown_until"].startswith("2027-02-22")
    assert explained(*at)["verdict"] == "allowed"
    evening = explained("--at", "2026-11-24T20:30", "--canton", "ZH")
    assert (evening["verdict"], evening["until"]) == ("deferred", "2026-11-25T07:00:00+00:00")
    stopping = [rule["id"] for rule in evening["applying"] if rule["says"] == "stops"]
    assert stopping == ["CH-hours-callnet", "CH-hours-filters"]


def test_it_is_explained_in_words_too() -> None:
    words = halali("rules", "explain", NUMBER, "--at", "2026-12-25T10:00").stdout
    assert "Friday 25 December 2026 in Europe/Zurich: closed" in words
    assert "CH-ground: only with a ground" in words
    result = halali("rules", "explain", "+33142685300", "--at", "2026-08-01T11:00")
    assert result.exit_code == 0, (result.stderr, result.exception)
    coming = result.stdout
    assert "what is coming:\n  2026-08-11  FR-ground-consumers" in coming


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("explain", "12"), "not a phone number"),
        (("explain", "+55 11 2345 6789"), "no rules for BR"),
        (("explain", NUMBER, "--at", "noon"), "no moment"),
        (("explain", NUMBER, "--b2b", "--b2c"), "neither"),
        (("attest", "consent", "--source", "web form", "--number", NUMBER), "file that proves it"),
        (("attest", "consent", "--source", "web form"), "for whom"),
        (("attest", "consent", "--source", "web form", "--campaign", "Nobody"), "no campaign"),
        (("revoke", "ground_0", "--because", "wrong"), "no such ground"),
        (("check-number", CALLER, "--directory", "local.ch", "--by", "me"), "under which name"),
        (("check-number", CALLER, *LOOK, "--on", "yesterday"), "is no day"),
        (("replay", "call_0"), "no call"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(words: tuple[str, ...], problem: str) -> None:
    result = halali("rules", *words)
    assert result.exit_code == 1
    assert problem in result.stderr


def test_a_ground_is_revoked_from_the_next_look_on() -> None:
    (ground,) = said(
        *("rules", "attest", "business_relationship", "--number", NUMBER),
        *("--source", "customer since 2024", "--on", "2026-10-01"),
    )["grounds"]
    said("rules", "check-number", CALLER, *LOOK)
    assert explained()["verdict"] == "allowed"
    said("rules", "revoke", ground, "--because", "the contract has ended")
    assert explained()["reason"] == "no_ground"


def test_an_empty_ledger_is_intact_and_there_is_nothing_to_replay() -> None:
    assert said("rules", "ledger") == {"uses": 0, "head": "0" * 64, "intact": True}
    assert said("rules", "replay")["calls"] == 0


def test_a_receipt_of_somebody_else_is_not_valid(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    key.write_text(halali("rules", "receipt-key").stdout)
    (tmp_path / "receipt.txt").write_text("eyJ0eXAiOiJKV1QifQ.e30.AAAA\n")
    for words in (("receipt.txt",), ("eyJ0eXAiOiJKV1QifQ.e30.AAAA", "--key", str(key))):
        result = halali("rules", "verify-receipt", *words, "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["valid"] is False
