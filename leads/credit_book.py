"""Credit: what each partner is owed, in thousandths of a lead. The one place that changes it, under one lock.

A lead that goes by worth adds each one's share and costs the receiver a whole lead; claims cost nothing. When a week is
over, what its shares were off is made good (`settlement`).
"""

import json
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.flushing import Beside
from foundation.many_values import as_array
from leads.credit_journal import Entry, note
from leads.ranking import TURN, WHOLE_LEAD_MILLI, Choice
from leads.tables import CreditLock, Offer, PartnerCredit, RoutingPeriod

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_THE_LOCK = 1
# Written once: putting a statement together takes as long as running it.
_LOCK = select(CreditLock.id).where(CreditLock.id == _THE_LOCK).with_for_update()
_HOLD = (
    update(CreditLock)
    .where(CreditLock.id == _THE_LOCK)
    .values(holds=CreditLock.holds + 1)
    .returning(CreditLock.life, CreditLock.holds)
)
_SEED = select(RoutingPeriod.seed).where(RoutingPeriod.name == bindparam("name"))
_ADD = """
    UPDATE partner_credits
    SET credit_milli = partner_credits.credit_milli + change.credit,
        entitled_milli = partner_credits.entitled_milli + change.entitled
    FROM {changes}
    WHERE partner_credits.partner_id = change.partner_id
"""
_ADD_BY = {
    "postgresql": _ADD.format(
        changes="unnest(CAST(%s AS text[]), CAST(%s AS integer[]), CAST(%s AS integer[]))"
        " AS change(partner_id, credit, entitled)"
    ),
    "sqlite": _ADD.format(
        changes="(SELECT names.value AS partner_id, credits.value AS credit, entitled.value AS entitled"
        " FROM json_each(?) AS names JOIN json_each(?) AS credits USING (key) JOIN json_each(?) AS entitled USING (key)"
        ") AS change"
    ),
}


@dataclass(frozen=True)
class Hold:
    """One holding of the credit lock by somebody who changes credit: between it and the next, credit is the same.

    `life` is drawn when a database begins, so that holds of two databases are never taken for each other.
    """

    life: str
    number: int

    @property
    def before(self) -> "Hold":
        """The one before: what it left is what this one finds."""
        return Hold(self.life, self.number - 1)


@dataclass
class Change:
    """What a choice adds to one partner's credit and entitlement, in thousandths of a lead."""

    credit: int = 0
    entitled: int = 0


def lock_credits(session: Session) -> None:
    """Let nobody decide until the transaction ends. Taken after the lead's lock, never before."""
    if session.scalar(_LOCK) is None:
        _begin(session)
        session.scalar(_LOCK)


def hold_credits(session: Session) -> Hold:
    """The same, for whoever changes credit or room: both are ours until the transaction ends.

    Without a note in the journal of what this hold changed, everybody reads the rows again.
    """
    connection = session.connection()
    held = connection.execute(_HOLD).one_or_none()
    if held is None:
        _begin(session)
        held = connection.execute(_HOLD).one()
    return Hold(held.life, held.holds)


def _begin(session: Session) -> None:
    # Where it fails, somebody else was first.
    with suppress(IntegrityError), session.begin_nested():
        session.add(CreditLock(id=_THE_LOCK, life=secrets.token_hex(16)))


def seed_of_month(session: Session, now: datetime, known: tuple[str, str] = ("", "")) -> tuple[str, str]:
    """This month and the seed of its tie-breaks, made when first needed. Called under the lock.

    `known` is a month with the seed that is written for it.
    """
    name = _month(now)
    if known[0] == name:
        return known
    seed = session.scalar(_SEED, {"name": name})
    if seed is None:
        seed = secrets.token_hex(16)
        session.add(RoutingPeriod(name=name, seed=seed))
        session.flush()
    return name, seed


def published_seeds(session: Session, now: datetime) -> dict[str, str]:
    """The seeds of the months that are over: with them anybody can check a tie-break."""
    rows = session.scalars(select(RoutingPeriod).where(RoutingPeriod.name < _month(now)).order_by(RoutingPeriod.name))
    return {row.name: row.seed for row in rows}


def booking_of(session: Session, choice: Choice, *, is_first: bool) -> Beside | None:
    """What books a choice that went by worth, to be written with its offer; None where it costs and entitles nobody.

    A lead entitles once: later rounds only cost the one who gets it. Everybody has a row by then, see `begin_rows`.
    """
    if choice.basis != TURN:
        return None
    changes = {name: Change(share, share) for name, share in choice.shares if share and is_first}
    changes.setdefault(choice.partner_id, Change()).credit -= WHOLE_LEAD_MILLI
    return _addition(session, changes)


def begin_rows(session: Session, choice: Choice, without: Collection[str], now: datetime) -> None:
    """A row for each of those `without` one, where a choice changes any of them.

    All at once: after a new row everybody reads all rows again, and new partners come in lists of hundreds.
    """
    touched = {choice.partner_id, *(name for name, _ in choice.shares)} if choice.basis == TURN else set()
    if not touched.isdisjoint(without):
        session.add_all(PartnerCredit(partner_id=name, since=now) for name in sorted(without))
        session.flush()


def correct(session: Session, corrections: Mapping[str, int], now: datetime) -> None:
    """Add to what partners are owed and were entitled to, or take off it, now that a week is over. Held already."""
    if corrections:
        _book(session, {name: Change(milli, milli) for name, milli in corrections.items()}, now)


def _book(session: Session, changes: Mapping[str, Change], now: datetime) -> None:
    addition = _addition(session, changes)
    written = session.connection().exec_driver_sql(addition.words, tuple(addition.values)).rowcount
    if written != len(changes):
        known = set(session.scalars(select(PartnerCredit.partner_id)))
        session.add_all(
            PartnerCredit(partner_id=name, since=now, credit_milli=one.credit, entitled_milli=one.entitled)
            for name, one in sorted(changes.items())
            if name not in known
        )
        session.flush()


def _addition(session: Session, changes: Mapping[str, Change]) -> Beside:
    """One statement and few values, however many partners: sending each by itself costs most of a decision."""
    dialect, names = session.get_bind().dialect.name, sorted(changes)
    credit, entitled = ([getattr(changes[name], what) for name in names] for what in ("credit", "entitled"))
    write = as_array if dialect == "postgresql" else json.dumps
    return Beside(_ADD_BY[dialect], [write(names), write(credit), write(entitled)])


def take_place(session: Session, partner_id: str, offered_at: datetime) -> None:
    """Hold the lock, as an offer that no decision stands behind takes one of a partner's places."""
    note(session, hold_credits(session).number, Entry(partner_id, places=1, offered_at=offered_at))


def free_place(session: Session, offer: Offer) -> None:
    """Hold the lock, as an offer gives back the place that it took."""
    note(session, hold_credits(session).number, Entry(offer.partner_id, places=-1, offered_at=offer.offered_at))


def give_back(session: Session, offer: Offer, milli: int) -> None:
    """Return part of what an offer cost, now that it came to nothing. Offers by claim or by hand cost nothing."""
    if offer.basis != TURN or not milli:
        return
    note(session, hold_credits(session).number, Entry(offer.partner_id, milli))
    session.execute(
        update(PartnerCredit)
        .where(PartnerCredit.partner_id == offer.partner_id)
        .values(credit_milli=PartnerCredit.credit_milli + milli),
        execution_options={"synchronize_session": False},
    )


def compensate(session: Session, partner_id: str, milli: int, now: datetime) -> None:
    """Give a partner credit that no lead stands behind, as a dispute decided."""
    hold_credits(session)
    row = session.get(PartnerCredit, partner_id, populate_existing=True)
    if row is None:
        session.add(PartnerCredit(partner_id=partner_id, since=now, credit_milli=milli))
    else:
        row.credit_milli += milli
    session.flush()


def _month(now: datetime) -> str:
    return f"{now.astimezone(_SWISS_TIME):%Y-%m}"
