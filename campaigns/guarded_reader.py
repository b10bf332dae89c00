"""Starts the process that reads an uploaded file, and takes what it says. Whatever the file does to it, we go on.

The file's readers have had defects that abort the process: so it is another one, with limits, and it gets no secrets.
"""

import fcntl
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaigns import list_reader
from campaigns.mapping import Mapping
from campaigns.reading import Row, Table
from campaigns.workbooks import is_workbook
from foundation.errors import Invalid
from foundation.marking import N_

_HOME = Path(__file__).resolve().parent.parent
_PATIENCE_SECONDS = 120.0
_CPU_SECONDS = 1800
_HEAD_CPU_SECONDS = 60
_HARMLESS_BYTES = 256 * 1024
_READ_AHEAD_BYTES = 1 << 20
_BROKE = N_(
    "This file cannot be read: the program that reads it broke off. Open it in your spreadsheet program, choose "
    "“Save as” and the format CSV, and upload that file."
)
_TOO_SLOW = N_("Reading this file takes too long. Split it and upload the parts.")


@dataclass(frozen=True)
class Head:
    """How a file begins: what it looks like, and what its columns seem to hold."""

    table: Table
    guessed: Mapping
    form: dict[str, Any]  # what a look through the whole file has shown, for whoever reads it again


@dataclass(frozen=True)
class Wish:
    """How the rows of a file are to be read. `mended`: row number to column number to the text put there by hand."""

    country: str
    mapping: Mapping | None = None
    mended: dict[str, dict[str, str]] = field(default_factory=dict)
    check_first: bool = True  # find out that the file can be read to its end before the first row comes
    nice: int = 0  # how far it stands back behind the machine's other work
    keeps_cells: bool = False  # each good row comes as it was written, too: it may be refused for other reasons yet
    form: dict[str, Any] = field(default_factory=dict)  # of this very file, from its head; spares a look through it


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, in the lists that `list_reader` makes. `read` counts all rows up to here."""

    rows: list[list[Any]]
    refused: list[list[Any]]
    twins: list[list[Any]]
    read: int
    at_byte: int
    end: bool = False


def read_head(path: Path, file_name: str, country: str, form: dict[str, Any] | None = None) -> Head:
    """How a file begins. `form`: of an earlier look at this very file.

    Raises:
        Invalid: it is no list; the message says what to do.
    """
    with _answers(path, file_name, Wish(country, form=form or {}), "head") as answers:
        return _head(next(answers))


@contextmanager
def reading_rows(path: Path, file_name: str, wish: Wish) -> Iterator[tuple[Head, int, Iterator[Batch]]]:
    """The head of a file, its number of rows (0 when not asked to count), and its rows as they are read.

    Raises:
        Invalid: it is no list, or cannot be read to its end.
    """
    with _answers(path, file_name, wish, "rows") as answers:
        head = _head(next(answers))
        total = next(answers)["total"] if wish.check_first else 0
        yield head, total, (Batch(**answer) for answer in answers)


def _head(answer: dict[str, Any]) -> Head:
    table = answer["table"]
    rows = tuple(Row(number, tuple(cells)) for number, cells in table["rows"])
    guessed = {name: tuple(values) for name, values in answer["guessed"].items()}
    table = Table(**{**table, "header": tuple(table["header"]), "rows": rows})
    return Head(table, Mapping(**guessed), answer["form"])


@contextmanager
def _answers(path: Path, file_name: str, wish: Wish, want: str) -> Iterator[Iterator[dict[str, Any]]]:
    mapping = wish.mapping
    request = {
        "path": str(path.resolve()),
        "file_name": file_name,
        "country": wish.country,
        "columns": list(mapping.columns) if mapping else [],
        "fields": list(mapping.fields) if mapping else [],
        "mended": wish.mended,
        "check_first": wish.check_first,
        "nice": wish.nice,
        "keeps_cells": wish.keeps_cells,
        "form": wish.form,
        "want": want,
        "cpu_seconds": _HEAD_CPU_SECONDS if want == "head" else _CPU_SECONDS,
    }
    if _is_harmless(path):
        with closing(list_reader.answers(request)) as answers:
            yield answers
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "campaigns.list_reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_HOME,
        env={"PATH": os.defpath},
    )
    # Room to read ahead while we are busy with the batch before.
    if process.stdout is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # a system that grants less
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _READ_AHEAD_BYTES)
    try:
        yield _lines(process, json.dumps(request).encode() + b"\n")
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _is_harmless(path: Path) -> bool:
    """Whether a file is so small and plain that a process of its own would take longer than reading it."""
    with path.open("rb") as file:
        return not is_workbook(file.read(8)) and path.stat().st_size <= _HARMLESS_BYTES


def _lines(process: subprocess.Popen[bytes], request: bytes) -> Iterator[dict[str, Any]]:
    """What the process says, each time within our patience."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the reader has no pipes")
    try:
        process.stdin.write(request)
        process.stdin.close()
    except BrokenPipeError as error:
        raise Invalid(_BROKE) from error
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        rest: list[bytes] = []
        while True:
            if not waiting.select(_PATIENCE_SECONDS):
                raise Invalid(_TOO_SLOW)
            piece = os.read(process.stdout.fileno(), 1 << 20)
            if not piece:
                raise Invalid(_BROKE)
            *whole, last = piece.split(b"\n")
            for part in whole:
                answer = json.loads(b"".join((*rest, part)))
                rest.clear()
                if problem := answer.get("problem"):
                    raise Invalid(problem, **answer["facts"])
                yield answer
                if answer.get("end"):
                    return
            rest.append(last)
