"""Gathers from rows what a routing decision rests on: partners with room and credit, protections, relations."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from leads.credit_book import lock_credits, seed_of_month
from leads.customer_identity import CustomerMark, marks_of
from leads.facts import RELATION_KINDS, PartnerFacts, Policy, ProtectionFacts, RelationFacts
from leads.lead_facts import facts_of
from leads.lead_states import OfferStatus
from leads.ranking import Inputs
from leads.replay import profiles_of
from leads.tables import Lead, Offer, Partner, PartnerCredit, PartnerRelation, Protection
from leads.worth import start_of_week

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_PAST_DAYS = 730
_WEEK = timedelta(days=7)
# Credit, weekly entitlement, answers, rating, weight and price of a partner of whom nothing is known yet.
_NEW = (0, 0, 700, 700, 1000, 0)


def gather(session: Session, lead: Lead, policy: Policy, now: datetime) -> Inputs:
    """The inputs for one decision about a locked lead.

    Room and credit stay locked until the transaction ends, so that two leads decided at once do not take the same.
    """
    lock_credits(session)
    facts = facts_of(lead)
    marks = marks_of(lead.uid, lead.phone_number, lead.company)
    today = now.astimezone(_SWISS_TIME).date()
    return Inputs(
        lead=facts,
        partners=_partners(session, lead, marks, now),
        relations=_relations(session, marks, now),
        policy=policy,
        now=now,
        protections=tuple(
            ProtectionFacts(row.partner_id, row.until.isoformat())
            for row in session.scalars(
                select(Protection)
                .where(
                    or_(*(_is_customer(Protection, mark) for mark in marks)) if marks else Protection.id < 0,
                    Protection.solution == facts.solution,
                    Protection.since <= today,
                    Protection.until >= today,
                )
                .order_by(Protection.since, Protection.id)
            )
        ),
        seed=seed_of_month(session, now),
    )


def _partners(session: Session, lead: Lead, marks: Sequence[CustomerMark], now: datetime) -> tuple[PartnerFacts, ...]:
    rows: Sequence[Any] = session.execute(
        select(
            Partner.id, Partner.revision, PartnerCredit.since, PartnerCredit.credit_milli, PartnerCredit.entitled_milli,
            PartnerCredit.response_milli, PartnerCredit.rating_milli, PartnerCredit.weight_milli,
            PartnerCredit.price_milli,
        )
        .outerjoin(PartnerCredit, PartnerCredit.partner_id == Partner.id)
        .order_by(Partner.id)
    ).all()  # fmt: skip
    profiles = profiles_of(session, [(row.id, row.revision) for row in rows])
    taken = _taken(session, start_of_week(now))
    had = _had_this_lead(session, lead.id)
    customer = {mark.key for mark in marks if mark.known_by == "company"}
    weeks: dict[datetime | None, float] = {}
    found = []
    for partner_id, revision, since, credit, entitled, response, rating, weight, price in rows:
        profile = profiles[partner_id, revision]
        excludes = bool(profile.excluded_customers) and not customer.isdisjoint(profile.excluded_customers)
        if since is not None and since not in weeks:
            weeks[since] = max(1.0, (now - since) / _WEEK)
        learned = _NEW if since is None else (credit, int(entitled / weeks[since]), response, rating, weight, price)
        here = (partner_id, revision, taken.get(partner_id, 0), None, had.get(partner_id, ""))
        counts = (*here, *learned, excludes)
        one = PartnerFacts.quickly(profile, counts)
        found.append(one)
    return _sum_up_owners(found)


def _sum_up_owners(partners: list[PartnerFacts]) -> tuple[PartnerFacts, ...]:
    """Branches of one owner have one credit and one room, that of the largest: splitting a firm gains nothing."""
    branches: dict[str, list[PartnerFacts]] = defaultdict(list)
    for partner in partners:
        if partner.profile.owner:
            branches[partner.profile.owner].append(partner)
    if not branches:
        return tuple(partners)
    return tuple(_as_one(one, branches[one.profile.owner]) if one.profile.owner else one for one in partners)


def _as_one(partner: PartnerFacts, branches: Sequence[PartnerFacts]) -> PartnerFacts:
    return replace(
        partner,
        taken=sum(one.taken for one in branches),
        room=max(one.profile.weekly_capacity for one in branches),
        credit_milli=sum(one.credit_milli for one in branches),
        weekly_milli=sum(one.weekly_milli for one in branches),
    )


def _taken(session: Session, since: datetime) -> dict[str, int]:
    rows = session.execute(
        select(Offer.partner_id, func.count())
        .where(Offer.offered_at >= since, Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED)))
        .group_by(Offer.partner_id)
    )
    return dict(rows.all())


def _had_this_lead(session: Session, lead_id: str) -> dict[str, str]:
    rows = session.execute(
        select(Offer.partner_id, Offer.status).where(Offer.lead_id == lead_id).order_by(Offer.number)
    )
    return dict(rows.all())


def _relations(session: Session, marks: Sequence[CustomerMark], now: datetime) -> tuple[RelationFacts, ...]:
    if not marks:
        return ()
    today = now.astimezone(_SWISS_TIME).date()
    # A past project counts for a while after its last day, the others until theirs.
    still = or_(
        PartnerRelation.until.is_(None),
        PartnerRelation.until >= today,
        and_(PartnerRelation.kind == "past", PartnerRelation.until >= today - timedelta(days=_PAST_DAYS)),
    )
    rows = session.scalars(
        select(PartnerRelation).where(
            or_(*(_is_customer(PartnerRelation, mark) for mark in marks)), PartnerRelation.since <= today, still
        )
    ).all()
    surest_first = [mark.known_by for mark in marks]
    ordered = sorted(
        rows,
        key=lambda row: (
            RELATION_KINDS.index(row.kind),
            -row.since.toordinal(),
            surest_first.index(row.known_by),
            row.partner_id,
            row.id,
        ),
    )
    return tuple(
        RelationFacts(row.partner_id, row.known_by, row.evidence, row.since.isoformat(), row.kind) for row in ordered
    )


def _is_customer(table: type[PartnerRelation | Protection], mark: CustomerMark) -> ColumnElement[bool]:
    return and_(table.known_by == mark.known_by, table.customer_key == mark.key)
