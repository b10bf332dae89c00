"""Learns at which times of day people answer, by segment, from the calls of a campaign; line and retries go by it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import campaigns
from campaigns.languages import LANGUAGES
from campaigns.line_order import group_length, line_order_from
from campaigns.line_queries import Terms
from campaigns.tables import Campaign, Contact
from campaigns.times_of_day import Heard, learn, segment_of, sizes_by_score, time_of_day
from compliance.jurisdictions import find_jurisdiction
from dialer.call_states import CallStatus
from dialer.retries import NEVER_RANG
from dialer.tables import Call

LEARNED_EVERY = timedelta(hours=1)
LOOKED_BACK = timedelta(days=60)
# The latest ones say most, and a look must not take long however many there are.
CALLS_AT_MOST = 20_000
_MACHINES = frozenset({"machine", "fax"})
_NOT_OVER = frozenset({CallStatus.QUEUED, CallStatus.PLACING, CallStatus.PLACED, CallStatus.RINGING})


def learn_when_due(session: Session, campaign: Campaign, now: datetime) -> bool:
    """Learn anew from the campaign's calls, at most once an hour; whether it was done."""
    learned_at = campaign.answer_times.get("learned_at")
    if learned_at is not None and datetime.fromisoformat(learned_at) > now - LEARNED_EVERY:
        return False
    heard = hear(session, campaign.id, now)
    record = {"learned_at": now.isoformat(), "scores": learn(heard), "calls": sum(one.rang for one in heard)}
    campaigns.note_answer_times(session, campaign.id, record)
    return True


def sizes_first(campaign: Campaign, now: datetime) -> dict[str, tuple[str, ...]]:
    """By language which sizes of companies come first in the line now, as was learned; only where it differs.

    A line has one order at a time. Where a country has several times of day at once, it stays as it is.
    """
    jurisdiction = find_jurisdiction(campaign.country)
    if not campaign.uses_answer_times or jurisdiction is None or len(jurisdiction.time_zones) != 1:
        return {}
    name = time_of_day(now, jurisdiction.time_zones[0])
    scores = campaign.answer_times.get("scores") or {}
    ordered = {language: sizes_by_score(scores, language, name) for language in LANGUAGES}
    return {language: sizes for language, sizes in ordered.items() if sizes}


def likely_first(terms: Terms, campaign: Campaign, now: datetime) -> Terms:
    """The same terms, with who is likely to answer at this hour before others of the same group."""
    length = group_length(line_order_from(campaign.line_order))
    return replace(terms, sizes=sizes_first(campaign, now), group_length=length)


def hear(session: Session, campaign_id: str, now: datetime) -> list[Heard]:
    """How often it rang, and a person answered, by segment and time of day at the contact's clock."""
    rows = session.execute(
        select(
            Call.placing_at, Call.answered_at, Call.answered_by, Contact.language, Contact.employees, Contact.time_zone
        )
        .join(Contact, Contact.id == Call.contact_id)
        .where(
            Call.campaign_id == campaign_id,
            Call.placing_at > now - LOOKED_BACK,
            Call.status.not_in(sorted(NEVER_RANG | _NOT_OVER)),
        )
        .order_by(Call.placing_at.desc())
        .limit(CALLS_AT_MOST)
    )
    rang: Counter[tuple[str, str]] = Counter()
    answered: Counter[tuple[str, str]] = Counter()
    for placing_at, answered_at, answered_by, language, employees, time_zone in rows:
        assert placing_at is not None  # asked for
        name = time_of_day(placing_at, time_zone)
        if not name:
            continue
        key = segment_of(language, employees), name
        rang[key] += 1
        answered[key] += answered_at is not None and answered_by not in _MACHINES
    return [Heard(segment, name, count, answered[segment, name]) for (segment, name), count in sorted(rang.items())]
