"""Whether customer and agent were in the room together, and what late news of that changes.

Carriers tell of joins and leaves by their own clock. Where news is lost or late something is decided without it; what
comes later wins. What becomes of a customer whom nobody met is `lost_lines`'.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from dialer import calls, limits, lost_line_rules
from dialer.call_states import CallStatus, What
from dialer.calls import Change
from dialer.lost_line_rules import Way, way_ended
from dialer.lost_line_tables import LostLine
from dialer.tables import Call, CallEvent
from telephony.carrier import CallReport, Reported

_IN_THE_ROOM = frozenset({Reported.JOINED, Reported.LEFT})
_DECIDED_WITHOUT_NEWS = frozenset({CallStatus.HUNG_UP_BEFORE_BRIDGE, CallStatus.ABANDONED})


def have_met(session: Session, call: Call) -> bool:
    """Whether a call that was told to join a room is known to have been there together with its agent."""
    told = session.execute(
        select(CallEvent.what, CallEvent.reported_at).where(
            CallEvent.call_id == call.id, CallEvent.what.in_(sorted(_IN_THE_ROOM))
        )
    ).all()
    if not told:
        return False
    joined = [at for what, at in told if what == Reported.JOINED and at is not None]
    return lost_line_rules.were_together(min(joined, default=None), _agent_left_at(session, call))


def settled(session: Session, call: Call, surely_in_after: timedelta, now: datetime) -> What:
    """What is taken to have become of a locked call that ended on its way into the room, of which no news came.

    `surely_in_after`: whoever stayed on the line so long after being sent there was in it.
    """
    lasted = calls.time_since_taken(session, call)
    if call.kind != "contact":
        return way_ended(Way(lasted, agent_was_gone=False, grace=timedelta(), surely_in_after=surely_in_after))
    left_at, ended_at = _agent_left_at(session, call), calls.end_by_carrier(session, call)
    was_lost = session.scalar(select(LostLine.id).where(LostLine.call_id == call.id).limit(1)) is not None
    campaign = session.get_one(Campaign, call.campaign_id)
    return way_ended(
        Way(
            lasted,
            was_lost or (left_at is not None and ended_at is not None and left_at < ended_at),
            timedelta(seconds=limits.grace_seconds(campaign, now)),
            surely_in_after,
        )
    )


def corrected(session: Session, report: CallReport, change: Change, now: datetime) -> Change:
    """The change that a report has made to a locked call; where it tells of a meeting after the end, that one."""
    call = change.call
    is_late_news = report.what in _IN_THE_ROOM and call.kind == "contact" and call.agent_id and not change.is_repeat
    if change.moved or not is_late_news or change.after not in _DECIDED_WITHOUT_NEWS:
        return change
    return calls.move(session, call, What.MET, now) if have_met(session, call) else change


def _agent_left_at(session: Session, call: Call) -> datetime | None:
    """When the leg that was parked when this call was taken ended, by the carrier's clock; None: not known to have."""
    leg = (
        select(Call.id)
        .where(Call.kind == "agent", Call.agent_id == call.agent_id, Call.bridged_at <= calls.taken_at(call.id))
        .order_by(Call.bridged_at.desc())
        .limit(1)
    )
    ends = (Reported.LEFT, Reported.COMPLETED)
    told = select(func.min(CallEvent.reported_at)).where(
        CallEvent.call_id == leg.scalar_subquery(), CallEvent.what.in_(ends)
    )
    return session.scalar(told)
