"""Runs `halali rehearse` on the first companies of the example list: real processes, real servers, faults on demand.

A short day on a fast clock: it ends by itself within half a minute, and its report is what the tests look at.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from foundation.settings import Settings
from tests.journeys.ledger_audit import assert_ledger_agrees_with_itself

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# Twice what the slowest takes on two busy cores; then it is stopped, and says where it stood.
PATIENCE_SECONDS = 150
LONGEST_SECONDS = 220
FIRST_KILL_SECONDS = 1.5
SECONDS_OF_DIALING = 11.0
LEDGER = "ledger.jsonl"
_OPTIONS = (
    *("--speed", "120", "--retry-minutes", "5", "--offer-hours", "0.05", "--agents", "8"),
    # At this speed a webhook of 50 ms is six seconds of a call: people have to be patient, and are.
    *("--people", "human=0.45,agree=0.3,patience_base_seconds=60,talk_mean_seconds=40"),
    # The carrier answers from this machine: what it does not know after some seconds it never had.
    *("--setting", "unknown_hold_seconds=5", "--setting", "sweep_seconds=0.5"),
    *("--patience", str(PATIENCE_SECONDS), "--json"),
)


@dataclass(frozen=True)
class Rehearsal:
    """What is rehearsed: how many contacts, the faults and process counts as on the command line, and the servers."""

    faults: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    contacts: int = 40
    hours: float = 0.4
    seed: int = 1
    options: tuple[str, ...] = ()
    language: str = ""  # as the list has it; empty: all
    database_url: str = ""
    redis_url: str = ""


def kills(programs: Sequence[str], seed: int) -> tuple[str, ...]:
    """Each program is killed once, in an order and at moments that the seed decides, while contacts are dialed."""
    chance = Random(seed)
    order = chance.sample(programs, len(programs))
    slot = (SECONDS_OF_DIALING - FIRST_KILL_SECONDS) / len(order)
    return tuple(
        f"kill={program}@{FIRST_KILL_SECONDS + (place + chance.random()) * slot:.2f}"
        for place, program in enumerate(order)
    )


def rehearse(wanted: Rehearsal, folder: Path) -> dict[str, Any]:
    """Play it; the report, of which every check holds. Otherwise fails with the checks and what was said."""
    header, *listed = (EXAMPLES / "contacts.csv").read_bytes().splitlines(keepends=True)
    rows = [header, *(row for row in listed if wanted.language.encode() in row)]
    contacts = folder / "contacts.csv"
    contacts.write_bytes(b"".join(rows[: wanted.contacts + 1]))
    words = [sys.executable, "-m", "cli", "rehearse", str(contacts), "--partners", str(EXAMPLES / "partners.csv")]
    words += [*_OPTIONS, "--hours", str(wanted.hours), "--seed", str(wanted.seed)]
    words += [word for fault in wanted.faults for word in ("--fault", fault)]
    words += [word for count in wanted.counts for word in ("--count", count)]
    words += wanted.options
    ended = subprocess.run(
        words,
        env=_environment(wanted, folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert ended.stdout, f"there is no report:\n{ended.stderr[-6000:]}"
    report: dict[str, Any] = json.loads(ended.stdout)
    broken = [check for check in report["checks"] if not check["ok"]]
    assert ended.returncode == 0, f"{json.dumps(broken, indent=1)}\n{json.dumps(report)}\n{ended.stderr[-12000:]}"
    assert report["ok"]
    assert not broken
    assert_ledger_agrees_with_itself(folder / LEDGER, must_be_finished=True)
    return report


def _environment(wanted: Rehearsal, folder: Path) -> dict[str, str]:
    """Nothing of Halali's comes from the surroundings but the servers that are wanted; all files stay in the folder."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    servers = {"DATABASE_URL": wanted.database_url, "REDIS_URL": wanted.redis_url}
    own = {"TMPDIR": str(folder), "SANDBOX_LEDGER": str(folder / LEDGER)}
    return kept | own | {name: url for name, url in servers.items() if url}


def assert_the_numbers_add_up(report: dict[str, Any], contacts: int = 40) -> None:
    """The report's own numbers, added here once more; and that enough has happened to say anything."""
    assert report["rows"] == contacts
    assert report["rows"] == report["accepted"] + sum(report["refused"].values())
    assert sum(report["contacts_final"].values()) == report["accepted"]
    assert sum(report["attempts_by_ending"].values()) == report["attempts"]
    assert report["calls_placed"] == report["carrier_calls"]
    assert report["number_mismatches"] == []
    assert report["calls_double_placed"] == 0
    assert report["answered"] == report["bridged"] + report["abandoned"] + report["hung_up_before_bridge"]
    assert sum(report["leads_final"].values()) == report["leads"] == report["dispositions"].get("qualified", 0)
    assert report["calls_placed"] >= contacts // 4
    assert report["bridged"] >= 4
