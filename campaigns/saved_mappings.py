"""What the columns of a source's lists hold, as somebody confirmed it, for the next list of the same form."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.mapping import Mapping, mapping_from
from campaigns.tables import SavedMapping
from foundation.database import insert_unless_known


@dataclass(frozen=True)
class Offered:
    """A mapping that was confirmed for lists of this form, and the source that they came from."""

    source: str
    mapping: Mapping


def save(session: Session, source: str, mapping: Mapping, now: datetime) -> None:
    """Keep a confirmed mapping for its source, in place of an earlier one for the same columns."""
    key, source = _key(mapping.columns), source.strip()[:100]
    row = {"source": source, "columns_key": key, "mapping": mapping.as_record(), "saved_at": now}
    if not insert_unless_known(session, SavedMapping, [row], ["source", "columns_key"]):
        of_these = (SavedMapping.source == source, SavedMapping.columns_key == key)
        session.execute(update(SavedMapping).where(*of_these).values(mapping=row["mapping"], saved_at=now))


def offered(session: Session, columns: Sequence[str]) -> Offered | None:
    """The newest mapping that was confirmed for a list with exactly these columns."""
    query = select(SavedMapping).where(SavedMapping.columns_key == _key(columns))
    kept = session.scalar(query.order_by(SavedMapping.saved_at.desc()).limit(1))
    if kept is None:
        return None
    return Offered(kept.source, mapping_from(kept.mapping["columns"], kept.mapping["fields"]))


def sources(session: Session) -> list[str]:
    """The names of sources so far."""
    query = select(SavedMapping.source).where(SavedMapping.source != "").distinct()
    return list(session.scalars(query.order_by(SavedMapping.source).limit(100)))


def _key(columns: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()
