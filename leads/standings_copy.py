"""What this process remembers of everybody's standing, so that a decision need not read a thousand rows again.

A copy is used only where it is exactly what the rows say: under the same number of the credit lock, which everybody who
may change credit, room or how partners are told raises, or where the journal has all changes since; and under the same
sum of partners' revisions, which every change of a partner raises.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Engine, bindparam, cast, extract, func, select
from sqlalchemy.orm import Session

from foundation.database import after_commit
from leads.credit_book import Hold
from leads.credit_journal import Entry, entries_between, note
from leads.delivery import endpoints_by_partner
from leads.lead_states import OfferStatus
from leads.replay import roster_of
from leads.roster import Roster
from leads.standings import Lasting
from leads.tables import Offer, Partner, PartnerCredit

SUM_OF_REVISIONS = select(func.coalesce(func.sum(Partner.revision), 0))
_LEARNED = ("since", "credit", "entitled", "response", "rating", "weight", "price")
_NEW = (0, 0, 0, 700, 700, 1000, 0)  # of a partner without a row
_ROWS = (
    select(
        Partner.id,
        Partner.revision,
        Partner.email != "",
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
_TAKEN = (
    select(Offer.partner_id, func.count())
    .where(Offer.offered_at >= bindparam("week"), Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED)))
    .group_by(Offer.partner_id)
)


@dataclass(frozen=True)
class Copy:
    """Everybody on a roster with what was learned of each, by place, as of a hold of the credit lock.

    `since` is in seconds; credit and entitlement since then are in thousandths of a lead. `taken` are the live offers
    and accepted leads since the first moment of `week`. `without_row`: those of whom nothing is written yet. How
    partners are told: by place, who has an address, and by id, the endpoints of those who have any.
    """

    hold: Hold
    revisions: int
    roster: Roster
    week: datetime
    taken: Sequence[int]
    since: Sequence[int]
    credit: Sequence[int]
    entitled: Sequence[int]
    response: Sequence[int]
    rating: Sequence[int]
    weight: Sequence[int]
    price: Sequence[int]
    without_row: frozenset[int]
    has_email: Sequence[bool]
    endpoints: Mapping[str, Sequence[str]]
    seed: tuple[str, str] = ("", "")  # a month and its seed
    kept: frozenset[str] = frozenset()  # marks of policies and rosters that surely have their rows


# By engine: a process may look at several databases, as tests do.
_COPIES: WeakKeyDictionary[Engine, Copy] = WeakKeyDictionary()


def standings_now(session: Session, hold: Hold, revisions: int, week: datetime) -> Copy:
    """Everybody's standing under the credit lock, this hold of it: the remembered copy, or the rows read anew.

    `revisions` is their sum as of this hold, `week` the moment from which room is counted.
    """
    copy = _COPIES.get(session.connection().engine)
    if copy is None or (copy.hold.life, copy.revisions, copy.week) != (hold.life, revisions, week):
        return _read(session, hold, week)
    if copy.hold == hold.before:
        return copy
    return _followed(session, copy, hold.before) or _read(session, hold, week)


def remember(session: Session, copy: Copy, hold: Hold, entry: Entry) -> None:
    """Note what this hold changed, for other processes, and keep the copy with it once it is committed. Where it is
    not, the copy stays what it was.

    Its seed and marks have been written by then at the latest, and stay: nobody ever deletes them.
    """
    note(session, hold.number, entry)
    changed = _changed(copy, [entry])
    if changed is not None:
        engine, now_known = session.connection().engine, replace(changed, hold=hold)
        after_commit(session, lambda: _COPIES.__setitem__(engine, now_known))


def _followed(session: Session, copy: Copy, until: Hold) -> Copy | None:
    """The copy after what others noted meanwhile; None where a note is missing."""
    entries = entries_between(session, copy.hold.number, until.number)
    changed = None if entries is None else _changed(copy, entries)
    return None if changed is None else replace(changed, hold=until)


def _changed(copy: Copy, entries: Iterable[Entry]) -> Copy | None:
    """The copy with these changes. None where a row is new, or was not known yet: what the database makes of its moment
    is seen when it is read.
    """
    places = copy.roster.places
    credit, entitled, taken = list(copy.credit), list(copy.entitled), list(copy.taken)
    for entry in entries:
        if entry.roster not in {"", copy.roster.mark} or (entry.partner_id and entry.partner_id not in places):
            return None
        for place, share in entry.shares:
            credit[place] += share
            entitled[place] += share
        touched = {place for place, _ in entry.shares}
        if entry.partner_id:
            place = places[entry.partner_id]
            credit[place] += entry.credit_milli
            touched |= {place} if entry.credit_milli else set()
            if entry.offered_at is not None and entry.offered_at >= copy.week:
                taken[place] += entry.places
        if not copy.without_row.isdisjoint(touched):
            return None
    return replace(copy, credit=credit, entitled=entitled, taken=taken)


def _read(session: Session, hold: Hold, week: datetime) -> Copy:
    # Straight from the connection: for a thousand partners it is half the work.
    connection = session.connection()
    rows: Sequence[Any] = connection.execute(_ROWS).all()
    taken: dict[str, int] = dict(connection.execute(_TAKEN, {"week": week}).all())
    roster = roster_of(session, tuple((row[0], row[1]) for row in rows))
    learned = [_NEW if row[3] is None else row[3:] for row in rows]
    by_name = zip(*learned, strict=True) if learned else [()] * len(_NEW)
    columns: dict[str, Any] = {name: Lasting(column) for name, column in zip(_LEARNED, by_name, strict=True)}
    return Copy(
        hold=hold.before,
        revisions=sum(row[1] for row in rows),
        roster=roster,
        week=week,
        taken=[taken.get(partner_id, 0) for partner_id in roster.ids],
        has_email=[bool(row[2]) for row in rows],
        endpoints=endpoints_by_partner(session),
        without_row=frozenset(place for place, row in enumerate(rows) if row[3] is None),
        **columns,
    )
