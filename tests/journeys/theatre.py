"""The whole program on a fast clock, for journeys of single calls: its own folder, ports and carrier."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import aiohttp

from cli.partner_commands import import_partners_recorded
from cli.ports import free_port
from cli.rehearsal.stage import as_variables
from foundation.runtime import Runtime, build_runtime
from foundation.settings import Settings
from tests.journeys.ledger_audit import assert_ledger_agrees_with_itself

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# A Tuesday morning, when it is lawful to call in Switzerland.
OPENING = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Europe/Zurich"))
# A phone that rings for its two minutes does so for three seconds.
SPEED = 40.0
START_PATIENCE_SECONDS = 60
STOP_PATIENCE_SECONDS = 20
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05

Found = TypeVar("Found")


@dataclass(frozen=True)
class Theatre:
    """A running program: its settings and parts, and where its processes write."""

    settings: Settings
    runtime: Runtime
    log: Path

    def last_lines(self) -> str:
        """What the processes wrote last."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-60:])


@contextmanager
def running_theatre(folder: Path) -> Iterator[Theatre]:
    """The embedded default with the example partners, until the block ends."""
    settings = _settings(folder)
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    log, ledger = folder / "halali.log", folder / "ledger.jsonl"
    with log.open("wb") as written:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "cli", "up", "--json"],
            env=environment | as_variables(settings) | {"SANDBOX_LEDGER": str(ledger)},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=written,
            start_new_session=True,
        )
    runtime = build_runtime(settings)
    try:
        _wait_until_up(supervisor, log)
        import_partners_recorded(runtime, (EXAMPLES / "partners.csv").read_bytes())
        yield Theatre(settings, runtime, log)
    finally:
        runtime.database.dispose()
        runtime.redis.close()
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(STOP_PATIENCE_SECONDS)
        assert supervisor.stdout is not None
        supervisor.stdout.close()
    # Where a story broke off, its own failure says more.
    assert_ledger_agrees_with_itself(ledger, must_be_finished=False)


def _settings(folder: Path) -> Settings:
    values: dict[str, Any] = {name: field.default for name, field in Settings.model_fields.items()}
    ports = {name: free_port() for name in ("redis_port", "web_port", "webhooks_port", "sandbox_port")}
    clock = {"clock_speed": SPEED, "clock_origin": OPENING, "clock_epoch_real": time.time()}
    pace = {"calls_per_second": 10.0, "sweep_seconds": 0.5, "log_level": "WARNING"}
    return Settings(_env_file=None, **(values | ports | clock | pace | {"data_dir": folder / "var"}))


def _wait_until_up(supervisor: "subprocess.Popen[bytes]", log: Path) -> None:
    assert supervisor.stdout is not None
    for line in supervisor.stdout:
        if line.startswith(b"}"):
            return
    raise AssertionError(f"the program did not come up:\n{log.read_text(errors='replace')[-4000:]}")


async def seen(look: Callable[[], Found | None], what: str) -> Found:
    """What is found in the end, looking again and again; fails when it never is."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        found = look()
        if found:
            return found
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(f"never {what}")


class Hands:
    """The hands on the phones, by the carrier's admin API."""

    def __init__(self, http: aiohttp.ClientSession, settings: Settings) -> None:
        self._http = http
        self._base = f"{settings.twilio_api_url}/_sandbox"

    async def arm(self, *rules: dict[str, Any]) -> None:
        """These faults, instead of those before."""
        await self._post("/faults", {"faults": list(rules)})

    async def script(self, number: str, **traits: Any) -> None:
        """What whoever has this number does on every call."""
        await self._post("/people", {"numbers": {number: traits}})

    async def line_of(self, number: str, status: str) -> str:
        """The carrier's name of the number's live call, as soon as it has this status."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up_at:
            found = await self._get("/calls", to=number)
            for call in found["calls"]:
                if call["status"] == status:
                    return str(call["sid"])
            await asyncio.sleep(LOOK_SECONDS / 2)
        raise AssertionError(f"the carrier never had a call that is {status}")

    async def act(self, carrier_sid: str, deed: str) -> None:
        """Pick up, refuse or hang up for the person at this phone."""
        await self._post(f"/calls/{carrier_sid}", {"do": deed})

    async def verbs_of_ended(self, carrier_sid: str) -> list[str]:
        """The verbs that a call was told to run, once it is over."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up_at:
            if (await self._get("/ledger", sid=carrier_sid, kind="call_completed"))["entries"]:
                run = await self._get("/ledger", sid=carrier_sid, kind="verb_run")
                return [str(entry["verb"]) for entry in run["entries"]]
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError("the carrier's call never ended")

    async def holds_of(self, carrier_sid: str, *expected: str) -> None:
        """Wait until a call has been put on hold and taken back at the carrier in just this order."""
        found: list[str] = []
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up_at:
            changes = (await self._get("/ledger", sid=carrier_sid, kind="participant_changed"))["entries"]
            found = [str(entry["event"]).removeprefix("participant-") for entry in changes]
            if found == list(expected):
                return
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"{found} instead of {expected}")

    async def summary(self) -> dict[str, Any]:
        """The carrier's books."""
        return await self._get("/summary")

    async def _get(self, path: str, **query: str) -> dict[str, Any]:
        async with self._http.get(self._base + path, params=query) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
            return found

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        async with self._http.post(self._base + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
