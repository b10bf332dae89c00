"""Reads disputes: a partner's own, the reviewers' inbox, precedents for everybody. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads.dispute_desk import who_took_part
from leads.dispute_states import UNDECIDED, DisputeOutcome, DisputeStatus
from leads.dispute_tables import Dispute, DisputeEvent
from leads.tables import Lead, Partner


@dataclass(frozen=True)
class DisputeView:
    """A dispute with its history."""

    dispute: Dispute
    events: tuple[DisputeEvent, ...]


@dataclass(frozen=True)
class Review:
    """A dispute as reviewers see it. `took_part`: these may not decide it."""

    dispute: Dispute
    partner_name: str
    lead: Lead
    events: tuple[DisputeEvent, ...]
    took_part: frozenset[str]

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been decided."""
        return self.dispute.status in UNDECIDED and self.dispute.due_at < now


@dataclass(frozen=True)
class InboxRow:
    """One line of the reviewers' inbox."""

    dispute: Dispute
    partner_name: str
    is_overdue: bool


@dataclass(frozen=True)
class Precedent:
    """What all may read of a settled dispute: no partner, no lead, only the month."""

    month: str
    kind: str
    outcome: str
    rule: str
    reasoning: str


@dataclass(frozen=True)
class DisputeCounts:
    """Disputes filed in a window, how many of them are decided, and how many of those changed the decision."""

    filed: int
    decided: int
    overturned: int


def list_own(session: Session, partner_id: str, before_id: str = "", limit: int = 50) -> list[Dispute]:
    """One page of a partner's disputes, the newest first."""
    query = select(Dispute).where(Dispute.partner_id == partner_id).order_by(Dispute.id.desc()).limit(limit)
    if before_id:
        query = query.where(Dispute.id < before_id)
    return list(session.scalars(query))


def find_own(session: Session, partner_id: str, lead_id: str, round_number: int) -> Dispute | None:
    """A partner's dispute of one decision, if it has filed one."""
    return session.scalar(
        select(Dispute).where(
            Dispute.partner_id == partner_id, Dispute.lead_id == lead_id, Dispute.round_number == round_number
        )
    )


def view_own(session: Session, partner_id: str, dispute_id: str) -> DisputeView:
    """One of a partner's disputes.

    Raises:
        NotFound: there is no such dispute, or it is another partner's.
    """
    dispute = session.get(Dispute, dispute_id)
    if dispute is None or not partner_id or dispute.partner_id != partner_id:
        raise NotFound("there is no such dispute")
    return DisputeView(dispute, _events(session, dispute_id))


def inbox(session: Session, now: datetime, limit: int = 100) -> list[InboxRow]:
    """Undecided disputes, those due first on top; the overdue are at the very top."""
    rows = session.execute(
        select(Dispute, Partner.name)
        .join(Partner, Partner.id == Dispute.partner_id)
        .where(Dispute.status.in_(UNDECIDED))
        .order_by(Dispute.due_at, Dispute.id)
        .limit(limit)
    )
    return [InboxRow(dispute, name, dispute.due_at < now) for dispute, name in rows]


def list_settled(session: Session, before_id: str = "", limit: int = 50) -> list[InboxRow]:
    """One page of settled disputes, the newest first."""
    query = (
        select(Dispute, Partner.name)
        .join(Partner, Partner.id == Dispute.partner_id)
        .where(Dispute.status.not_in(UNDECIDED))
        .order_by(Dispute.id.desc())
        .limit(limit)
    )
    if before_id:
        query = query.where(Dispute.id < before_id)
    return [InboxRow(dispute, name, is_overdue=False) for dispute, name in session.execute(query)]


def view_review(session: Session, dispute_id: str) -> Review:
    """One dispute for a reviewer.

    Raises:
        NotFound: there is no such dispute.
    """
    dispute = session.get(Dispute, dispute_id)
    if dispute is None:
        raise NotFound("there is no such dispute")
    name = session.get_one(Partner, dispute.partner_id).name
    lead = session.get_one(Lead, dispute.lead_id)
    return Review(dispute, name, lead, _events(session, dispute_id), who_took_part(session, dispute.lead_id))


def precedents(session: Session, limit: int = 200) -> list[Precedent]:
    """What disputes have settled, the newest first. Without ids: these would tell when each was filed."""
    query = (
        select(Dispute)
        .where(Dispute.status == DisputeStatus.DECIDED, Dispute.precedent != "")
        .order_by(Dispute.decided_at.desc())
        .limit(limit)
    )
    return [_precedent(dispute) for dispute in session.scalars(query)]


def count_disputes(session: Session, since: datetime, until: datetime) -> DisputeCounts:
    """Disputes that were filed in a window."""
    rows: Sequence[tuple[str, int]] = [
        (str(outcome), count)
        for outcome, count in session.execute(
            select(Dispute.outcome, func.count())
            .where(Dispute.filed_at >= since, Dispute.filed_at < until)
            .group_by(Dispute.outcome)
        )
    ]
    decided = {outcome: count for outcome, count in rows if outcome}
    overturned = sum(count for outcome, count in decided.items() if outcome != DisputeOutcome.UPHELD)
    return DisputeCounts(sum(count for _, count in rows), sum(decided.values()), overturned)


def _events(session: Session, dispute_id: str) -> tuple[DisputeEvent, ...]:
    query = select(DisputeEvent).where(DisputeEvent.dispute_id == dispute_id).order_by(DisputeEvent.id)
    return tuple(session.scalars(query))


def _precedent(dispute: Dispute) -> Precedent:
    month = f"{dispute.decided_at:%Y-%m}" if dispute.decided_at else ""
    return Precedent(month, dispute.kind, dispute.outcome, dispute.rule, dispute.precedent)
