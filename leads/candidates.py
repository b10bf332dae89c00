"""Gathers from rows what a routing decision rests on: partners with room and credit, protections, relations."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, cast, extract, func, or_, select
from sqlalchemy.orm import Session

from leads.credit_book import lock_credits, seed_of_month
from leads.customer_identity import MARKS, CustomerMark, marks_of
from leads.facts import RELATION_KINDS, PartnerFacts, Policy, ProtectionFacts, RelationFacts
from leads.lead_facts import facts_of
from leads.lead_states import OfferStatus
from leads.ranking import Inputs
from leads.replay import roster_of
from leads.roster import Counts, Roster, Standings
from leads.tables import Lead, Offer, Partner, PartnerCredit, PartnerRelation, Protection
from leads.worth import start_of_week

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_PAST = timedelta(days=730)
_WEEK_SECONDS = 7 * 24 * 3600
# Credit, weekly entitlement, answers, rating, weight and price of a partner of whom nothing is known yet.
_NEW = (0, 0, 700, 700, 1000, 0)


def _is_customer(table: type[PartnerRelation | Protection]) -> ColumnElement[bool]:
    return or_(*(and_(table.known_by == name, table.customer_key == bindparam(name)) for name in MARKS))


# Written once: putting a statement together takes as long as running it.
_STANDINGS = (
    select(
        Partner.id,
        Partner.revision,
        # A thousand moments as such would take as long as all the rest.
        cast(extract("epoch", PartnerCredit.since), BigInteger),
        PartnerCredit.credit_milli,
        PartnerCredit.entitled_milli,
        PartnerCredit.response_milli,
        PartnerCredit.rating_milli,
        PartnerCredit.weight_milli,
        PartnerCredit.price_milli,
    )
    .outerjoin(PartnerCredit, PartnerCredit.partner_id == Partner.id)
    .order_by(Partner.id)
)
_TAKEN = (
    select(Offer.partner_id, func.count())
    .where(Offer.offered_at >= bindparam("since"), Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED)))
    .group_by(Offer.partner_id)
)
_HAD = select(Offer.partner_id, Offer.status).where(Offer.lead_id == bindparam("lead_id")).order_by(Offer.number)
_PROTECTIONS = (
    select(Protection.partner_id, Protection.until)
    .where(
        _is_customer(Protection),
        Protection.solution == bindparam("solution"),
        Protection.since <= bindparam("today"),
        Protection.until >= bindparam("today"),
    )
    .order_by(Protection.since, Protection.id)
)
_RELATIONS = select(PartnerRelation).where(
    _is_customer(PartnerRelation),
    PartnerRelation.since <= bindparam("today"),
    # A past project counts for a while after its last day, the others until theirs.
    or_(
        PartnerRelation.until.is_(None),
        PartnerRelation.until >= bindparam("today"),
        and_(PartnerRelation.kind == "past", PartnerRelation.until >= bindparam("past")),
    ),
)


def gather(session: Session, lead: Lead, policy: Policy, now: datetime) -> Inputs:
    """The inputs for one decision about a locked lead.

    Room and credit stay locked until the transaction ends, so that two leads decided at once do not take the same.
    """
    lock_credits(session)
    facts = facts_of(lead)
    marks = marks_of(lead.uid, lead.phone_number, lead.company)
    today = now.astimezone(_SWISS_TIME).date()
    # A mark that a customer lacks is null, which nothing equals.
    asked = dict.fromkeys(MARKS) | {mark.known_by: mark.key for mark in marks} | {"today": today}
    protections = session.execute(_PROTECTIONS, asked | {"solution": facts.solution}).all()
    return Inputs(
        lead=facts,
        partners=_partners(session, lead, marks, now),
        relations=_relations(session, asked | {"past": today - _PAST}, marks),
        policy=policy,
        now=now,
        protections=tuple(ProtectionFacts(partner_id, until.isoformat()) for partner_id, until in protections),
        seed=seed_of_month(session, now),
    )


def _partners(session: Session, lead: Lead, marks: Sequence[CustomerMark], now: datetime) -> Standings:
    session.flush()
    # Straight from the connection: for a thousand partners it is half the work.
    rows: Sequence[Any] = session.connection().execute(_STANDINGS).all()
    roster = roster_of(session, tuple((row[0], row[1]) for row in rows))
    taken: dict[str, int] = dict(session.execute(_TAKEN, {"since": start_of_week(now)}).all())
    had: dict[str, str] = dict(session.execute(_HAD, {"lead_id": lead.id}).all())
    excluding = roster.excluding({mark.key for mark in marks if mark.known_by == "company"})
    weeks = {since: max(1.0, (now.timestamp() - since) / _WEEK_SECONDS) for since in {row[2] for row in rows} - {None}}
    counts: list[Counts] = []
    for place, (partner_id, revision, since, credit, entitled, response, rating, weight, price) in enumerate(rows):
        here = (partner_id, revision, taken.get(partner_id, 0), None, had.get(partner_id, ""))
        learned = _NEW if since is None else (credit, int(entitled / weeks[since]), response, rating, weight, price)
        counts.append((*here, *learned, place in excluding))
    for places in roster.branches:
        _sum_up(roster, counts, places)
    return Standings(roster, counts)


def _sum_up(roster: Roster, counts: list[Counts], places: Sequence[int]) -> None:
    """Branches of one owner have one credit and one room, that of the largest: splitting a firm gains nothing."""
    branches = [PartnerFacts.quickly(roster.profiles[place], counts[place]) for place in places]
    for place, branch in zip(places, branches, strict=True):
        as_one = replace(
            branch,
            taken=sum(one.taken for one in branches),
            room=max(one.profile.weekly_capacity for one in branches),
            credit_milli=sum(one.credit_milli for one in branches),
            weekly_milli=sum(one.weekly_milli for one in branches),
        )
        counts[place] = tuple(as_one.counts())


def _relations(session: Session, asked: dict[str, Any], marks: Sequence[CustomerMark]) -> tuple[RelationFacts, ...]:
    surest_first = [mark.known_by for mark in marks]
    ordered = sorted(
        session.scalars(_RELATIONS, asked),
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
