"""The sandbox's settings in one typed record, from the command line and SANDBOX_* variables.

Nothing is started here.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sandbox.callbacks.post import PostOptions
from sandbox.callbacks.signature import read_shared_key
from sandbox.faults import FaultRule, read_fault_file
from sandbox.ledger import LedgerOptions
from sandbox.office.countries import CountryTable, read_countries
from sandbox.office.office import OfficeOptions
from sandbox.options import (
    DEFAULT_ACCOUNT_SID,
    DEFAULT_API_KEY_SECRET,
    DEFAULT_API_KEY_SID,
    DEFAULT_AUTH_TOKEN,
    DEFAULT_KEPT_CALLS,
    build_parser,
)
from sandbox.people import People, PeopleFault, change_people, read_people


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Everything that a sandbox is started with. `start_at` and `epoch_real` are Unix seconds."""

    host: str = "127.0.0.1"
    port: int = 8900
    account_sid: str = DEFAULT_ACCOUNT_SID
    auth_token: str = DEFAULT_AUTH_TOKEN
    seed: int = 1
    speed: float = 1.0
    start_at: float | None = None
    epoch_real: float | None = None
    is_virtual: bool = False
    calls_per_second: float = 1.0
    kept_calls: int = DEFAULT_KEPT_CALLS
    caller_numbers: tuple[str, ...] = ()
    api_key_sid: str = DEFAULT_API_KEY_SID
    api_key_secret: str = DEFAULT_API_KEY_SECRET
    needs_registered_clients: bool = False
    allowed_hosts: tuple[str, ...] = ()
    ledger: LedgerOptions = field(default_factory=LedgerOptions)
    faults: tuple[FaultRule, ...] = ()
    people: People = field(default_factory=People)
    balance: Decimal | None = None
    concurrency: int = 0
    countries: tuple[str, ...] = ()
    is_trial: bool = False
    prices: CountryTable | None = None
    post: PostOptions = field(default_factory=PostOptions)
    is_check: bool = False

    @property
    def office(self) -> OfficeOptions:
        """What the main account starts with."""
        return OfficeOptions(
            self.account_sid,
            self.auth_token,
            self.caller_numbers,
            self.balance,
            self.concurrency,
            self.countries,
            self.is_trial,
            {self.api_key_sid: self.api_key_secret},
        )


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> SandboxSettings:
    """Read settings; a wrong one ends the program with argparse's message and exit code 2."""
    parser = build_parser(environment)
    found = parser.parse_args(arguments)
    try:
        _check(found)
        return _read(found)
    except InvalidOperation:
        parser.error(f"--balance is a sum of money, not {found.balance!r}")
    except (PeopleFault, ValueError) as error:
        parser.error(str(error))


def _check(found: argparse.Namespace) -> None:
    if found.concurrency < 0:
        raise ValueError("--concurrency must be 0 (no limit) or more")
    if found.ledger and not Path(found.ledger).absolute().parent.is_dir():
        raise ValueError(f"--ledger: there is no folder {Path(found.ledger).parent}")
    if found.speed <= 0:
        raise ValueError("--speed must be more than 0")
    if found.ledger_kept < 0 or found.ledger_rotate_mb < 0:
        raise ValueError("--ledger-kept and --ledger-rotate-mb may not be negative")
    if found.calls_kept < 0:
        raise ValueError("--calls-kept must be 0 (all) or more")
    if not 0 <= found.port <= 65535:
        raise ValueError(f"--port is from 0 to 65535, not {found.port}")
    if found.calls_per_second < 0:
        raise ValueError("--calls-per-second must be 0 (no limit) or more")


def _read(found: argparse.Namespace) -> SandboxSettings:
    return SandboxSettings(
        host=found.host,
        port=found.port,
        account_sid=found.account_sid,
        auth_token=found.auth_token,
        seed=found.seed,
        speed=found.speed,
        start_at=_read_instant(found.start_at) if found.start_at else None,
        epoch_real=found.epoch_real,
        is_virtual=found.virtual,
        calls_per_second=found.calls_per_second,
        kept_calls=found.calls_kept,
        caller_numbers=_split(found.caller_numbers),
        api_key_sid=found.api_key_sid,
        api_key_secret=found.api_key_secret,
        needs_registered_clients=found.clients == "registered",
        allowed_hosts=_split(found.allow_host),
        ledger=LedgerOptions(
            Path(found.ledger) if found.ledger else None, found.ledger_kept, int(found.ledger_rotate_mb * 1_000_000)
        ),
        faults=tuple(read_fault_file(Path(found.faults))) if found.faults else (),
        people=_read_people(found),
        balance=Decimal(found.balance) if found.balance else None,
        concurrency=found.concurrency,
        countries=tuple(code.upper() for code in _split(found.countries)),
        is_trial=found.trial,
        prices=read_countries(Path(found.prices)) if found.prices else None,
        post=_read_post(found),
        is_check=found.check,
    )


def _read_people(found: argparse.Namespace) -> People:
    people = read_people(Path(found.people)) if found.people else People()
    people = change_people(people, dict(_split_pair(pair) for pair in _split(found.people_set)))
    return change_people(people, {"agents": [*people.agents, *_split(found.agents)]})


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _read_post(found: argparse.Namespace) -> PostOptions:
    topics = frozenset(_split(found.json_callbacks))
    return PostOptions(topics, read_shared_key(found.shared_key), verifies_tls=not found.insecure_tls)


def _split_pair(pair: str) -> tuple[str, str]:
    key, separator, value = pair.partition("=")
    if not separator:
        raise ValueError(f"{pair!r} is not written as name=value")
    return key.strip(), value.strip()


def _read_instant(text: str) -> float:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"--start-at is a moment such as 2026-12-01T09:00, not {text!r}") from error
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
