"""Gathers from rows what a routing decision rests on: partners with room and credit, protections, relations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from leads.credit_book import Hold, hold_credits, seed_of_month
from leads.customer_identity import MARKS, CustomerMark, company_key, marks_of
from leads.facts import RELATION_KINDS, Policy, ProtectionFacts, RelationFacts
from leads.lead_facts import facts_of
from leads.lead_states import OfferStatus
from leads.offers import is_an_answer
from leads.ranking import Inputs
from leads.roster import Counts, Standings
from leads.standings_copy import Copy, standings_now
from leads.tables import Lead, Offer, PartnerRelation, Protection
from leads.worth import start_of_week

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_PAST = timedelta(days=730)
_WEEK_SECONDS = 7 * 24 * 3600
# Credit, weekly entitlement, answers, rating, weight and price of a partner of whom nothing is known yet.
_NEW = (0, 0, 700, 700, 1000, 0)


def _is_customer(table: type[PartnerRelation | Protection]) -> ColumnElement[bool]:
    return or_(*(and_(table.known_by == name, table.customer_key == bindparam(name)) for name in MARKS))


# Written once: putting a statement together takes as long as running it.
_TAKEN = (
    select(Offer.partner_id, func.count())
    .where(Offer.offered_at >= bindparam("since"), Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED)))
    .group_by(Offer.partner_id)
)
_HAD = select(Offer.partner_id, Offer.status).where(Offer.lead_id == bindparam("lead_id")).order_by(Offer.number)
# Calls that a partner did not take only count while calls are made.
_HAD_BUT_CALLS = _HAD.where(is_an_answer())
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


@dataclass(frozen=True)
class Gathered:
    """The inputs of one decision, and what to remember when it is booked."""

    inputs: Inputs
    hold: Hold
    copy: Copy


def gather(session: Session, lead: Lead, policy: Policy, now: datetime, *, is_live: bool = False) -> Gathered:
    """The inputs for one decision about a locked lead; `is_live`: the customer is on the line for whoever takes it.

    Room and credit stay locked until the transaction ends, so that two leads decided at once do not take the same.
    """
    hold = hold_credits(session)
    copy = standings_now(session, hold)
    copy = replace(copy, seed=seed_of_month(session, now, copy.seed))
    facts = facts_of(lead)
    if is_live:
        facts = replace(facts, live_hours=policy.business_hours)
    marks = marks_of(lead.uid, lead.phone_number, lead.company)
    today = now.astimezone(_SWISS_TIME).date()
    # A mark that a customer lacks is null, which nothing equals.
    asked = dict.fromkeys(MARKS) | {mark.known_by: mark.key for mark in marks} | {"today": today}
    protections = session.execute(_PROTECTIONS, asked | {"solution": facts.solution}).all()
    inputs = Inputs(
        lead=facts,
        partners=_partners(session, copy, lead, now, _HAD if is_live else _HAD_BUT_CALLS),
        relations=_relations(session, asked | {"past": today - _PAST}, marks),
        policy=policy,
        now=now,
        protections=tuple(ProtectionFacts(partner_id, until.isoformat()) for partner_id, until in protections),
        seed=copy.seed[1],
    )
    return Gathered(inputs, hold, copy)


def _partners(session: Session, copy: Copy, lead: Lead, now: datetime, had_before: Select[str, str]) -> Standings:
    roster = copy.roster
    taken: dict[str, int] = dict(session.execute(_TAKEN, {"since": start_of_week(now)}).all())
    had: dict[str, str] = dict(session.execute(had_before, {"lead_id": lead.id}).all())
    excluding = roster.excluding({company_key(lead.company)})
    weeks = {
        since: max(1.0, (now.timestamp() - since) / _WEEK_SECONDS)
        for since in {learned[0] for learned in copy.learned if learned is not None}
    }
    counts: list[Counts] = []
    for place, ((partner_id, _), learned) in enumerate(zip(roster.revisions, copy.learned, strict=True)):
        known = _NEW
        if learned is not None:
            since, credit, entitled, response, rating, weight, price = learned
            known = (credit, int(entitled / weeks[since]), response, rating, weight, price)
        here = (taken.get(partner_id, 0), None, had.get(partner_id, ""))
        counts.append((*here, *known, place in excluding))
    standings = Standings(roster, counts, by_mark=True)
    for places in roster.branches:
        _sum_up(standings, counts, places)
    return standings


def _sum_up(standings: Standings, counts: list[Counts], places: Sequence[int]) -> None:
    """Branches of one owner have one credit and one room, that of the largest: splitting a firm gains nothing."""
    branches = [standings.at(place) for place in places]
    for place, branch in zip(places, branches, strict=True):
        as_one = replace(
            branch,
            taken=sum(one.taken for one in branches),
            room=max(one.profile.weekly_capacity for one in branches),
            credit_milli=sum(one.credit_milli for one in branches),
            weekly_milli=sum(one.weekly_milli for one in branches),
        )
        counts[place] = tuple(as_one.counts()[2:])


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
