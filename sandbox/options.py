"""The options of the command line, as a table. Each may also be set as SANDBOX_<OPTION>; `settings` reads them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import NoReturn

DEFAULT_ACCOUNT_SID = "AC" + "5a" * 16
DEFAULT_AUTH_TOKEN = "sandbox-token"  # noqa: S105 - the sandbox is not a secret
DEFAULT_API_KEY_SID = "SK" + "5a" * 16
DEFAULT_API_KEY_SECRET = "sandbox-api-key-that-is-no-secret"  # noqa: S105 - the sandbox is not a secret
DEFAULT_KEPT_CALLS = 20_000
_SECRETS = frozenset({"auth-token", "api-key-secret", "shared-key"})


def _number(text: str) -> float:
    """A number that is one: neither endless nor nan, which no comparison finds wrong."""
    found = float(text)
    if not isfinite(found):
        raise ValueError(text)
    return found


_number.__name__ = "number"  # as argparse calls what it could not read


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `reads` turns its text into a value; bool makes it a switch."""

    flag: str
    default: str
    help: str
    reads: Callable[[str], object] = str
    choices: tuple[str, ...] = ()


GROUPS: Mapping[str, tuple[Option, ...]] = {
    "where it listens": (
        Option("host", "127.0.0.1", "address"),
        Option("port", "8900", "0 picks a free one", int),
        Option("allow-host", "", "more names, by comma, that the page is opened by"),
    ),
    "the account": (
        Option("account-sid", DEFAULT_ACCOUNT_SID, "the main account"),
        Option("auth-token", DEFAULT_AUTH_TOKEN, "its token, which also signs webhooks"),
        Option("api-key-sid", DEFAULT_API_KEY_SID, "signs tokens of browser phones"),
        Option("api-key-secret", DEFAULT_API_KEY_SECRET, "its secret"),
        Option("caller-numbers", "", "numbers the account owns, by comma; empty: any"),
        Option("calls-per-second", "1", "0: no limit", _number),
        Option("concurrency", "0", "calls at once; 0: no limit", int),
        Option("balance", "", "USD that the account starts with; empty: endless"),
        Option("countries", "", "ISO codes that may be called (CH,DE); empty: all"),
        Option("prices", "", "TOML file of countries and prices, instead of the own one"),
        Option("trial", "", "a trial account", bool),
    ),
    "time": (
        Option("seed", "1", "the same seed gives the same people and faults", int),
        Option("speed", "1", "carrier seconds in a real second", _number),
        Option("start-at", "", "carrier time at the start, ISO 8601; else real time"),
        Option("epoch-real", "", "Unix time at which the carrier clock read --start-at", _number),
        Option("virtual", "", "time stands still until the admin API moves it", bool),
    ),
    "people": (
        Option("people", "", "TOML file that describes the people"),
        Option("people-set", "", "changes such as human=0.4,talk_mean_seconds=60"),
        Option("agents", "", "more agents' phones: numbers or patterns such as +4144555*"),
        Option("clients", "simulated", "client: phones nobody registered", choices=("simulated", "registered")),
    ),
    "letters to the application": (
        Option("json-callbacks", "", "topics sent as JSON: call, conference …, or *"),
        Option("shared-key", "", "name:secret that signs with HMAC-SHA256"),
        Option("insecure-tls", "", "accept certificates that nobody vouches for", bool),
    ),
    "what goes wrong, and the record": (
        Option("faults", "", "TOML file with [[faults]] that are in force from the start"),
        Option("calls-kept", str(DEFAULT_KEPT_CALLS), "ended calls that are remembered; 0: all", int),
        Option("ledger", "", "file for the ledger's JSON lines"),
        Option("ledger-kept", "200000", "entries kept in memory for the admin API", int),
        Option("ledger-rotate-mb", "0", "begin a new ledger file at so many MB; 0: never", _number),
        Option("check", "", "say whether all this can be used, and start nothing", bool),
    ),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line, without the long list of options."""
        self.exit(2, f"{self.prog}: error: {message} (--help lists the options)\n")


def build_parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    """Return the parser; what the environment says are its defaults."""
    parser = _Parser(
        prog="python -m sandbox",
        usage="python -m sandbox [OPTIONS]",
        description="A Twilio-compatible carrier on your own machine. Each option may also be set as SANDBOX_<OPTION>.",
        epilog="Other commands: python -m sandbox people | faults | audit, each with its own --help.",
    )
    for title, options in GROUPS.items():
        group = parser.add_argument_group(title)
        for option in options:
            _add(group, option, environment.get(f"SANDBOX_{option.flag.upper().replace('-', '_')}", option.default))
    return parser


def _add(group: argparse._ArgumentGroup, option: Option, default: str) -> None:
    flag = f"--{option.flag}"
    if option.reads is bool:
        group.add_argument(flag, action="store_true", default=default in ("1", "true"), help=option.help)
        return
    # What the environment says of a secret is nobody's to read over a shoulder.
    shown = f" (default: {default})" if default and option.flag not in _SECRETS else ""
    value = default if default or option.reads is str else None
    if option.choices:
        group.add_argument(flag, choices=option.choices, default=value, help=option.help + shown)
    else:
        metavar = option.flag.upper().replace("-", "_")
        group.add_argument(flag, type=option.reads, default=value, metavar=metavar, help=option.help + shown)
