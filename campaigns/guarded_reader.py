"""What may be asked of the process that reads an uploaded file, and its answers as values: how a file begins, its rows.

The process itself is `reader_child`'s. Small plain files are read without one.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaigns import list_reader
from campaigns.mapping import Mapping
from campaigns.reader_child import LOOK_CPU_SECONDS, ReaderChild, is_harmless
from campaigns.reading import Row, Table

_CPU_SECONDS = 1800


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


def read_head(
    path: Path, file_name: str, country: str, form: dict[str, Any] | None = None, reader: ReaderChild | None = None
) -> Head:
    """How a file begins. `form`: of an earlier look at this very file. `reader`: asked instead of a process of its own.

    Raises:
        Invalid: it is no list; the message says what to do.
    """
    with _answers(path, file_name, Wish(country, form=form or {}), "head", reader) as answers:
        (answer,) = answers
        return _head(answer)


@contextmanager
def reading_rows(
    path: Path, file_name: str, wish: Wish, reader: ReaderChild | None = None
) -> Iterator[tuple[Head, int, Iterator[Batch]]]:
    """The head of a file, its number of rows (0 when not asked to count), and its rows as they are read.

    `reader` is asked instead of a process of its own, and is of no use any more when this ends early.

    Raises:
        Invalid: it is no list, or cannot be read to its end.
    """
    with _answers(path, file_name, wish, "rows", reader) as answers:
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
def _answers(
    path: Path, file_name: str, wish: Wish, want: str, reader: ReaderChild | None
) -> Iterator[Iterator[dict[str, Any]]]:
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
        "cpu_seconds": LOOK_CPU_SECONDS if want == "head" else _CPU_SECONDS,
    }
    if is_harmless(path):
        with closing(list_reader.answers(request)) as answers:
            yield answers
        return
    own = reader or ReaderChild()
    try:
        own.send(request)
        yield own.answers()
    finally:
        if reader is None:
            own.close()
