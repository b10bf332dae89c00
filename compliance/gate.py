"""The last check before a number is dialed, inside the transaction that claims it. The verdict stays with the call."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from compliance.do_not_call import is_blocked
from compliance.rules import Callee, NoOpening, find_jurisdiction, judge
from compliance.verdicts import Allowed, Blocked, Deferred, Verdict, verdict_record

__all__ = ["Allowed", "Blocked", "Deferred", "GateRequest", "Verdict", "check", "verdict_record"]


@dataclass(frozen=True)
class GateRequest:
    """A number about to be dialed. `recent_attempts`: when it rang in the last 30 days, for whatever campaign."""

    phone_number: str  # E.164
    country: str  # of the number
    canton: str  # empty: unknown
    time_zone: str  # the callee's; empty: the country's own
    campaign_id: str
    recent_attempts: tuple[datetime, ...] = ()


def check(session: Session, request: GateRequest, now: datetime) -> Verdict:
    """May this number be dialed now? What is not known to be allowed is blocked."""
    jurisdiction = find_jurisdiction(request.country)
    if jurisdiction is None:
        return Blocked("no_jurisdiction", ())
    if is_blocked(session, request.phone_number, request.campaign_id, now):
        return Blocked("do_not_call", ("do_not_call",))
    callee = Callee(request.canton, request.time_zone, request.recent_attempts)
    try:
        return judge(jurisdiction, callee, now)
    except NoOpening:
        return Blocked("no_opening", tuple(rule.id for rule in jurisdiction.rules))
    except (ZoneInfoNotFoundError, ValueError):
        # A malformed key is a ValueError, a well-formed unknown one is not found.
        return Blocked("unknown_time_zone", ())
