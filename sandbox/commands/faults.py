"""`python -m sandbox faults`: lets a running carrier fail, by its admin API."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from sandbox.faults import FAULTS, FaultRuleError, read_rules

PATIENCE_SECONDS = 10.0


class _Refused(Exception):
    """The carrier cannot be asked, or says no; the text says why."""


def main(arguments: Sequence[str]) -> int:
    """Carry the command out; exit code 1 when the carrier refuses or is not there, 2 for unreadable words."""
    parser = _build_parser()
    asked = parser.parse_args(arguments)
    try:
        rules = _read_rules(asked)
    except (FaultRuleError, OSError, tomllib.TOMLDecodeError) as error:
        parser.error(str(error))
    try:
        _carry_out(asked, rules)
    except _Refused as error:
        print(f"sandbox faults: {error}", file=sys.stderr)
        return 1
    return 0


def _carry_out(asked: argparse.Namespace, rules: list[dict[str, Any]]) -> None:
    if asked.do == "kinds":
        sys.stdout.writelines(f"{name:<24}{words}\n" for name, words in FAULTS.items())
    elif asked.do == "list":
        _show(_ask(asked.url, None))
    elif asked.do == "clear":
        _show(_ask(asked.url, {"clear": asked.names or list(FAULTS)}))
    else:
        _show(_ask(asked.url, {"faults": rules, "add": asked.do != "load"}))


def _read_rules(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the rules that a command arms, after a look whether they make sense."""
    found: list[dict[str, Any]] = []
    if asked.do == "load":
        found = tomllib.loads(Path(asked.file).read_text(encoding="utf-8")).get("faults", [])
    elif asked.do == "down":
        seconds = asked.minutes * 60.0
        found = [{"fault": name, "for_seconds": seconds} for name in ("down", "callback_lost", "fetch_lost")]
    elif asked.do == "add":
        wanted = ("rate", "at", "times", "seconds", "after_seconds", "for_seconds", "match")
        given = {name: getattr(asked, name) for name in wanted}
        found = [{"fault": asked.fault, **{name: value for name, value in given.items() if value is not None}}]
    read_rules(found)
    return found


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox faults", description="Lets a running carrier fail.")
    port = os.environ.get("SANDBOX_PORT", "8900")
    parser.add_argument("--url", default=f"http://127.0.0.1:{port}", help="where the carrier is")
    commands = parser.add_subparsers(dest="do", required=True, metavar="COMMAND")
    commands.add_parser("kinds", help="what can go wrong")
    commands.add_parser("list", help="rules in force, and how often each struck")
    clear = commands.add_parser("clear", help="take rules out of force")
    clear.add_argument("names", nargs="*", help="of these faults; else all")
    load = commands.add_parser("load", help="put the rules of a TOML file ([[faults]] tables) in force, and no others")
    load.add_argument("file")
    down = commands.add_parser("down", help="the whole carrier is down: REST, callbacks, TwiML")
    down.add_argument("--minutes", type=float, default=5.0, help="for so many minutes of carrier time")
    add = commands.add_parser("add", help="put one more rule in force")
    add.add_argument("fault", choices=sorted(FAULTS), metavar="FAULT", help="see `kinds`")
    add.add_argument("--rate", type=float, help="share of occasions, 0 to 1; else each")
    add.add_argument("--at", type=_places, help="on these occasions only, such as 1,3,5")
    add.add_argument("--times", type=int, help="at most so often")
    add.add_argument("--seconds", type=float, help="how late, how skewed, how old")
    add.add_argument("--after", type=float, dest="after_seconds", help="from so many carrier seconds from now on")
    add.add_argument("--for", type=float, dest="for_seconds", help="for so many carrier seconds")
    add.add_argument("--match", help="part of `POST /Calls.json`, of an event's name or of a webhook's address")
    return parser


def _places(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def _ask(url: str, body: Mapping[str, Any] | None) -> Any:
    if not url.startswith(("http://", "https://")):
        raise _Refused(f"{url} is not an http address")
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urlopen(Request(f"{url.rstrip('/')}/_sandbox/faults", data), timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - http(s), see above
            return json.load(answer)
    except HTTPError as error:
        with error:
            raise _Refused(error.read().decode(errors="replace")) from error
    except (URLError, OSError, ValueError) as error:
        raise _Refused(f"no carrier answers at {url} ({error}); start one with `python -m sandbox`") from error


def _show(found: Mapping[str, Any]) -> None:
    if not found["faults"]:
        print("No fault is in force.")
    for rule in found["faults"]:
        words = ", ".join(f"{name} {value}" for name, value in rule.items() if name != "fault" and value is not None)
        print(f"{rule['fault']:<24}{words}, struck {found['struck'].get(rule['fault'], 0)}")
