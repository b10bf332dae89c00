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
from sandbox.office.countries import CountryTable, read_countries
from sandbox.office.office import OfficeOptions
from sandbox.people import People, PeopleFault, change_people, read_people

DEFAULT_ACCOUNT_SID = "AC" + "5a" * 16
DEFAULT_AUTH_TOKEN = "sandbox-token"  # noqa: S105 - the sandbox is not a secret
DEFAULT_API_KEY_SID = "SK" + "5a" * 16
DEFAULT_API_KEY_SECRET = "sandbox-api-key-that-is-no-secret"  # noqa: S105 - neither is its key for browser phones


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
    caller_numbers: tuple[str, ...] = ()
    api_key_sid: str = DEFAULT_API_KEY_SID
    api_key_secret: str = DEFAULT_API_KEY_SECRET
    needs_registered_clients: bool = False
    allowed_hosts: tuple[str, ...] = ()
    ledger_path: Path | None = None
    people: People = field(default_factory=People)
    balance: Decimal | None = None
    concurrency: int = 0
    countries: tuple[str, ...] = ()
    is_trial: bool = False
    prices: CountryTable | None = None
    post: PostOptions = field(default_factory=PostOptions)

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
    parser = _build_parser(environment)
    found = parser.parse_args(arguments)
    try:
        people = read_people(Path(found.people)) if found.people else People()
        people = change_people(people, dict(_split_pair(pair) for pair in found.people_set.split(",") if pair))
        if found.agents:
            people = change_people(people, {"agents": [*people.agents, *found.agents.split(",")]})
        start_at = _read_instant(found.start_at) if found.start_at else None
        balance = Decimal(found.balance) if found.balance else None
        prices = read_countries(Path(found.prices)) if found.prices else None
        post = _read_post(found)
    except InvalidOperation:
        parser.error(f"--balance is a sum of money, not {found.balance!r}")
    except (PeopleFault, ValueError) as error:
        parser.error(str(error))
    if found.speed <= 0:
        parser.error("--speed must be more than 0")
    if found.calls_per_second < 0:
        parser.error("--calls-per-second must be 0 (no limit) or more")
    return SandboxSettings(
        host=found.host,
        port=found.port,
        account_sid=found.account_sid,
        auth_token=found.auth_token,
        seed=found.seed,
        speed=found.speed,
        start_at=start_at,
        epoch_real=found.epoch_real,
        is_virtual=found.virtual,
        calls_per_second=found.calls_per_second,
        caller_numbers=tuple(number for number in found.caller_numbers.split(",") if number),
        api_key_sid=found.api_key_sid,
        api_key_secret=found.api_key_secret,
        needs_registered_clients=found.clients == "registered",
        allowed_hosts=tuple(name for name in found.allow_host.split(",") if name),
        ledger_path=Path(found.ledger) if found.ledger else None,
        people=people,
        balance=balance,
        concurrency=found.concurrency,
        countries=tuple(code.strip().upper() for code in found.countries.split(",") if code),
        is_trial=found.trial,
        prices=prices,
        post=post,
    )


def _build_parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    def default(name: str, value: str) -> str:
        return environment.get(f"SANDBOX_{name}", value)

    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A Twilio-compatible carrier on your own machine. Each option may also be set as SANDBOX_<OPTION>.",
    )
    add = parser.add_argument
    add("--host", default=default("HOST", "127.0.0.1"))
    add("--port", type=int, default=default("PORT", "8900"), help="0 picks a free one")
    add("--account-sid", default=default("ACCOUNT_SID", DEFAULT_ACCOUNT_SID))
    add("--auth-token", default=default("AUTH_TOKEN", DEFAULT_AUTH_TOKEN))
    add("--seed", type=int, default=default("SEED", "1"), help="the same seed gives the same people")
    add("--speed", type=float, default=default("SPEED", "1"), help="carrier seconds in a real second")
    add("--start-at", default=default("START_AT", ""), help="carrier time at the start, ISO 8601; else real time")
    epoch = default("EPOCH_REAL", "")
    add("--epoch-real", type=float, default=epoch or None, help="Unix time at which the carrier clock read --start-at")
    add("--virtual", action="store_true", default=default("VIRTUAL", "") in ("1", "true"), help="time stands still")
    add("--calls-per-second", type=float, default=default("CALLS_PER_SECOND", "1"), help="0: no limit")
    add("--caller-numbers", default=default("CALLER_NUMBERS", ""), help="numbers the account owns; empty: any")
    add("--balance", default=default("BALANCE", ""), help="USD that the account starts with; empty: endless")
    add("--concurrency", type=int, default=default("CONCURRENCY", "0"), help="calls at once; 0: no limit")
    add("--countries", default=default("COUNTRIES", ""), help="ISO codes that may be called (CH,DE); empty: all")
    add("--prices", default=default("PRICES", ""), help="TOML file of countries and prices, instead of the own one")
    add("--trial", action="store_true", default=default("TRIAL", "") in ("1", "true"), help="a trial account")
    add("--api-key-sid", default=default("API_KEY_SID", DEFAULT_API_KEY_SID), help="signs tokens of browser phones")
    add("--api-key-secret", default=default("API_KEY_SECRET", DEFAULT_API_KEY_SECRET))
    clients = ("simulated", "registered")
    add("--clients", choices=clients, default=default("CLIENTS", clients[0]), help="client: phones nobody registered")
    add("--allow-host", default=default("ALLOW_HOST", ""), help="more names, by comma, that the page is opened by")
    add("--people", default=default("PEOPLE", ""), help="TOML file that describes the people")
    add("--people-set", default=default("PEOPLE_SET", ""), help="changes such as human=0.4,talk_mean_seconds=60")
    add("--agents", default=default("AGENTS", ""), help="more agents' phones: numbers or patterns such as +4144555*")
    add("--ledger", default=default("LEDGER", ""), help="file for the ledger's JSON lines")
    add("--json-callbacks", default=default("JSON_CALLBACKS", ""), help="topics sent as JSON: call, conference …, or *")
    add("--shared-key", default=default("SHARED_KEY", ""), help="name:secret that signs with HMAC-SHA256")
    insecure = default("INSECURE_TLS", "") in ("1", "true")
    add("--insecure-tls", action="store_true", default=insecure, help="accept certificates that nobody vouches for")
    return parser


def _read_post(found: argparse.Namespace) -> PostOptions:
    topics = frozenset(topic.strip() for topic in found.json_callbacks.split(",") if topic.strip())
    return PostOptions(topics, read_shared_key(found.shared_key), verifies_tls=not found.insecure_tls)


def _split_pair(pair: str) -> tuple[str, str]:
    key, separator, value = pair.partition("=")
    if not separator:
        raise ValueError(f"{pair!r} is not written as name=value")
    return key.strip(), value.strip()


def _read_instant(text: str) -> float:
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
