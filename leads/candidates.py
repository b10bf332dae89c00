"""Gathers from rows what a routing decision rests on: partners with load and turns, and the customer's relations."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from leads.customer_identity import CustomerMark, marks_of
from leads.facts import PartnerFacts, Policy, RelationFacts
from leads.lead_facts import facts_of
from leads.lead_states import DeclineReason, OfferStatus
from leads.partners import lock_partners, profile_of
from leads.ranking import TURN, WHOLE_LEAD_MILLI, Inputs
from leads.tables import Lead, Offer, PartnerRelation, TurnShare

_SWISS_TIME = ZoneInfo("Europe/Zurich")


def gather(session: Session, lead: Lead, policy: Policy, now: datetime) -> Inputs:
    """The inputs for one decision about a locked lead.

    The partners stay locked until the transaction ends, so that two leads decided at once do not take the same turn.
    """
    partners = [PartnerFacts(one.id, one.revision, profile_of(one)) for one in lock_partners(session)]
    taken = _taken(session, now - timedelta(days=policy.capacity_days))
    window = now - timedelta(days=policy.fairness_days)
    received, entitled = _received_milli(session, window), _entitled_milli(session, window)
    had = _had_this_lead(session, lead.id)
    return Inputs(
        lead=facts_of(lead),
        partners=tuple(
            replace(
                one,
                taken_in_window=taken.get(one.partner_id, 0),
                had_this_lead=had.get(one.partner_id, ""),
                received_milli=received.get(one.partner_id, 0),
                entitled_milli=entitled.get(one.partner_id, 0),
            )
            for one in partners
        ),
        relations=_relations(session, lead, now),
        policy=policy,
        now=now,
    )


def _taken(session: Session, since: datetime) -> dict[str, int]:
    rows = session.execute(
        select(Offer.partner_id, func.count())
        .where(Offer.offered_at > since, Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED)))
        .group_by(Offer.partner_id)
    )
    return dict(rows.all())


def _received_milli(session: Session, since: datetime) -> dict[str, int]:
    # Letting offers lapse, or passing for lack of interest, costs half a turn: else waiting for better ones would pay.
    half_turn = or_(
        Offer.status == OfferStatus.TIMED_OUT,
        and_(Offer.status == OfferStatus.DECLINED, Offer.decline_reason == DeclineReason.NOT_INTERESTED),
    )
    whole_turn = Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED))
    weight = case((whole_turn, WHOLE_LEAD_MILLI), (half_turn, WHOLE_LEAD_MILLI // 2), else_=0)
    rows = session.execute(
        select(Offer.partner_id, func.sum(weight))
        .where(Offer.offered_at > since, Offer.basis == TURN)
        .group_by(Offer.partner_id)
    )
    return {partner_id: int(total) for partner_id, total in rows}


def _entitled_milli(session: Session, since: datetime) -> dict[str, int]:
    rows = session.execute(
        select(TurnShare.partner_id, func.sum(TurnShare.share_milli))
        .where(TurnShare.at > since)
        .group_by(TurnShare.partner_id)
    )
    return {partner_id: int(total) for partner_id, total in rows}


def _had_this_lead(session: Session, lead_id: str) -> dict[str, str]:
    rows = session.execute(
        select(Offer.partner_id, Offer.status).where(Offer.lead_id == lead_id).order_by(Offer.number)
    )
    return dict(rows.all())


def _relations(session: Session, lead: Lead, now: datetime) -> tuple[RelationFacts, ...]:
    marks = marks_of(lead.uid, lead.phone_number, lead.company)
    if not marks:
        return ()
    today = now.astimezone(_SWISS_TIME).date()
    rows = session.scalars(
        select(PartnerRelation).where(
            or_(*(_matches(mark) for mark in marks)),
            PartnerRelation.since <= today,
            or_(PartnerRelation.until.is_(None), PartnerRelation.until >= today),
        )
    ).all()
    surest_first = [mark.known_by for mark in marks]
    ordered = sorted(
        rows, key=lambda row: (surest_first.index(row.known_by), -row.since.toordinal(), row.partner_id, row.id)
    )
    return tuple(RelationFacts(row.partner_id, row.known_by, row.evidence, row.since.isoformat()) for row in ordered)


def _matches(mark: CustomerMark) -> ColumnElement[bool]:
    return and_(PartnerRelation.known_by == mark.known_by, PartnerRelation.customer_key == mark.key)
