"""Takes files of numbers in: official registers as editions, plain lists as blocks of our own.

A batch is a transaction, so that nobody waits for a long file. A complete edition first adds, then lets older numbers
go: whatever crashes in between has blocked too many, never too few.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from compliance.do_not_call import BlockTerms, Target, block_many
from compliance.register_files import COUNTRIES, Entry, Unreadable, read_numbers
from compliance.tables import RegisterEdition, RegisterNumber
from foundation.database import Database
from foundation.errors import Invalid
from foundation.ids import new_id

PLAIN_LIST = "list"
_BATCH = 5000
_SHOWN_REFUSALS = 20


@dataclass(frozen=True)
class FileTerms:
    """What is handed in: which register (or `list`), of which date, and whether it is all of it or only changes."""

    register: str
    file_name: str
    as_of: datetime
    by: str
    is_complete: bool = True
    country: str = "CH"  # in whose way the numbers of a plain list are written
    campaign_id: str = ""  # for a plain list: the only campaign that it is for
    note: str = ""


@dataclass
class FileReport:
    """What became of a file's lines. `refused_lines` are the first of those that hold no number."""

    numbers: int = 0
    removed: int = 0
    refused: int = 0
    refused_lines: list[str] = field(default_factory=list)
    edition_id: str = ""


def import_numbers(database: Database, file: BinaryIO, terms: FileTerms, now: datetime) -> FileReport:
    """Read a file in.

    Raises:
        Invalid: there is no such register, the file cannot be read, or hardly a line of it holds a number.
    """
    if terms.register not in {PLAIN_LIST, *COUNTRIES}:
        raise Invalid("The file is one of: %(choices)s.", choices=", ".join((PLAIN_LIST, *COUNTRIES)))
    if terms.as_of > now:
        raise Invalid("The file is of a day that has passed.")
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    file.seek(0)
    _look_first(file, terms)
    report = FileReport()
    entries = _counted(
        read_numbers(file, "" if terms.register == PLAIN_LIST else terms.register, terms.country), report
    )
    if terms.register == PLAIN_LIST:
        _import_list(database, entries, terms, now)
    else:
        _import_register(database, entries, terms, report, (digest.hexdigest(), now))
    return report


def _read(file: BinaryIO, terms: FileTerms) -> Iterator[Entry | Unreadable]:
    return read_numbers(file, "" if terms.register == PLAIN_LIST else terms.register, terms.country)


def _look_first(file: BinaryIO, terms: FileTerms) -> None:
    """Refuse a file that is something else before anything of it is kept."""
    good = bad = 0
    for one in _read(file, terms):
        good, bad = (good + 1, bad) if isinstance(one, Entry) else (good, bad + 1)
        if good + bad >= 1000:
            break
    file.seek(0)
    if good == 0 or bad > good:
        raise Invalid("Hardly a line of this file holds a number. Is it the right file, and the right register?")


def _counted(found: Iterable[Entry | Unreadable], report: FileReport) -> Iterator[Entry]:
    for one in found:
        if isinstance(one, Unreadable):
            report.refused += 1
            if len(report.refused_lines) < _SHOWN_REFUSALS:
                report.refused_lines.append(f"line {one.line}: {one.found}")
            continue
        report.numbers += not one.is_removal
        report.removed += one.is_removal
        yield one


def _batches(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, size)):
        yield batch


def _import_list(database: Database, entries: Iterator[Entry], terms: FileTerms, now: datetime) -> None:
    block_terms = BlockTerms("import", terms.campaign_id, terms.note or terms.file_name, terms.by)
    for batch in _batches(entries, 1000):
        targets = [Target("number", number) for number in dict.fromkeys(entry.phone_number for entry in batch)]
        with database.transaction() as session:
            block_many(session, targets, block_terms, now)


def _import_register(
    database: Database, entries: Iterator[Entry], terms: FileTerms, report: FileReport, mark: tuple[str, datetime]
) -> None:
    content_hash, now = mark
    report.edition_id = new_id("edition")
    for batch in _batches(entries, _BATCH):
        added = {int(one.phone_number[1:]): report.edition_id for one in batch if not one.is_removal}
        gone = [int(one.phone_number[1:]) for one in batch if one.is_removal]
        with database.transaction(relaxed=True) as session:
            if added:
                _put(session, terms.register, added)
            if gone and not terms.is_complete:
                session.execute(
                    delete(RegisterNumber).where(
                        RegisterNumber.register == terms.register, RegisterNumber.number.in_(gone)
                    )
                )
    with database.transaction() as session:
        session.add(
            RegisterEdition(
                id=report.edition_id,
                register=terms.register,
                as_of=terms.as_of,
                file_name=terms.file_name[:300],
                content_hash=content_hash,
                numbers=report.numbers,
                refused=report.refused,
                is_complete=terms.is_complete,
                imported_at=now,
                imported_by=terms.by,
            )
        )
    if terms.is_complete:
        _drop_older(database, terms.register, report.edition_id)


def _put(session: Session, register: str, numbers: dict[int, str]) -> None:
    # In the same order by everybody, so that two editions that are read in at once do not wait in a circle.
    rows = [
        {"number": number, "register": register, "edition_id": edition} for number, edition in sorted(numbers.items())
    ]
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(RegisterNumber)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["number", "register"],
            set_={"edition_id": statement.excluded.edition_id},
            where=RegisterNumber.edition_id < statement.excluded.edition_id,
        ),
        rows,
    )


def _drop_older(database: Database, register: str, edition_id: str) -> None:
    """Let go what the newest edition no longer names, a batch at a time.

    An edition that was begun later is read in at this moment: what it names is its own to keep or to let go.
    """
    last = -1
    while True:
        with database.transaction(relaxed=True) as session:
            numbers = session.scalars(
                select(RegisterNumber.number)
                .where(
                    RegisterNumber.register == register,
                    RegisterNumber.edition_id < edition_id,
                    RegisterNumber.number > last,
                )
                .order_by(RegisterNumber.number)
                .limit(_BATCH)
            ).all()
            if not numbers:
                return
            session.execute(
                delete(RegisterNumber).where(
                    RegisterNumber.register == register,
                    RegisterNumber.number.in_(numbers),
                    RegisterNumber.edition_id < edition_id,
                )
            )
            last = numbers[-1]
