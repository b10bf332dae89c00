"""The audit trail: who did what to what, in rows that each cover the one before, so that later edits show.

The chain alone cannot show that its last rows were cut off; keep the head's hash elsewhere and hand it to the check.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.tables import AuditEntry
from foundation.one_writer import be_only_writer

FIRST_HASH = "0" * 64
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Act:
    """What someone did. `actor` and `subject` are ids or words such as `cli`; `facts` never hold names or numbers."""

    actor: str
    action: str
    subject: str
    facts: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Intact:
    """Every row is as it was written. `head` is the last row's hash."""

    entries: int
    head: str


@dataclass(frozen=True)
class Broken:
    """Row `number` is not what was written, or the rows before it are not."""

    number: int
    why: str


def record(session: Session, act: Act, now: datetime) -> AuditEntry:
    """Write one act down in the caller's transaction: it is recorded exactly when it happened."""
    be_only_writer(session, "audit trail")
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one_or_none()
    entry = AuditEntry(
        number=last.number + 1 if last else 1,
        at=now,
        actor=act.actor[:60],
        action=act.action[:60],
        subject=act.subject[:60],
        facts=dict(act.facts),
        previous_hash=last.hash if last else FIRST_HASH,
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()
    return entry


def verify_chain(session: Session, *, known_head: str = "") -> Intact | Broken:
    """Walk the whole trail. `known_head`: a hash seen earlier, which must still be in it."""
    number, previous_hash, seen_head = 0, FIRST_HASH, not known_head
    while True:
        rows = _rows_after(session, number)
        if not rows:
            break
        for row in rows:
            number += 1
            problem = _problem(row, number, previous_hash)
            if problem:
                return Broken(number, problem)
            previous_hash = row.hash
            seen_head = seen_head or row.hash == known_head
    return Intact(number, previous_hash) if seen_head else Broken(number, "the known head is gone")


def list_entries(session: Session, *, before_number: int | None = None, at_most: int = 50) -> Sequence[AuditEntry]:
    """The trail from its end backwards, a page at a time."""
    wanted = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(at_most)
    if before_number is not None:
        wanted = wanted.where(AuditEntry.number < before_number)
    return session.scalars(wanted).all()


def _rows_after(session: Session, number: int) -> Sequence[AuditEntry]:
    return session.scalars(
        select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number).limit(_ROWS_AT_ONCE)
    ).all()


def _problem(row: AuditEntry, number: int, previous_hash: str) -> str:
    if row.number != number:
        return "a row is missing"
    if row.previous_hash != previous_hash:
        return "it does not follow the row before it"
    return "" if _hash(row) == row.hash else "its content was changed"


def _hash(entry: AuditEntry) -> str:
    content = [
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.facts,
        entry.previous_hash,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
