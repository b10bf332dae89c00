"""The process that reads an uploaded file: `python -m campaigns.list_reader`. Requests in, lines of JSON out.

It has a memory and a time limit of its own, no settings and no database. `reader_child` starts it, `guarded_reader`
says what the lines hold.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import asdict
from json.encoder import encode_basestring_ascii as in_quotes
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import PydanticSerializationError, to_json

from campaigns.decoding import MAX_ROWS, Encoding, find_encoding
from campaigns.file_keys import FileKeys, Twin
from campaigns.mapping import Mapping, guess_mapping
from campaigns.reading import Row, Table, open_list, table_of
from campaigns.rows import AcceptedRow, Phone, RefusedCell, RowReader
from campaigns.workbooks import is_workbook, look_through, workbook_rows
from foundation.errors import Invalid
from foundation.marking import N_

MEMORY_BYTES = 1 << 30
_MOST_CPU_SECONDS = 3600
BATCH_ROWS = 2000
FIRST_BATCH_ROWS = 200  # soon there, for those who look
_SHOWN_CELL = 2000
_WORKBOOK = "xlsx"
_TOO_LARGE = N_("Reading this file takes more memory than a list may. Split it and upload the parts.")


def main() -> None:
    """Answer the requests on standard input, one line each, until it ends. A file that is no list is an answer, too."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_SECONDS, _MOST_CPU_SECONDS))
    # Nothing here refers to itself in a circle: looking for circles takes a third of the time.
    gc.disable()
    nice, forms = 0, _Forms()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        os.nice(max(0, request["nice"] - nice))
        nice = max(nice, request["nice"])
        _limit_time(request["cpu_seconds"])
        if request["want"] == "look":
            forms.look(Path(request["path"]))
        else:
            _answer(request | {"form": request["form"] or forms.of(Path(request["path"]))})


class _Forms:
    """What looks have shown so far. Files are known by their number: they may have got another name since."""

    def __init__(self) -> None:
        self._forms: dict[tuple[int, ...], dict[str, Any]] = {}

    def look(self, path: Path) -> None:
        with path.open("rb") as file, suppress(Invalid, MemoryError):  # said when somebody wants to know
            self._forms[_identity(path)] = _form_of(file)

    def of(self, path: Path) -> dict[str, Any]:
        return self._forms.get(_identity(path), {})


def _identity(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _answer(request: dict[str, Any]) -> None:
    try:
        for message in answers(request):
            _say(message)
    except Invalid as error:
        _say({"problem": error.text, "facts": error.facts})
    except MemoryError:
        _say({"problem": _TOO_LARGE, "facts": {}})


def _limit_time(seconds: int) -> None:
    """So much processor time from now on. The system counts that of earlier requests, too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(limit, _MOST_CPU_SECONDS), _MOST_CPU_SECONDS))


def _say(message: dict[str, Any]) -> None:
    # Written as bytes: what the file holds need not be text that a terminal could show.
    sys.stdout.buffer.write(_as_line(message))
    sys.stdout.buffer.flush()


def _as_line(message: dict[str, Any]) -> bytes:
    try:
        return to_json(message) + b"\n"  # takes a third of the time
    except PydanticSerializationError:  # half of a pair of surrogates
        return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def answers(request: dict[str, Any]) -> Generator[dict[str, Any]]:
    """What there is to say about a file, message by message.

    Raises:
        Invalid: it is no list, or cannot be read to its end.
    """
    path = Path(request["path"])
    with path.open("rb") as file:
        form = request["form"] or _form_of(file)
        table, rows = _open(file, request["file_name"], form)
        guessed = guess_mapping(table.header, table.rows, request["country"])
        is_all = request["want"] == "head"
        yield {"table": asdict(table), "guessed": asdict(guessed), "form": form, "end": is_all}
        if is_all:
            return
        if request["check_first"] and table.is_plain:
            yield {"total": 0}
        elif request["check_first"]:
            # No row goes out before it is sure that the file can be read to its end.
            yield {"total": sum(1 for _ in rows)}
            table, rows = _open(file, request["file_name"], form)
        columns, fields = request["columns"] or table.header, request["fields"] or guessed.fields
        reader = RowReader(Mapping(tuple(columns), tuple(fields)), request["country"])
        with FileKeys() as keys:
            yield from _batches(
                _mended(rows, request["mended"]), reader, keys, file, keeps_cells=request["keeps_cells"]
            )


def _form_of(file: BinaryIO) -> dict[str, Any]:
    """What a look through the whole file shows: an encoding, or a workbook that can be unpacked."""
    if not is_workbook(file.read(8)):
        return asdict(find_encoding(file))
    look_through(file)
    return {"name": _WORKBOOK}


def _open(file: BinaryIO, file_name: str, form: dict[str, Any]) -> tuple[Table, Iterator[Row]]:
    if form["name"] == _WORKBOOK:
        return table_of(file_name, _WORKBOOK, _within_limit(workbook_rows(Path(file.name))))
    return open_list(file, file_name, Encoding(**form))


def _within_limit(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count > MAX_ROWS:
            raise Invalid("The list has more than %(rows)s rows. Split it and upload the parts.", rows=MAX_ROWS)
        yield row


def _mended(rows: Iterator[Row], mended: dict[str, dict[str, str]]) -> Iterator[Row]:
    """The rows with the cells that somebody mended by hand: row number to column to text."""
    return _with_changes(rows, mended) if mended else rows


def _with_changes(rows: Iterator[Row], mended: dict[str, dict[str, str]]) -> Iterator[Row]:
    for row in rows:
        if changes := mended.get(str(row.number)):
            cells = (changes.get(str(index), cell).strip() for index, cell in enumerate(row.cells))
            yield Row(row.number, tuple(cells))
        else:
            yield row


def _batches(
    rows: Iterator[Row], reader: RowReader, keys: FileKeys, file: BinaryIO, *, keeps_cells: bool
) -> Iterator[dict[str, Any]]:
    batch = _empty()
    for count, row in enumerate(rows, 1):
        outcome = reader.read(row)
        if isinstance(outcome, RefusedCell):
            batch["refused"].append(_refused(outcome))
        else:
            known = keys.add(outcome)
            if isinstance(known, Twin):
                batch["twins"].append(_twin(outcome, known))
            else:
                batch["rows"].append(_accepted(outcome, known) + ([_shown(row)] if keeps_cells else []))
        if count % BATCH_ROWS == 0 or count == FIRST_BATCH_ROWS:
            yield batch | {"read": count, "at_byte": _position(file)}
            batch = _empty()
    yield batch | {"read": count, "at_byte": _position(file), "end": True}


def _empty() -> dict[str, list[Any]]:
    return {"rows": [], "refused": [], "twins": []}


def _position(file: BinaryIO) -> int:
    return 0 if file.closed else os.lseek(file.fileno(), 0, os.SEEK_CUR)


def _accepted(row: AcceptedRow, phones: tuple[Phone, ...]) -> list[Any]:
    """The values of `arriving.COLUMNS`, then the further numbers. The cells follow where they are asked for."""
    source, _, (postcode, canton, language, basis), zone, person, employees, uid, partners, notes, texts, fields = row
    (e164, country, kind, extension), label, repaired = phones[0]
    text = texts.get
    # One line each for the number, the words, the place, and the rest: a list written out is made fastest.
    return [
        source.number, e164, extension, country, kind, label, repaired,
        text("external_id", ""), text("company", ""), person, text("email", ""),
        language, basis, postcode, text("place", ""), canton, zone,
        employees, uid, partners[0]["name"] if partners else "", json.dumps(partners) if partners else "[]", notes,
        _json_of(fields) if fields else "{}",
        [_phone(phone) for phone in phones[1:]] if len(phones) > 1 else [],
    ]  # fmt: skip


def _json_of(fields: dict[str, str]) -> str:
    """What `json.dumps` makes of it, in a third of the time."""
    return "{" + ", ".join([f"{in_quotes(name)}: {in_quotes(text)}" for name, text in fields.items()]) + "}"


def _phone(phone: Phone) -> list[Any]:
    number = phone.number
    return [number.e164, number.extension, number.country, number.kind, phone.label, phone.repaired]


def _refused(cell: RefusedCell) -> list[Any]:
    return [cell.row.number, cell.reason, cell.column[:200], cell.found[:500], _shown(cell.row)]


def _twin(row: AcceptedRow, twin: Twin) -> list[Any]:
    """A row that is refused as an earlier one's twin, and what it brings to that one."""
    e164 = row.phones[0].number.e164
    return [
        *(row.row.number, twin.reason, "", e164, _shown(row.row)),
        *(twin.root, row.notes, [_phone(phone) for phone in twin.new_phones]),
    ]


def _shown(row: Row) -> list[str]:
    return [cell[:_SHOWN_CELL] for cell in row.cells]


if __name__ == "__main__":
    main()
