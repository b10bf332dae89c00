"""The books of a rehearsal: what the product has written down, beside what the carrier has. Read-only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.audit import Broken, verify_chain
from campaigns import campaigns
from cli.rehearsal.cast import Cast
from cli.rehearsal.performance import Played
from cli.rehearsal.standing import reports_waiting
from dialer.tables import AgentEvent, Call
from dialer.transfer_tables import LiveTransfer
from foundation.runtime import Runtime
from leads import form_book
from leads.answers import read_answers
from leads.assessment import assess
from leads.replay import replays_identically
from leads.tables import Lead, Offer, RoutingRound


@dataclass(frozen=True)
class CallEntry:
    """One attempt as the product knows it."""

    id: str
    contact_id: str
    to_number: str
    status: str
    carrier_sid: str
    agent_id: str
    placing_at: datetime | None
    bridged_at: datetime | None
    ended_at: datetime | None
    disposition: str
    disposition_at: datetime | None
    kind: str = "contact"  # or partner: asked to take a customer who is on the line
    left_at: datetime | None = None  # when its agent left it to customer and partner


@dataclass(frozen=True)
class LeadEntry:
    """One lead with the statuses of its offers, in their order, and what its answers came to.

    `is_judged_alike`: grade, complexity and urgency come out of its answers once more.
    """

    id: str
    call_id: str
    status: str
    offers: tuple[str, ...]
    grade: str = "B"
    complexity: int | None = None
    is_judged_alike: bool = True
    opened_at: datetime | None = None  # when the agent said what came of the call
    first_offer_id: str = ""


@dataclass(frozen=True)
class Books:
    """Both sides, complete."""

    cast: Cast
    played: Played
    contacts_live: int
    contacts_final: Mapping[str, int]
    calls: Sequence[CallEntry]
    leads: Sequence[LeadEntry]
    agent_events: Sequence[tuple[str, datetime, str]]  # agent, moment, status from then on
    reports_waiting: int
    rounds_that_differ: tuple[tuple[str, int], ...]  # decisions of the router that do not replay to the same
    audit_problem: str
    speed: float = 1.0
    transfers: Mapping[str, int] = field(default_factory=dict)  # live ones, by how they ended; unsettled ones too

    @property
    def prospects(self) -> Sequence[dict[str, Any]]:
        """The carrier's calls to contacts."""
        prospects: Sequence[dict[str, Any]] = self.played.carrier["prospects"]
        return prospects

    @property
    def placed(self) -> Sequence[CallEntry]:
        """The product's calls that the carrier took."""
        return [call for call in self.calls if call.carrier_sid]

    def offer_waits(self) -> list[float]:
        """Seconds from what the agent said of a call until the lead's first offer was before its partner's eyes.

        On the wall: neither network nor programs get faster when a rehearsal does.
        """
        seen = self.played.offers_seen
        return [
            (seen[lead.first_offer_id] - lead.opened_at).total_seconds() / self.speed
            for lead in self.leads
            if lead.opened_at is not None and lead.first_offer_id in seen
        ]

    def by_status(self) -> Counter[str]:
        """The product's attempts by how they ended."""
        return Counter(call.status for call in self.calls if call.kind == "contact")


def open_books(runtime: Runtime, cast: Cast, played: Played) -> Books:
    """Read everything once."""
    with runtime.database.reading() as session:
        figures = campaigns.figures(session, cast.campaign_id)
        calls = select(Call).where(Call.kind.in_(("contact", "partner"))).order_by(Call.queued_at, Call.id)
        left = dict(session.execute(select(LiveTransfer.call_id, LiveTransfer.handed_over_at)).all())
        offers: dict[str, list[str]] = {}
        for lead_id, status in session.execute(select(Offer.lead_id, Offer.status).order_by(Offer.number)):
            offers.setdefault(lead_id, []).append(status)
        first = select(Offer.lead_id, Offer.id).where(Offer.number == 1, Offer.by_call.is_(False))
        firsts = dict(session.execute(first).all())
        leads = [
            replace(
                _lead_entry(session, lead, offers.get(lead.id, ())),
                opened_at=lead.opened_at,
                first_offer_id=firsts.get(lead.id, ""),
            )
            for lead in session.scalars(select(Lead))
        ]
        events = session.execute(
            select(AgentEvent.agent_id, AgentEvent.at, AgentEvent.to_status).order_by(
                AgentEvent.agent_id, AgentEvent.id
            )
        )
        chain = verify_chain(session)
        return Books(
            cast=cast,
            played=played,
            contacts_live=figures.waiting + figures.reserved + figures.fenced,
            contacts_final=figures.done,
            calls=[replace(_entry(call), left_at=left.get(call.id)) for call in session.scalars(calls)],
            leads=leads,
            agent_events=[(agent_id, at, to_status) for agent_id, at, to_status in events],
            reports_waiting=reports_waiting(runtime),
            rounds_that_differ=_rounds_that_differ(session),
            speed=runtime.clock.speed,
            transfers=_transfers(session),
            audit_problem=f"entry {chain.number}: {chain.why}" if isinstance(chain, Broken) else "",
        )


def _transfers(session: Session) -> Counter[str]:
    rows = session.execute(select(LiveTransfer.status, LiveTransfer.settled_at))
    return Counter(str(status) if settled_at else f"{status}, unsettled" for status, settled_at in rows)


def _lead_entry(session: Session, lead: Lead, offers: Sequence[str]) -> LeadEntry:
    form = form_book.form_by_mark(session, lead.form_mark)
    # Who wants to talk at once is the agent's word, which the answers alone do not tell.
    judged = assess(form, read_answers(form, lead.answers, lead.evidence), is_hot=lead.urgency == "hot")
    alike = (judged.grade, judged.complexity.band, judged.urgency) == (lead.grade, lead.complexity, lead.urgency)
    return LeadEntry(
        lead.id, lead.call_id, lead.status, tuple(offers), lead.grade, lead.complexity, is_judged_alike=alike
    )


def _rounds_that_differ(session: Session) -> tuple[tuple[str, int], ...]:
    rounds = session.execute(select(RoutingRound.lead_id, RoutingRound.number)).all()
    return tuple((lead_id, number) for lead_id, number in rounds if not replays_identically(session, lead_id, number))


def _entry(call: Call) -> CallEntry:
    return CallEntry(
        id=call.id,
        contact_id=call.contact_id or "",
        to_number=call.to_number,
        status=call.status,
        carrier_sid=call.carrier_sid or "",
        agent_id=call.agent_id or "",
        placing_at=call.placing_at,
        bridged_at=call.bridged_at,
        ended_at=call.ended_at,
        disposition=call.disposition,
        disposition_at=call.disposition_at,
        kind=call.kind,
    )
