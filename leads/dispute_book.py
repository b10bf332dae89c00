"""The one door to disputes: files them, and makes every change of status with its history row.

Whoever changes one holds its lead's row lock. What a decision brings about is `dispute_desk`'s affair.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, NotFound
from foundation.ids import new_id
from leads.dispute_states import UNDECIDED, DisputeKind, DisputeMove, DisputeStatus, next_dispute_status
from leads.dispute_tables import Dispute, DisputeEvent
from leads.lead_book import lock_lead
from leads.tables import Lead


@dataclass(frozen=True)
class Filing:
    """A partner's dispute of one round of a lead, by which of its people, and until when it is to be decided."""

    lead_id: str
    round_number: int
    partner_id: str
    kind: DisputeKind
    text: str
    actor: str
    at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Step:
    """What the history says of a change: who made it, when, and codes worth keeping."""

    actor: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)


def add_dispute(session: Session, filing: Filing) -> Dispute:
    """File a dispute of a locked lead.

    Raises:
        Conflict: this partner has disputed this decision before.
    """
    known = select(Dispute.id).where(
        Dispute.lead_id == filing.lead_id,
        Dispute.round_number == filing.round_number,
        Dispute.partner_id == filing.partner_id,
    )
    if session.scalar(known) is not None:
        raise Conflict("you have disputed this decision already")
    dispute = Dispute(
        id=new_id("dispute"),
        lead_id=filing.lead_id,
        round_number=filing.round_number,
        partner_id=filing.partner_id,
        kind=filing.kind,
        text=filing.text,
        status=DisputeStatus.FILED,
        status_since=filing.at,
        filed_at=filing.at,
        filed_by=filing.actor,
        due_at=filing.due_at,
    )
    session.add(dispute)
    session.flush()
    _write_event(session, dispute, "filed", "", Step(filing.actor, filing.at))
    return dispute


def lock_dispute(session: Session, dispute_id: str) -> tuple[Lead, Dispute]:
    """A dispute and its lead, both as they are now. The lead's lock guards its disputes too.

    Raises:
        NotFound: there is no such dispute.
    """
    lead_id = session.scalar(select(Dispute.lead_id).where(Dispute.id == dispute_id))
    if lead_id is None:
        raise NotFound("there is no such dispute")
    lead = lock_lead(session, lead_id)
    return lead, session.get_one(Dispute, dispute_id, populate_existing=True)


def move_dispute(session: Session, dispute: Dispute, move: DisputeMove, step: Step) -> None:
    """Change a dispute's status and write the history row.

    Raises:
        Conflict: the dispute's status does not allow the move.
    """
    before = DisputeStatus(dispute.status)
    after = next_dispute_status(before, move)
    if after is None:
        raise Conflict("this dispute is settled, or somebody has taken it up")
    dispute.status = after
    dispute.status_since = step.at
    _write_event(session, dispute, move, before, step)
    session.flush()


def is_frozen(session: Session, lead_id: str) -> bool:
    """Whether an undecided dispute keeps a lead from being offered to somebody new."""
    return bool(session.scalar(select(undecided(lead_id))))


def undecided(lead_id: Any) -> Any:
    """The condition that a lead, by its id or its column, has an undecided dispute."""
    return exists().where(Dispute.lead_id == lead_id, Dispute.status.in_(UNDECIDED))


def _write_event(session: Session, dispute: Dispute, what: str, before: str, step: Step) -> None:
    session.add(
        DisputeEvent(
            dispute_id=dispute.id,
            at=step.at,
            what=what,
            from_status=before,
            to_status=dispute.status,
            actor=step.actor,
            facts=step.facts,
        )
    )
