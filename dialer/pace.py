"""Calls per second and calls in flight, across all processes, by one row that every placing transaction locks.

Each call gets a slot in time. Slots are spaced a little wider than the rate asks, so that two that are sent late do not
make a second with one too many. A flushed Redis changes nothing here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Insert, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dialer.call_states import IN_FLIGHT
from dialer.tables import Call, CarrierPace

# 1.5 %: eleven slots of a rate of 10 span 1,015 ms, which leaves 15 ms for a late departure.
_SPACING = 1.015


@dataclass(frozen=True)
class Lines:
    """Lines in use now, and how many of them are to one number."""

    in_use: int
    to_number: int


def lock_pace(session: Session, account: str, now: datetime) -> CarrierPace:
    """The account's row, locked: whoever holds it is the only one who claims a slot or decides how many to dial."""
    pace = session.get(CarrierPace, account, with_for_update=True, populate_existing=True)
    if pace is None:
        # Several may be the first at once: one of them adds the row, and all of them queue for its lock.
        session.execute(_insert_unless_there(session).values(account=account, next_slot_at=now))
        pace = session.get_one(CarrierPace, account, with_for_update=True, populate_existing=True)
    return pace


def claim_slot(pace: CarrierPace, calls_per_second: float, now: datetime, at_most_ahead: timedelta) -> datetime | None:
    """The moment at which one call may leave, or None when that is further ahead than `at_most_ahead`."""
    slot = max(pace.next_slot_at, now)
    if slot - now > at_most_ahead:
        return None
    pace.next_slot_at = slot + timedelta(seconds=_SPACING / calls_per_second)
    return slot


def hold_back(pace: CarrierPace, until: datetime) -> None:
    """Give no slot before `until`: the carrier asked for a rest."""
    pace.next_slot_at = max(pace.next_slot_at, until)


def calls_in_flight(session: Session) -> int:
    """Lines in use now, agents' legs included: the carrier's limit counts them too."""
    return session.scalar(_IN_FLIGHT) or 0


def lines_beside(session: Session, call: Call) -> Lines:
    """The same, and the other lines to this call's number, in one look: it is made while everybody waits."""
    in_use, to_number = session.execute(_BESIDE, {"number": call.to_number, "call_id": call.id}).one()
    return Lines(in_use, to_number)


_IN_FLIGHT = select(func.count()).select_from(Call).where(Call.status.in_(sorted(IN_FLIGHT)))
_BESIDE = _IN_FLIGHT.add_columns(
    func.count().filter(Call.to_number == bindparam("number"), Call.id != bindparam("call_id"))
)


def _insert_unless_there(session: Session) -> Insert:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(CarrierPace).on_conflict_do_nothing()
    return postgresql.insert(CarrierPace).on_conflict_do_nothing()
