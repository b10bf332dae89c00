"""Reads the Procfile: which programs there are and how each is started. Starting them is the supervisor's affair."""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from foundation.errors import Invalid

_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(\S.*)$")


@dataclass(frozen=True)
class Entry:
    """One line: a program's name and its command, split into words."""

    name: str
    command: tuple[str, ...]

    @property
    def program(self) -> str:
        """The name in `halali run NAME`; empty for any other command."""
        return self.command[2] if len(self.command) == 3 and self.command[:2] == ("halali", "run") else ""


def read_procfile(text: str) -> tuple[Entry, ...]:
    """The entries in the order of the file; empty lines and comments are left out.

    Raises:
        Invalid: a line is no entry, or a name comes twice.
    """
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            raise Invalid(f"Line {number} of the Procfile is not written as `name: command`.")
        name, command = match[1], match[2]
        if name in entries:
            raise Invalid(f"Line {number} of the Procfile names {name} a second time.")
        entries[name] = Entry(name, tuple(shlex.split(command)))
    return tuple(entries.values())


def read_counts(options: Iterable[str], known: Iterable[str]) -> dict[str, int]:
    """How many of each program: `dial-worker=2,web=2`, also given several times.

    Raises:
        Invalid: not written so, an unknown program, or fewer than none.
    """
    names = tuple(known)
    counts: dict[str, int] = {}
    for pair in (pair.strip() for option in options for pair in option.split(",") if pair.strip()):
        name, separator, count = pair.partition("=")
        if not separator or not (count.isascii() and count.isdigit()):
            raise Invalid(f"--count {pair}: write it as name=number, such as dial-worker=2.")
        check_known([name], names)
        counts[name] = int(count)
    return counts


def check_known(wanted: Iterable[str], known: Iterable[str]) -> None:
    """Raises Invalid for a program that is not in the Procfile."""
    names = tuple(known)
    for name in wanted:
        if name not in names:
            raise Invalid(f"There is no program {name!r} in the Procfile. Choose among {', '.join(names)}.")


def chosen(entries: Iterable[Entry], only: Iterable[str], counts: Mapping[str, int]) -> dict[Entry, int]:
    """The entries to start and how many of each; `only` empty means all."""
    wanted = set(only)
    found = {entry: counts.get(entry.name, 1) for entry in entries if not wanted or entry.name in wanted}
    return {entry: count for entry, count in found.items() if count > 0}
