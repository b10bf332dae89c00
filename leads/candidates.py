"""Gathers what a routing decision rests on: the lead and its background, and where every partner stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from leads.background import Background, look_up
from leads.credit_book import Hold, hold_credits, seed_of_month
from leads.customer_identity import company_key
from leads.facts import Policy
from leads.lead_facts import facts_of
from leads.ranking import Inputs
from leads.standings import Columns, Standings
from leads.standings_copy import Copy, standings_now
from leads.tables import Lead
from leads.worth import start_of_week

_WEEK_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Gathered:
    """The inputs of one decision, what came before it, and what to remember when it is booked."""

    inputs: Inputs
    before: Background
    hold: Hold
    copy: Copy


def gather(session: Session, lead: Lead, policy: Policy, now: datetime, *, is_live: bool = False) -> Gathered:
    """The inputs for one decision about a locked lead; `is_live`: the customer is on the line for whoever takes it.

    Room and credit stay locked until the transaction ends, so that two leads decided at once do not take the same.
    """
    facts = facts_of(lead)
    if is_live:
        facts = replace(facts, live_hours=policy.business_hours)
    hold = hold_credits(session)
    before = look_up(session, lead, facts, now)
    copy = standings_now(session, hold, before.revisions, start_of_week(now))
    copy = replace(copy, seed=seed_of_month(session, now, copy.seed))
    inputs = Inputs(
        lead=facts,
        partners=Standings(copy.roster, _columns(copy, before, company_key(lead.company), now)),
        relations=before.relations,
        policy=policy,
        now=now,
        protections=before.protections,
        seed=copy.seed[1],
    )
    return Gathered(inputs, before, hold, copy)


def _columns(copy: Copy, before: Background, customer: str, now: datetime) -> Columns:
    roster, moment = copy.roster, now.timestamp()
    weekly = [
        int(entitled / weeks) if (weeks := (moment - since) / _WEEK_SECONDS) > 1.0 else entitled
        for entitled, since in zip(copy.entitled, copy.since, strict=True)
    ]
    taken, credit = copy.taken, copy.credit
    room: dict[int, int] = {}
    if roster.branches:
        taken, credit = list(taken), list(credit)
        for places in roster.branches:
            # Branches of one owner have one credit and one room, that of the largest: splitting a firm gains nothing.
            room |= dict.fromkeys(places, max(roster.capacities[place] for place in places))
            for column in (taken, credit, weekly):
                _sum_up(column, places)
    return Columns(
        *(taken, credit, weekly, copy.response, copy.rating, copy.weight, copy.price),
        room=room,
        had_this_lead={roster.places[partner_id]: ended for partner_id, ended in before.had.items()},
        excludes_customer=frozenset(roster.excluding({customer})),
    )


def _sum_up(column: list[int], places: Sequence[int]) -> None:
    total = sum(column[place] for place in places)
    for place in places:
        column[place] = total
