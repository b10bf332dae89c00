"""The one door to a call's status: lock the row, drop what is known, move along the table, keep the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Insert, ScalarSelect, Table, func, insert, literal, select
from sqlalchemy.orm import Session

from dialer.call_states import FINAL, IN_FLIGHT, CallStatus, What, next_status
from dialer.tables import Call, CallEvent
from foundation.database import as_document, insert_many_unless_known, insert_unless_known
from foundation.ids import new_id
from foundation.logs import get_logger
from telephony.carrier import CallReport

log = get_logger(__name__)

# The moment of each of these is kept on the call, so that figures need no history.
_STAMPS = {
    CallStatus.PLACING: "placing_at",
    CallStatus.PLACED: "placed_at",
    CallStatus.RINGING: "ringing_at",
    CallStatus.ANSWERED: "answered_at",
    CallStatus.BRIDGED: "bridged_at",
}
# Having got here, a call was answered, whether or not the report of it arrived.
_ANSWERED_TOO = frozenset(
    {
        CallStatus.ANSWERED,
        CallStatus.ASKED,
        CallStatus.DECLINED,
        CallStatus.CONNECTING,
        CallStatus.BRIDGED,
        CallStatus.SETTLING,
        CallStatus.COMPLETED,
        CallStatus.ABANDONED,
        CallStatus.HUNG_UP_BEFORE_BRIDGE,
    }
)


@dataclass(frozen=True)
class Change:
    """What became of one happening: the call's status before and after. `is_repeat`: it was known already."""

    call: Call
    before: CallStatus
    after: CallStatus
    is_repeat: bool = False

    @property
    def moved(self) -> bool:
        """Whether the status is another one now."""
        return self.before is not self.after

    @property
    def ended(self) -> bool:
        """Whether the call became final with this change."""
        return self.moved and self.after in FINAL


def lock_call(session: Session, call_id: str) -> Call | None:
    """The call with its row locked, read afresh. Lock order everywhere: call, agent, contact."""
    return session.get(Call, call_id, with_for_update=True, populate_existing=True)


def lock_if_free(session: Session, call_id: str) -> Call | None:
    """The same, but None also while somebody else has it locked: for whoever holds what others wait for with a call."""
    return session.get(Call, call_id, with_for_update={"skip_locked": True}, populate_existing=True)


def queue_call(session: Session, call: Call) -> Call:
    """Add a new call in status queued. The unique attempt number stops a second call for the same attempt."""
    session.add(call)
    session.flush()
    session.add(
        CallEvent(
            call_id=call.id,
            key="queued",
            at=call.queued_at,
            what="queued",
            from_status="",
            to_status=CallStatus.QUEUED,
        )
    )
    return call


def queue_calls(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add new calls in status queued, by their columns; what `queue_call` does to one, two statements do to all, and
    one on PostgreSQL.
    """
    if not rows:
        return
    queued = [{**row, "status": CallStatus.QUEUED} for row in rows]
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_queue_at_once(tuple(queued[0])), {"rows": as_document(queued)})
        return
    insert_unless_known(session, Call, queued, ["id"])
    events = [
        {
            "call_id": row["id"],
            "key": "queued",
            "at": row["queued_at"],
            "what": "queued",
            "from_status": "",
            "to_status": CallStatus.QUEUED,
        }
        for row in rows
    ]
    insert_unless_known(session, CallEvent, events, ["call_id", "key"])


@lru_cache
def _queue_at_once(names: tuple[str, ...]) -> Insert:
    """Calls that come as one document, and the history of those that are new."""
    added = insert_many_unless_known(Call, names, ("id",)).returning(Call.id, Call.queued_at).cte("added")
    fixed = {"key": "queued", "what": "queued", "from_status": "", "to_status": CallStatus.QUEUED.value}
    rows = select(added.c.id, added.c.queued_at, *map(literal, fixed.values()))
    events = insert(cast(Table, CallEvent.__table__))
    return events.from_select(["call_id", "at", *fixed], rows, include_defaults=False)


def is_being_called(session: Session, call: Call) -> bool:
    """Whether the same number is being called already, for whichever contact or campaign."""
    others = select(Call.id).where(
        Call.to_number == call.to_number, Call.id != call.id, Call.status.in_(sorted(IN_FLIGHT))
    )
    return session.scalar(others.limit(1)) is not None


def time_since_taken(session: Session, call: Call) -> timedelta | None:
    """From telling a call to join a room to its end by the carrier's clock; None where one of them is not known."""
    taken, ended_at = session.scalar(select(taken_at(call.id))), end_by_carrier(session, call)
    return ended_at - taken if taken is not None and ended_at is not None else None


def taken_at(call_id: str) -> ScalarSelect[datetime]:
    """When a call was told to join a room, for use in a statement."""
    taken = select(CallEvent.at).where(CallEvent.call_id == call_id, CallEvent.what == What.TAKEN)
    return taken.limit(1).scalar_subquery()


def end_by_carrier(session: Session, call: Call) -> datetime | None:
    """When a call that ended on its way into a room did so, by the carrier's clock; None: not known."""
    ended = select(func.max(CallEvent.reported_at)).where(
        CallEvent.call_id == call.id, CallEvent.to_status == CallStatus.SETTLING
    )
    return session.scalar(ended)


def new_call_id() -> str:
    """A fresh id for a call."""
    return new_id("call")


def move(session: Session, call: Call, what: What, now: datetime, *, reason: str = "") -> Change:
    """Let `what`, a step of our own, happen to a locked call. It needs no key: the table lets it happen once."""
    before = CallStatus(call.status)
    after = next_status(before, what)
    if after is not before:
        _enter(call, after, now, reason)
        _write_event(session, call, what, before, now, f"own:{what}:{now.timestamp():.6f}")
    return Change(call, before, after)


def apply_report(session: Session, report: CallReport, now: datetime) -> Change | None:
    """Let a carrier's report happen to its call; None when there is no such call."""
    call = lock_call(session, report.call_id)
    if call is None:
        return None
    status = CallStatus(call.status)
    what = What(report.what)
    if not _write_event(session, call, what, status, now, report.key, report.reported_at):
        return Change(call, status, status, is_repeat=True)
    note_carrier_sid(session, call, report.carrier_sid)
    _note_facts(call, report)
    after = next_status(status, what)
    if after is not status:
        _enter(call, after, now, "")
    return Change(call, status, after)


def _write_event(  # noqa: PLR0913, PLR0917 - each argument is one column of the history row
    session: Session,
    call: Call,
    what: What,
    before: CallStatus,
    now: datetime,
    key: str,
    reported_at: datetime | None = None,
) -> bool:
    """Add to the call's history; False when it has an event of this key already."""
    row = {
        "call_id": call.id,
        "key": key,
        "at": now,
        "reported_at": reported_at,
        "what": what.value,
        "from_status": before.value,
        "to_status": next_status(before, what).value,
    }
    return insert_unless_known(session, CallEvent, [row], ["call_id", "key"]) == 1


def note_carrier_sid(session: Session, call: Call, carrier_sid: str) -> None:
    """Keep the carrier's id of a locked call. The first one stays, and another row keeps its own: a call that was
    adopted in error must not keep its true owner's reports from being applied.
    """
    if call.carrier_sid or not carrier_sid:
        return
    if session.scalar(select(Call.id).where(Call.carrier_sid == carrier_sid, Call.id != call.id)) is not None:
        log.error("carrier_sid_is_taken", call_id=call.id, carrier_sid=carrier_sid)
        return
    call.carrier_sid = carrier_sid


def _note_facts(call: Call, report: CallReport) -> None:
    """Keep what a report says besides its status."""
    call.sip_code = call.sip_code or report.sip_code
    call.duration_seconds = call.duration_seconds or report.duration_seconds
    call.answered_by = call.answered_by or report.answered_by.split("_")[0]


def _enter(call: Call, status: CallStatus, now: datetime, reason: str) -> None:
    call.status = status
    call.status_since = now
    call.next_check_at = None
    call.checks_made = 0
    stamp = _STAMPS.get(status)
    if stamp is not None and getattr(call, stamp) is None:
        setattr(call, stamp, now)
    if status in _ANSWERED_TOO and call.answered_at is None:
        call.answered_at = now
    if status is CallStatus.ABANDONED:
        call.bridged_at = None  # whoever was in a room was there alone
    if status is CallStatus.COMPLETED and call.bridged_at is None:
        call.bridged_at = call.ended_at or now  # it left a conference, so it had been in it
    if status in FINAL:
        call.end_reason = status.value if call.ended_at else call.end_reason or reason or status.value
        call.ended_at = call.ended_at or now
