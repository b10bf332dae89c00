"""What goes over the wire: connection overrides, signatures, dates, ledger lines, settings."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from twilio.request_validator import RequestValidator

from sandbox.callbacks.overrides import Overrides, split_url
from sandbox.callbacks.signature import sign
from sandbox.engine.reports import country_of, rfc2822
from sandbox.engine.sids import SidMint
from sandbox.ledger import Ledger, LedgerOptions, iso_milliseconds
from sandbox.settings import read_settings


def test_url_without_fragment_has_twilios_defaults() -> None:
    assert split_url("https://app.test/a?b=1") == ("https://app.test/a?b=1", Overrides())


def test_fragment_sets_timeouts_and_retries_and_is_not_asked() -> None:
    bare, overrides = split_url("https://app.test/a#ct=2000&rt=5000&tt=9000&rc=3&rp=4xx,5xx")
    assert bare == "https://app.test/a"
    assert overrides == Overrides(2.0, 5.0, 9.0, 3, frozenset({"4xx", "5xx"}))
    assert overrides.retries_after("5xx")
    assert not overrides.retries_after("ct")


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("ct=50", Overrides(connect_seconds=0.1)),
        ("rt=99999", Overrides(read_seconds=15.0)),
        ("tt=99999", Overrides(total_seconds=15.0)),
        ("rc=6", Overrides(retries=5)),
        ("rp=sometimes", Overrides()),
        ("rc=many", Overrides()),
        ("xx=1", Overrides()),
    ],
)
def test_override_out_of_range_is_brought_into_it_and_told(fragment: str, expected: Overrides) -> None:
    found = split_url(f"https://app.test/a#{fragment}")[1]
    assert replace(found, faults=()) == expected
    assert len(found.faults) == 1


def test_edge_and_server_name_are_accepted_and_mean_nothing_here() -> None:
    assert split_url("https://app.test/a#sni=y&e=frankfurt,dublin")[1] == Overrides()


def test_all_retries_after_anything() -> None:
    overrides = split_url("https://app.test/#rp=all&rc=5")[1]
    assert all(overrides.retries_after(failure) for failure in ("ct", "rt", "4xx", "5xx"))


@pytest.mark.parametrize("params", [[("To", "+41"), ("CallSid", "CA1"), ("City", "")], [("A", "ü"), ("a", "1")], []])
def test_signature_passes_the_official_validator(params: list[tuple[str, str]]) -> None:
    url = "http://127.0.0.1:8001/hook?id=7&name=a%20b"
    assert RequestValidator("token").validate(url, dict(params), sign("token", url, params))
    assert not RequestValidator("other").validate(url, dict(params), sign("token", url, params))


def test_dates_are_rfc_2822() -> None:
    at = datetime(2010, 8, 31, 20, 36, 28, tzinfo=UTC).timestamp()
    assert rfc2822(at + 0.9) == "Tue, 31 Aug 2010 20:36:28 +0000"


@pytest.mark.parametrize(
    ("number", "country"), [("+41445550001", "CH"), ("+4235550", "LI"), ("+999", ""), ("client:a", "")]
)
def test_country_comes_from_the_number(number: str, country: str) -> None:
    assert country_of(number) == country


def test_sids_have_twilios_shape_and_do_not_repeat() -> None:
    mint = SidMint("seed")
    sids = [mint.make("CA") for _ in range(1000)]
    assert len(set(sids)) == 1000
    assert all(re.fullmatch("CA[0-9a-f]{32}", sid) for sid in sids)


def test_ledger_is_numbered_filtered_and_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(lambda: 0.0, LedgerOptions(path))
    ledger.note("call_created", {"call": "CA1"})
    ledger.note("call_ringing", {"call": "CA1"})
    ledger.note("rest_answered", {"status": 201})
    ledger.close()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["n"] for line in lines] == [1, 2, 3]
    assert lines[0] == {"n": 1, "at": "1970-01-01T00:00:00.000Z", "kind": "call_created", "call": "CA1"}
    assert [entry["kind"] for entry in ledger.read("call_*", after=1)] == ["call_ringing"]
    assert [entry["n"] for entry in ledger.read(sid="CA1")] == [1, 2]


def test_ledger_begins_a_new_file_when_one_is_full_and_memory_holds_the_last_entries(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(lambda: 0.0, LedgerOptions(path, kept_entries=3, rotate_bytes=300))
    for number in range(20):
        ledger.note("rest_answered", {"status": 200 + number})
    ledger.close()
    files = [tmp_path / f"ledger.jsonl.{number}" for number in range(1, len(list(tmp_path.iterdir())))]
    numbers = [json.loads(line)["n"] for file in [*files, path] for line in file.read_text("utf-8").splitlines()]
    assert len(files) > 2
    assert numbers == list(range(1, 21))
    assert [entry["n"] for entry in ledger.read()] == [18, 19, 20]


@pytest.mark.parametrize("at", [0.0, 0.9994999, 0.9999996, 1_793_000_000.123456, 1_793_000_000.9999999])
def test_instants_are_written_as_datetime_writes_them(at: float) -> None:
    expected = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert iso_milliseconds(at) == expected


def test_help_does_not_tell_what_is_secret(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_settings(["--help"], {"SANDBOX_AUTH_TOKEN": "hush", "SANDBOX_SEED": "4711"})
    said = capsys.readouterr().out
    assert "4711" in said
    assert "hush" not in said


def test_settings_come_from_the_environment_and_options_win() -> None:
    environment = {"SANDBOX_PORT": "1234", "SANDBOX_SPEED": "60", "SANDBOX_PEOPLE_SET": "human=0.5"}
    settings = read_settings(["--port", "99", "--start-at", "2026-03-02T09:00:00Z", "--agents", "+4144*"], environment)
    assert (settings.port, settings.speed, settings.people.human) == (99, 60.0, 0.5)
    assert settings.start_at == datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()
    assert settings.people.is_agent("+41445550001")
    assert settings.people.is_agent("client:ann")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--concurrency", "-1"],
        ["--ledger", "/nowhere/ledger.jsonl"],
        ["--people", "/nowhere.toml"],
        ["--people-set", "human"],
        ["--start-at", "soon"],
        ["--faults", "/nowhere.toml"],
        ["--shared-key", "alone"],
        ["--port", "99999"],
        ["--ledger-kept", "-1"],
    ],
)
def test_wrong_setting_ends_with_a_message(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(arguments, {})
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("python -m sandbox: error: ")
    assert said.count("\n") == 1
