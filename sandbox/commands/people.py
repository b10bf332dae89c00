"""`python -m sandbox people`: the people in words, without a running carrier."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sandbox.engine.clock import real_now
from sandbox.people import People, PeopleFault, Town, change_people, read_people
from sandbox.people.describe import as_toml, describe_person, describe_sample


def main(arguments: Sequence[str]) -> int:
    """Print what was asked for; exit code 2 for settings that make no sense."""
    parser = _build_parser()
    asked = parser.parse_args(arguments)
    try:
        people = read_people(Path(asked.people)) if asked.people else People()
        people = change_people(people, dict(_pair(one) for one in asked.set))
        at = datetime.fromisoformat(asked.at) if asked.at else datetime.fromtimestamp(real_now(), UTC)
    except (PeopleFault, ValueError) as error:
        parser.error(str(error))
    town = Town(people, asked.seed)
    instant = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if asked.sample:
        numbers = [f"{asked.prefix}{number:07d}" for number in range(asked.sample)]
        lines = describe_sample(town, numbers, instant)
    elif asked.number:
        lines = describe_person(town, asked.number, asked.calls, instant)
    else:
        lines = as_toml(people)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox people",
        description="Shows the simulated people: as a file to start from (the default), counted, or one by one.",
    )
    add = parser.add_argument
    add("--people", default="", metavar="FILE", help="TOML file that describes them; else the defaults")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="change one setting; repeatable")
    add("--seed", type=int, default=1, help="the same seed gives the same people")
    add("--describe", action="store_true", help="all settings with their meaning, as TOML (the default)")
    add("--sample", type=int, default=0, metavar="N", help="count what N numbers do on their first call")
    add("--prefix", default="+4179", help="how the numbers of the sample begin")
    add("--number", default="", help="what one number does")
    add("--calls", type=int, default=3, help="on how many calls")
    add("--at", default="", help="when, ISO 8601 (hours of the day matter to some people); else now")
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise ValueError(f"{text!r} is not written as name=value")
    return name.strip(), value.strip()
