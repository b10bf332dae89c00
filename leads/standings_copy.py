"""What this process remembers of everybody's standing, so that a decision need not read a thousand rows again.

A copy is used only where it is exactly what the rows say: under the same number of the credit lock, which everybody who
may change credit raises, and the same sum of partners' revisions, which every change of a partner raises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Engine, cast, extract, func, select
from sqlalchemy.orm import Session

from foundation.database import after_commit
from leads.credit_book import Change, Hold
from leads.replay import roster_of
from leads.roster import Roster
from leads.tables import Partner, PartnerCredit

# Since when (seconds), credit, entitled since then, answers, rating, weight and price.
Learned = tuple[int, ...]
_SUM_OF_REVISIONS = select(func.coalesce(func.sum(Partner.revision), 0))
_ROWS = (
    select(
        Partner.id,
        Partner.revision,
        # A thousand moments as such would take as long as all the rest.
        cast(extract("epoch", PartnerCredit.since), BigInteger),
        PartnerCredit.credit_milli,
        PartnerCredit.entitled_milli,
        PartnerCredit.response_milli,
        PartnerCredit.rating_milli,
        PartnerCredit.weight_milli,
        PartnerCredit.price_milli,
    )
    .outerjoin(PartnerCredit, PartnerCredit.partner_id == Partner.id)
    .order_by(Partner.id)
)


@dataclass(frozen=True)
class Copy:
    """Everybody on a roster with what was learned of each, as of a hold of the credit lock."""

    hold: Hold
    revisions: int
    roster: Roster
    learned: Sequence[Learned | None]  # None: nothing is known of it yet
    seed: tuple[str, str] = ("", "")  # a month and its seed
    kept: frozenset[str] = frozenset()  # marks of policies and rosters that surely have their rows


# By engine: a process may look at several databases, as tests do.
_COPIES: WeakKeyDictionary[Engine, Copy] = WeakKeyDictionary()


def standings_now(session: Session, hold: Hold) -> Copy:
    """Everybody's standing under the credit lock, this hold of it: the remembered copy, or the rows read anew."""
    # What this session has changed and not written yet would be missed below.
    session.flush()
    engine = session.connection().engine
    revisions: int = session.scalars(_SUM_OF_REVISIONS).one()
    copy = _COPIES.get(engine)
    if copy is None or copy.hold != hold.before or copy.revisions != revisions:
        # Straight from the connection: for a thousand partners it is half the work.
        rows: Sequence[Any] = session.connection().execute(_ROWS).all()
        roster = roster_of(session, tuple((row[0], row[1]) for row in rows))
        learned: list[Learned | None] = [None if row[2] is None else tuple(row[2:]) for row in rows]
        copy = Copy(hold.before, sum(row[1] for row in rows), roster, learned)
    return copy


def remember(session: Session, copy: Copy, hold: Hold, changes: Mapping[str, Change]) -> None:
    """Keep the copy with what this hold changed, once it is committed. Where it is not, the rows are read anew.

    Its seed and marks have been written by then at the latest, and stay: nobody ever deletes them.
    """
    learned = list(copy.learned)
    for partner_id, change in changes.items():
        place = copy.roster.places[partner_id]
        if (before := learned[place]) is None:
            return  # its row is new, and what the database makes of its moment is seen when it is read
        since, credit, entitled, *lessons = before
        learned[place] = (since, credit + change.credit, entitled + change.entitled, *lessons)
    engine, changed = session.connection().engine, replace(copy, hold=hold, learned=learned)
    after_commit(session, lambda: _COPIES.__setitem__(engine, changed))
