"""Reads leads for pages, the API and reports: a manager's inbox, a lead with its reasons, counts. Changes nothing.

What a partner may see is in `partner_view`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads.lead_states import LeadStatus, OfferStatus
from leads.replay import explain_latest
from leads.tables import Lead, LeadEvent, Offer, Partner
from leads.worth import Worth


@dataclass(frozen=True)
class LeadFilter:
    """Which leads to list; empty means any. `before_id` is the last id of the page before this one."""

    statuses: tuple[LeadStatus, ...] = ()
    campaign_id: str = ""
    before_id: str = ""
    limit: int = 50


@dataclass(frozen=True)
class OfferRow:
    """An offer with its partner's name, for people who may see all partners."""

    offer: Offer
    partner_name: str


@dataclass(frozen=True)
class Reason:
    """Why one partner was or was not offered the lead in the latest decision. `excluded_by` has code, wanted, found.

    `worth` are the parts of its value; `would_rank` and `short_by` say what would have changed the decision.
    """

    partner_id: str
    partner_name: str
    rank: int
    points: int
    worth: Worth
    would_rank: int
    short_by: int
    excluded_by: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class LeadView:
    """A lead with all that a manager decides on. `reasons` are best first, the excluded partners after them."""

    lead: Lead
    offers: tuple[OfferRow, ...]
    events: tuple[LeadEvent, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class LeadCounts:
    """Leads by status, live offers, and leads that are offered without a live offer or the reverse (always 0)."""

    by_status: dict[str, int]
    live_offers: int
    out_of_step: int

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


def list_leads(session: Session, chosen: LeadFilter) -> list[Lead]:
    """One page of leads, the newest first."""
    query = select(Lead).order_by(Lead.id.desc()).limit(chosen.limit)
    if chosen.statuses:
        query = query.where(Lead.status.in_(chosen.statuses))
    if chosen.campaign_id:
        query = query.where(Lead.campaign_id == chosen.campaign_id)
    if chosen.before_id:
        query = query.where(Lead.id < chosen.before_id)
    return list(session.scalars(query))


def human_queue(session: Session, limit: int = 50, offset: int = 0) -> list[Lead]:
    """Leads that wait for a person, the longest waiting first."""
    query = select(Lead).where(Lead.status == LeadStatus.WITH_HUMAN).order_by(Lead.status_since, Lead.id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def view_lead(session: Session, lead_id: str) -> LeadView:
    """A lead with its offers, history and the reasons of its latest decision.

    Raises:
        NotFound: there is no such lead.
    """
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise NotFound("there is no such lead")
    offers = session.execute(
        select(Offer, Partner.name)
        .join(Partner, Partner.id == Offer.partner_id)
        .where(Offer.lead_id == lead_id)
        .order_by(Offer.number)
    )
    events = session.scalars(select(LeadEvent).where(LeadEvent.lead_id == lead_id).order_by(LeadEvent.id))
    return LeadView(
        lead=lead,
        offers=tuple(OfferRow(offer, name) for offer, name in offers),
        events=tuple(events),
        reasons=_reasons(session, lead),
    )


def list_partners(session: Session) -> list[Partner]:
    """All partners by name."""
    return list(session.scalars(select(Partner).order_by(Partner.name)))


def active_names(session: Session, limit: int) -> list[str]:
    """The names of partners that take leads, in order, at most so many."""
    names = select(Partner.name).where(Partner.is_active).order_by(Partner.name)
    return list(session.scalars(names.limit(limit)))


def count_leads(session: Session, campaign_id: str = "") -> LeadCounts:
    """Counts over all leads, or over one campaign's."""
    mine = Lead.campaign_id == campaign_id if campaign_id else Lead.id != ""
    by_status = dict.fromkeys(map(str, LeadStatus), 0)
    grouped = session.execute(select(Lead.status, func.count()).where(mine).group_by(Lead.status))
    by_status |= {str(status): count for status, count in grouped}
    live = select(Offer.lead_id).where(Offer.status == OfferStatus.LIVE)
    live_offers = session.scalars(
        select(func.count()).select_from(Offer).join(Lead, Lead.id == Offer.lead_id)
        .where(Offer.status == OfferStatus.LIVE, mine)
    ).one()  # fmt: skip
    out_of_step = session.scalars(
        select(func.count()).select_from(Lead)
        .where(mine, (Lead.status == LeadStatus.OFFERED) != Lead.id.in_(live))
    ).one()  # fmt: skip
    return LeadCounts(by_status, live_offers, out_of_step)


def oldest_wait(session: Session) -> datetime | None:
    """Since when the longest-waiting lead has been before a person; None when none waits."""
    return session.scalar(select(func.min(Lead.status_since)).where(Lead.status == LeadStatus.WITH_HUMAN))


def _reasons(session: Session, lead: Lead) -> tuple[Reason, ...]:
    explained = explain_latest(session, lead.id)
    if explained is None:
        return ()
    names = dict(session.execute(select(Partner.id, Partner.name)).all())
    return tuple(
        Reason(
            partner_id=one.partner_id,
            partner_name=names.get(one.partner_id, ""),
            rank=one.rank,
            points=one.worth.points,
            worth=one.worth,
            would_rank=one.would_rank,
            short_by=one.short_by,
            excluded_by=tuple(verdict.to_json() for verdict in one.exclusions),
        )
        for one in explained.candidates
    )
