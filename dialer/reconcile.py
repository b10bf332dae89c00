"""Asks the carrier what became of calls that we have lost sight of, and adopts calls that we have no row for.

Absence from the carrier's list proves little at first: the list lags, and a create that timed out may still be working
there. So a call of unknown outcome is declared absent only after several looks over many real minutes.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dialer import calls, lifecycle, rooms
from dialer.call_states import FINAL, CallStatus, What
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.logs import get_logger
from telephony.carrier import CallReport, CarrierCall, Reported

log = get_logger(__name__)

# The carrier is known to finish a create after some 26 seconds; its list may lag for minutes.
ABSENT_AFTER_CHECKS = 3
LIST_OVERLAP = timedelta(seconds=5)
LONGEST_CHECK_SECONDS = 300.0
LOOK_BACK = timedelta(minutes=10)


def note_check(parts: Parts, call: Call, now: datetime) -> None:
    """Remember that a call was looked at; the next look comes later each time."""
    call.checks_made += 1
    pause = min(2.0 ** min(call.checks_made, 10), LONGEST_CHECK_SECONDS)
    call.next_check_at = now + parts.clock.real_seconds(pause)


def ask_carrier(parts: Parts, call_id: str, now: datetime) -> None:
    """Fetch a call from the carrier and apply what it says, as if a report had come. Raises Unavailable."""
    with parts.database.reading() as session:
        call = session.get(Call, call_id)
    if call is None or call.status in FINAL:
        return
    sid = call.carrier_sid
    found = parts.carrier.fetch(sid) if sid else _find_at_carrier(parts, call)
    in_room = _is_in_room(parts, call, found, now)
    with parts.database.transaction(relaxed=True) as session:
        locked = calls.lock_call(session, call_id)
        if locked is None or locked.status != call.status or locked.status_since != call.status_since:
            return  # news came while we were asking
        note_check(parts, locked, now)
        for report in _reports_from(locked, found, in_room=in_room):
            lifecycle.on_report(parts, session, report, now)
        log.info("call_reconciled", call_id=call_id, before=call.status, after=locked.status)


def _is_in_room(parts: Parts, call: Call, found: CarrierCall | None, now: datetime) -> bool:
    """Whether a call that was told to join a conference is in it, when its own state does not say.

    A contact who is there alone is not: the agent's leg is asked for then, of whose end no news came.
    """
    if call.status not in {CallStatus.CONNECTING, CallStatus.ANSWERED} or found is None:
        return False
    if found.what is not Reported.ANSWERED:
        return False
    with parts.database.reading() as session:
        room = rooms.room_of(session, call)
        leg = _leg_of(session, call)
    people = parts.carrier.people_in(room) if room else frozenset()
    is_alone = call.kind == "contact" and (leg is None or leg.carrier_sid not in people)
    if found.carrier_sid not in people or not is_alone:
        return found.carrier_sid in people
    if leg is not None:
        ask_carrier(parts, leg.id, now)
    return False


def _leg_of(session: Session, call: Call) -> Call | None:
    """The leg that the agent of a contact's call has now."""
    agent = session.get(Agent, call.agent_id) if call.agent_id else None
    return session.get(Call, agent.leg_call_id) if agent is not None and agent.leg_call_id else None


def _reports_from(call: Call, found: CarrierCall | None, *, in_room: bool) -> list[CallReport]:
    """What the carrier's view of a call amounts to, as reports; each look has a key of its own."""
    key = f"asked:{call.checks_made}:{call.status}"
    if found is None:
        return [CallReport(call.id, key, Reported.FAILED)]
    reports = [
        CallReport(
            call.id,
            key,
            found.what,
            carrier_sid=found.carrier_sid,
            duration_seconds=found.duration_seconds,
            answered_by=found.answered_by,
        )
    ]
    if in_room:
        reports.append(CallReport(call.id, key + ":room", Reported.JOINED, carrier_sid=found.carrier_sid))
    return reports


def settle_unknown(parts: Parts, call_id: str, now: datetime) -> None:
    """Look for a call of unknown outcome in the carrier's list: adopt it, or in the end declare it absent.

    Raises Unavailable.
    """
    with parts.database.reading() as session:
        call = session.get(Call, call_id)
    if call is None or call.status != CallStatus.UNKNOWN:
        return
    found = _find_at_carrier(parts, call)
    with parts.database.transaction() as session:
        locked = calls.lock_call(session, call_id)
        if locked is None or locked.status != CallStatus.UNKNOWN:
            return
        note_check(parts, locked, now)
        if found is not None:
            log.info("call_adopted", call_id=call_id)
            for report in _reports_from(locked, found, in_room=False):
                lifecycle.on_report(parts, session, report, now)
        elif _has_waited_long_enough(parts, locked, now):
            change = calls.move(session, locked, What.FOUND_ABSENT, now)
            lifecycle.what_follows(parts, session, change, now)


def _has_waited_long_enough(parts: Parts, call: Call, now: datetime) -> bool:
    hold = parts.clock.real_seconds(parts.settings.unknown_hold_seconds)
    return call.checks_made >= ABSENT_AFTER_CHECKS and call.status_since + hold <= now


def _find_at_carrier(parts: Parts, call: Call) -> CarrierCall | None:
    """The carrier's call that must be ours: same numbers, not before we asked, and no other row has it."""
    since = (call.placing_at or call.queued_at) - LIST_OVERLAP
    listed = parts.carrier.calls_since(since, to=call.to_number, most=50)
    candidates = [each for each in listed if each.from_number == call.from_number]
    if not candidates:
        return None
    with parts.database.reading() as session:
        sids = [each.carrier_sid for each in candidates]
        known = set(session.scalars(select(Call.carrier_sid).where(Call.carrier_sid.in_(sids), Call.id != call.id)))
    ours = [each for each in candidates if each.carrier_sid not in known]
    return ours[-1] if ours else None


def adopt_orphans(parts: Parts, now: datetime) -> int:
    """Give a row to every recent call of the carrier that has none; how many had none. Raises Unavailable.

    A call of ours that is still of unknown outcome is found by `settle_unknown`; what is left here was placed by a row
    that is gone (a restored backup) or by other software on the account. The row makes it count for caps and bills.
    """
    listed = parts.carrier.calls_since(now - LOOK_BACK)
    with parts.database.reading() as session:
        sids = [each.carrier_sid for each in listed]
        known = set(session.scalars(select(Call.carrier_sid).where(Call.carrier_sid.in_(sids))))
        without_sid = select(Call.to_number, Call.from_number).where(
            Call.carrier_sid.is_(None), Call.status.in_([CallStatus.PLACING, CallStatus.UNKNOWN])
        )
        unsettled = {(to, from_number) for to, from_number in session.execute(without_sid)}
    old_enough = now - timedelta(minutes=2)
    orphans = [
        each
        for each in listed
        if each.carrier_sid not in known
        and (each.to, each.from_number) not in unsettled
        and each.created_at is not None
        and each.created_at < old_enough
    ]
    for orphan in orphans:
        _adopt(parts, orphan, now)
    return len(orphans)


def _adopt(parts: Parts, orphan: CarrierCall, now: datetime) -> None:
    log.warning("carrier_call_without_row", carrier_sid=orphan.carrier_sid)
    with parts.database.transaction() as session:
        if session.scalar(select(Call.id).where(Call.carrier_sid == orphan.carrier_sid)) is not None:
            return
        created_at = orphan.created_at or now
        row = Call(
            id=calls.new_call_id(),
            kind="orphan",
            to_number=orphan.to,
            from_number=orphan.from_number,
            carrier_sid=orphan.carrier_sid,
            status=CallStatus.QUEUED,
            status_since=now,
            queued_at=created_at,
            placing_at=created_at,
        )
        try:
            with session.begin_nested():
                call = calls.queue_call(session, row)
        except IntegrityError:  # another ticker has adopted it this very moment
            return
        calls.move(session, call, What.CLAIMED, now)
        calls.apply_report(session, CallReport(call.id, "adopted", orphan.what, orphan.carrier_sid), now)
