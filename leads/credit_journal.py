"""What the latest holds of the credit lock changed, so that a process can follow what others did without reading all.

One entry for a hold, written by whoever held it. A hold without an entry changed something that no entry can say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from leads.credit_tables import CreditChange

KEPT = 100  # about so many are kept, and at most so many are followed
# Written once: putting a statement together takes as long as running it.
_SINCE = (
    select(
        CreditChange.hold,
        CreditChange.partner_id,
        CreditChange.credit_milli,
        CreditChange.places,
        CreditChange.offered_at,
        CreditChange.roster,
        CreditChange.shares,
    )
    .where(CreditChange.hold > bindparam("after"), CreditChange.hold <= bindparam("until"))
    .order_by(CreditChange.hold)
)
_FORGET = delete(CreditChange).where(CreditChange.hold <= bindparam("until"))


@dataclass(frozen=True)
class Entry:
    """What one hold changed: a partner's credit, and its room by the places of an offer, taken (1) or given back (-1).

    `shares` are what others are entitled to and owed more, in thousandths of a lead, by place on the roster of the mark
    `roster`.
    """

    partner_id: str = ""
    credit_milli: int = 0
    places: int = 0
    offered_at: datetime | None = None
    roster: str = ""
    shares: Sequence[Sequence[int]] = ()


def note(session: Session, hold: int, entry: Entry) -> None:
    """Enter what a hold, by its number, changed. Written with the next flush."""
    session.add(
        CreditChange(
            hold=hold,
            partner_id=entry.partner_id,
            credit_milli=entry.credit_milli,
            places=entry.places,
            offered_at=entry.offered_at,
            roster=entry.roster,
            shares=[list(share) for share in entry.shares],
        )
    )
    if hold % KEPT == 0:
        # Straight from the connection, so that nothing is flushed yet.
        session.connection().execute(_FORGET, {"until": hold - KEPT})


def entries_between(session: Session, after: int, until: int) -> Sequence[Entry] | None:
    """The entries of all holds after one, up to another; None where there are too many, or any is missing."""
    if not 0 <= until - after <= KEPT:
        return None
    rows = session.connection().execute(_SINCE, {"after": after, "until": until}).all()
    return [Entry(*row[1:]) for row in rows] if len(rows) == until - after else None
