"""What the command says: data on standard output, talk on standard error, colour only where it is wanted."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from foundation.errors import Invalid

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "dim": "2"}


def say(text: str = "") -> None:
    """Talk: progress, advice, errors. Never what a script would read."""
    print(text, file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Data for people, on standard output."""
    print(text, flush=True)


def show_json(value: Any) -> None:
    """Data for programs: one JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str), flush=True)


def show_rows(rows: Sequence[Mapping[str, Any]], line: Callable[[Any], str], nothing: str, *, as_json: bool) -> None:
    """A list as JSON, or one a line; where it is empty, `nothing` says so as talk."""
    if as_json:
        show_json(rows)
        return
    for row in rows:
        show(line(row))
    if not rows:
        say(nothing)


def show_facts(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Facts as JSON, or one a line with their names in a column."""
    if as_json:
        show_json(facts)
        return
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        show(f"{name.replace('_', ' '):<{width}}  {_as_text(value)}")


def _as_text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items()) or "none"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@contextmanager
def usage() -> Iterator[None]:
    """What the command line says is looked at inside: what cannot be used is told in one line, with exit code 2."""
    try:
        yield
    except Invalid as error:
        say(f"error: {error}")
        raise typer.Exit(2) from error


def paint(text: str, colour: str, *, wanted: bool) -> str:
    """The text in a colour of the terminal."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if wanted else text


def wants_colour(is_terminal: bool) -> bool:
    """Whether to colour: on terminals, unless NO_COLOR is set (no-color.org)."""
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
