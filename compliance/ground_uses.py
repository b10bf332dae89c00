"""The ledger of grounds: one row for each call that rested on one. Rows are only added, and each covers the one before.

They hold no name and no number, and are kept for five years from the call and longer: German law asks for that (UWG
§ 7a), and nothing here deletes one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance.tables import GroundUse, LawfulGround
from foundation.one_writer import be_only_writer

FIRST_HASH = "0" * 64
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class LedgerState:
    """What a walk through the ledger found. `broken_at` is the first row that is not what was written; 0: none."""

    uses: int
    head: str
    broken_at: int = 0
    why: str = ""


def record_use(session: Session, ground_id: str, call_id: str, campaign_id: str, now: datetime) -> GroundUse:
    """Write down that a call rests on a ground, in the transaction that claims the call; once per call."""
    be_only_writer(session, "ledger of grounds")
    if (known := session.scalar(select(GroundUse).where(GroundUse.call_id == call_id))) is not None:
        return known
    last = session.scalars(select(GroundUse).order_by(GroundUse.number.desc()).limit(1)).one_or_none()
    ground = session.get_one(LawfulGround, ground_id)
    use = GroundUse(
        number=last.number + 1 if last else 1,
        at=now,
        call_id=call_id,
        campaign_id=campaign_id,
        ground_id=ground_id,
        ground_hash=ground_hash(ground),
        previous_hash=last.hash if last else FIRST_HASH,
    )
    use.hash = _hash(use)
    session.add(use)
    session.flush()
    return use


def use_of_call(session: Session, call_id: str) -> GroundUse | None:
    """The ledger's row of a call; None where it rested on none."""
    return session.scalar(select(GroundUse).where(GroundUse.call_id == call_id))


def ground_hash(ground: LawfulGround) -> str:
    """The hash of what a ground says, whether or not it was revoked later; the number it is for is left out."""
    content = [
        ground.id,
        ground.subject_kind,
        ground.kind,
        ground.party,
        _utc(ground.as_of),
        ground.source,
        ground.words,
        ground.stated_by,
        ground.evidence_hash,
        _utc(ground.expires_at) if ground.expires_at else "",
        ground.extension_reason,
        _utc(ground.attested_at),
        ground.attested_by,
    ]
    return _digest(content)


def verify_ledger(session: Session, *, known_head: str = "") -> LedgerState:
    """Walk the whole ledger. `known_head`: a hash seen earlier, which must still be in it."""
    number, previous, seen = 0, FIRST_HASH, not known_head
    while rows := session.scalars(
        select(GroundUse).where(GroundUse.number > number).order_by(GroundUse.number).limit(_ROWS_AT_ONCE)
    ).all():
        for row in rows:
            number += 1
            if row.number != number:
                return LedgerState(number - 1, previous, number, "a row is missing")
            if row.previous_hash != previous or _hash(row) != row.hash:
                return LedgerState(number - 1, previous, number, "its content was changed")
            previous = row.hash
            seen = seen or row.hash == known_head
        session.expunge_all()
    if not seen:
        return LedgerState(number, previous, number + 1, "the known head is gone")
    return LedgerState(number, previous)


def _hash(use: GroundUse) -> str:
    return _digest(
        [
            use.number,
            _utc(use.at),
            use.call_id,
            use.campaign_id,
            use.ground_id,
            use.ground_hash,
            use.previous_hash,
        ]
    )


def _digest(content: Sequence[object]) -> str:
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
