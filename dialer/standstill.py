"""Why is nothing dialing? The first thing that keeps a campaign from dialing, in the order in which the dialer asks.

`explain` is pure; `look` reads the rows. What is counted exactly is counted in one look at one index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.contact_queue import Terms
from campaigns.tables import Campaign, CampaignStatus, Contact, ContactStatus
from dialer import contact_calls, endings, gate_check, owners, pacing_facts, steering
from dialer.caller_numbers import CallerNumber, can_show, lacks
from dialer.pacing import POLICIES
from dialer.pacing.policy import Decision
from dialer.reasons import TEXTS as REASONS
from dialer.reasons import Reason, Reasons, from_record, in_english
from foundation.settings import Settings

# Nobody needs to know of more, and counting further would cost more the longer the line is.
DUE_AT_MOST = 1000
NEW = "new"

TEXTS: Mapping[str, str] = {
    "dialing": "The campaign is dialing: %(detail)s.",
    "draft": "The campaign has not been started.",
    "paused": "The campaign is paused.",
    "paused_by_dialer": "The campaign is paused: %(detail)s.",
    "finished": "The campaign is finished: nobody is left to be dialed.",
    "closed": "It is outside the lawful calling hours. They open at %(moment)s.",
    "spend_cap": "The day's spending limit is used up. Dialing goes on tomorrow, or with a higher DAILY_SPEND_CAP.",
    "nobody_waits": "Nobody waits: everybody is in a call or done.",
    "none_due": "Nobody is due yet. The next contact may be dialed at %(moment)s.",
    "owners_away": "Only callbacks are due whose owners are not ready. They go to the team when the owners stay away.",
    "no_agent": "No agent is ready.",
    "no_language": "No agent who is ready speaks %(languages)s, the language of those who are due.",
    "no_number": "No number can be shown to those who are due: %(detail)s.",
    "no_room": "The carrier's lines are all in use.",
    "pacing": "The pacing waits: %(detail)s.",
}


@dataclass(frozen=True)
class Situation:
    """All that decides whether a campaign dials now. `due` and `due_to_anyone` are by language, counted to a limit."""

    status: str
    paused_by_dialer: Reasons
    closed_until: datetime | None
    is_spent: bool
    waiting: int
    next_due_at: datetime | None
    due: Mapping[str, int]
    due_to_anyone: Mapping[str, int]
    ready: Mapping[str, int]  # agents of the campaign who wait for a call, by language
    pool: Sequence[CallerNumber]
    room: int
    decision: Decision
    now: datetime


@dataclass(frozen=True)
class Standstill:
    """The answer. `waiting_for` adds up to all who wait; `next_at` is when the next contact may be dialed.

    `held_back`: why some of those who are due are not dialed whatever the answer, as no number can be shown to them.
    """

    code: str
    why: Reasons = ()
    held_back: Reasons = ()
    languages: tuple[str, ...] = ()
    next_at: datetime | None = None
    due: Mapping[str, int] = field(default_factory=dict)
    ready: Mapping[str, int] = field(default_factory=dict)
    waiting_for: Mapping[str, int] = field(default_factory=dict)
    in_calls: int = 0
    being_clarified: int = 0

    @property
    def text(self) -> str:
        """The English text with gaps for `detail` (what `why` says), `languages` and `moment`."""
        return TEXTS["paused_by_dialer" if self.code == CampaignStatus.PAUSED and self.why else self.code]

    @property
    def plain(self) -> str:
        """The answer in English."""
        moment = f"{self.next_at:%Y-%m-%d %H:%M} UTC" if self.next_at else ""
        values = {"detail": in_english(self.why), "languages": ", ".join(self.languages), "moment": moment}
        return self.text % values


def explain(seen: Situation) -> Standstill:
    """The first thing that keeps a campaign from dialing, or that it dials."""
    next_at = None if seen.next_due_at is None else max(seen.next_due_at, seen.closed_until or seen.now)
    if seen.status != CampaignStatus.RUNNING:
        return Standstill(seen.status, seen.paused_by_dialer, next_at=next_at)
    if seen.closed_until is not None:
        # Who is due before calling hours open is dialed then.
        return Standstill("closed", next_at=max(next_at or seen.closed_until, seen.closed_until))
    if seen.is_spent:
        return Standstill("spend_cap", next_at=next_at)
    return _among_those_who_wait(seen, next_at)


def _among_those_who_wait(seen: Situation, next_at: datetime | None) -> Standstill:
    if not seen.waiting:
        return Standstill("nobody_waits")
    if not seen.due_to_anyone:
        return Standstill("none_due", next_at=next_at)
    if not seen.ready:
        return Standstill("no_agent", next_at=next_at)
    if not seen.due:
        return Standstill("owners_away", next_at=next_at)
    spoken = set(seen.due) & set(seen.ready)
    if not spoken:
        return Standstill("no_language", languages=tuple(sorted(seen.due)), next_at=next_at)
    if not any(can_show(seen.pool, language) for language in spoken):
        return Standstill("no_number", lacks(seen.pool, spoken), next_at=next_at)
    if seen.room <= 0:
        return Standstill("no_room", next_at=next_at)
    return Standstill("dialing" if seen.decision.total else "pacing", seen.decision.why, next_at=next_at)


def look(settings: Settings, session: Session, campaign: Campaign, now: datetime) -> Standstill:
    """The answer for a campaign as things stand, with the counts that go with it."""
    statuses, waiting_for = _counts(session, campaign.id)
    carrier = pacing_facts.CarrierState(settings.calls_in_flight, settings.calls_per_second, now)
    steered = steering.look(session, campaign, now) if steering.is_watched(campaign) else None
    facts = pacing_facts.gather_facts(session, campaign, carrier, now, steered)
    terms = owners.terms_of(campaign, facts.ready)
    ready: dict[str, int] = {}
    for agent in facts.ready:
        for language in agent.languages if agent.campaign_id in {"", campaign.id} else ():
            ready[language] = ready.get(language, 0) + 1
    due = contact_queue.count_due(session, campaign.id, now, DUE_AT_MOST, terms)
    everybody = Terms(patience=now - now)
    pool = contact_calls.pool_of(session, campaign, now)
    answer = explain(
        Situation(
            status=campaign.status,
            paused_by_dialer=why_paused(campaign),
            closed_until=gate_check.closed_until(campaign, now),
            is_spent=endings.spend_cap_is_reached(settings, session, now),
            waiting=statuses.get(ContactStatus.WAITING, 0),
            next_due_at=contact_queue.next_due_at(session, campaign.id, now),
            due=due,
            due_to_anyone=contact_queue.count_due(session, campaign.id, now, 1, everybody),
            ready=ready,
            pool=pool,
            room=facts.room,
            decision=POLICIES[campaign.pacing_mode].decide(facts),
            now=now,
        )
    )
    return Standstill(
        code=answer.code,
        why=answer.why,
        held_back=() if answer.code == "no_number" else lacks(pool, set(due)),
        languages=answer.languages,
        next_at=answer.next_at,
        due=due,
        ready=ready,
        waiting_for=waiting_for,
        in_calls=statuses.get(ContactStatus.RESERVED, 0),
        being_clarified=statuses.get(ContactStatus.FENCED, 0),
    )


def why_paused(campaign: Campaign) -> Reasons:
    """Why the dialer paused a campaign; empty where a person did, or nobody."""
    code = campaign.paused_reason
    if not code or campaign.status != CampaignStatus.PAUSED:
        return ()
    # Older rows have English words, or a code that came without figures.
    return (Reason(code, campaign.paused_facts),) if code in REASONS else from_record([], code)


def _counts(session: Session, campaign_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """How many contacts stand where, and what those who wait have waited for since they were last looked at."""
    rows = session.execute(
        select(Contact.status, Contact.waits_for, func.count())
        .where(Contact.campaign_id == campaign_id, Contact.status != ContactStatus.DONE)
        .group_by(Contact.status, Contact.waits_for)
    )
    statuses: dict[str, int] = {}
    waiting_for: dict[str, int] = {}
    for status, waits_for, count in rows:
        statuses[status] = statuses.get(status, 0) + count
        if status == ContactStatus.WAITING:
            waiting_for[waits_for or NEW] = count
    return statuses, dict(sorted(waiting_for.items(), key=lambda item: -item[1]))
