"""Asks the gate about a contact, with the history of its number that only the dialer has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, Contact
from compliance import gate, rules
from compliance.gate import Allowed, Blocked, Deferred, GateRequest
from compliance.holiday_calendar import regions_of
from dialer.call_states import CallStatus
from dialer.tables import Call

HISTORY_DAYS = 30
# These never reached the carrier, so no phone rang.
_NEVER_RANG = (CallStatus.QUEUED, CallStatus.NOT_PLACED, CallStatus.WITHDRAWN, CallStatus.REFUSED)


@dataclass(frozen=True)
class Verdict:
    """What the gate said, with what it was told, so that the decision can be replayed."""

    asked: GateRequest
    at: datetime
    said: gate.Verdict

    @property
    def allows(self) -> bool:
        """Whether the number may be dialed now."""
        return isinstance(self.said, Allowed)

    @property
    def until(self) -> datetime | None:
        """When it may be dialed instead; None when never."""
        return self.said.until if isinstance(self.said, Deferred) else None

    @property
    def reason(self) -> str:
        """Why not, in one word."""
        return self.said.reason if isinstance(self.said, Deferred | Blocked) else ""

    def as_json(self) -> dict[str, Any]:
        """For the call's row: everything but the number itself, which the row has."""
        return {
            "at": self.at.isoformat(),
            "country": self.asked.country,
            "canton": self.asked.canton,
            "time_zone": self.asked.time_zone,
            "recent_attempts": [moment.isoformat() for moment in self.asked.recent_attempts],
            **gate.verdict_record(self.said),
        }


def ask(session: Session, contact: Contact, now: datetime, *, but_not: str = "") -> Verdict:
    """May this contact be dialed now? `but_not` is the call that asks, which is not its own history."""
    request = GateRequest(
        phone_number=contact.phone_number,
        country=contact.number_country,
        canton=contact.canton,
        time_zone=contact.time_zone,
        campaign_id=contact.campaign_id,
        recent_attempts=_recent_attempts(session, contact.phone_number, now, but_not),
    )
    return Verdict(request, now, gate.check(session, request, now))


def closed_until(campaign: Campaign, now: datetime) -> datetime | None:
    """When dialing opens again where it is closed for all of the campaign's country; None while open."""
    jurisdiction = rules.find_jurisdiction(campaign.country)
    if jurisdiction is None:
        return None
    opening = rules.first_opening(jurisdiction, now)
    return opening if opening > now else None


def has_rules(campaign: Campaign) -> bool:
    """Whether we know the rules of the campaign's country; where we do not, nobody is dialed."""
    return rules.find_jurisdiction(campaign.country) is not None


def hours_left_today(campaign: Campaign, now: datetime) -> float:
    """How many lawful hours are left of this local day, in the region of the campaign's country that has most."""
    jurisdiction = rules.find_jurisdiction(campaign.country)
    if jurisdiction is None:
        return 0.0
    here = now.astimezone(ZoneInfo(jurisdiction.time_zone))
    minute = here.hour * 60 + here.minute
    return (
        max(
            sum(
                max(0, end - max(start, minute)) for start, end in rules.open_windows(jurisdiction, region, here.date())
            )
            for region in regions_of(jurisdiction)
        )
        / 60
    )


def _recent_attempts(session: Session, phone_number: str, now: datetime, but_not: str) -> tuple[datetime, ...]:
    rang = select(Call.placing_at).where(
        Call.to_number == phone_number,
        Call.queued_at >= now - timedelta(days=HISTORY_DAYS),
        Call.placing_at.is_not(None),
        Call.status.not_in(_NEVER_RANG),
        Call.id != but_not,
    )
    return tuple(sorted(moment for moment in session.scalars(rang) if moment is not None))
