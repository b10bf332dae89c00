"""Routes one lead: gathers the facts, lets `ranking` choose, keeps what it rested on, and carries it out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads import credit_book, kept_inputs
from leads.candidates import gather
from leads.delivery import tell_incumbent
from leads.dispute_book import is_frozen
from leads.facts import Policy
from leads.lead_book import Note, give_to_human, lock_lead, write_event
from leads.lead_states import LeadStatus
from leads.offers import BY_HAND, Making, make_offer
from leads.ranking import TURN, Choice, Inputs, choose
from leads.tables import Lead, Offer, RoutingPolicy, RoutingRound

OFFERS_USED_UP = "OFFERS_USED_UP"


@dataclass(frozen=True)
class Routed:
    """What became of a lead: its status, whether this run changed it, and the partner that was offered it, if any."""

    lead_id: str
    status: LeadStatus
    changed: bool
    partner_id: str = ""


def route(session: Session, lead_id: str, policy: Policy, now: datetime) -> Routed:
    """Offer an open lead to the next partner, or give it to a person. A lead that is not open, or that an undecided
    dispute freezes, stays as it is.

    Raises:
        NotFound: there is no such lead.
    """
    lead = lock_lead(session, lead_id)
    if lead.status != LeadStatus.OPEN or is_frozen(session, lead_id):
        return Routed(lead_id, LeadStatus(lead.status), changed=False)
    if _offers_lost(session, lead) >= policy.max_offers:
        give_to_human(session, lead, OFFERS_USED_UP, now)
        return Routed(lead_id, LeadStatus.WITH_HUMAN, changed=True)
    inputs = gather(session, lead, policy, now)
    choice = choose(inputs)
    _keep(session, lead, inputs, choice)
    _tell_passed_over(session, lead, choice, now)
    if not choice.partner_id:
        give_to_human(session, lead, choice.human_reason, now)
        return Routed(lead_id, LeadStatus.WITH_HUMAN, changed=True)
    make_offer(session, lead, choice.partner_id, Making(choice.basis, policy, now))
    return Routed(lead_id, LeadStatus.OFFERED, changed=True, partner_id=choice.partner_id)


def _offers_lost(session: Session, lead: Lead) -> int:
    return session.scalars(
        select(func.count()).where(
            Offer.lead_id == lead.id, Offer.offered_at >= lead.in_line_since, Offer.basis != BY_HAND
        )
    ).one()


def _keep(session: Session, lead: Lead, inputs: Inputs, choice: Choice) -> None:
    before = select(RoutingRound.number, RoutingRound.basis).where(RoutingRound.lead_id == lead.id)
    earlier = session.execute(before).all()
    number = max((row.number for row in earlier), default=0) + 1
    credit_book.enter(session, choice, inputs.now, is_first=all(row.basis != TURN for row in earlier))
    _keep_policy(session, inputs)
    plain = kept_inputs.written(inputs)
    session.add(
        RoutingRound(
            lead_id=lead.id,
            number=number,
            at=inputs.now,
            partner_id=choice.partner_id,
            basis=choice.basis,
            policy_mark=inputs.policy.mark,
            inputs=kept_inputs.pack(plain),
            digest=kept_inputs.digest_of(plain, choice),
        )
    )
    session.flush()


def _keep_policy(session: Session, inputs: Inputs) -> None:
    # Routing is one at a time, under the lock of credit, so nobody else writes the row between look and write.
    policy = inputs.policy
    if session.get(RoutingPolicy, policy.mark) is None:
        session.add(
            RoutingPolicy(mark=policy.mark, version=policy.version, dials=policy.to_json(), first_used_at=inputs.now)
        )
        session.flush()


def _tell_passed_over(session: Session, lead: Lead, choice: Choice, now: datetime) -> None:
    for incumbent in choice.incumbents:
        codes = [exclusion.code for exclusion in incumbent.excluded_by]
        # Whoever had the lead before them and let it go needs no telling.
        if incumbent.verdict != "excluded" or "HAD_IT_BEFORE" in codes:
            continue
        # Its own values only: what was wanted would tell more of the customer than an offer does.
        facts = {"excluded_by": [{"code": one.code, "found": one.found} for one in incumbent.excluded_by]}
        if tell_incumbent(session, lead, incumbent.partner_id, facts, now):
            noted = Note("incumbent_passed_over", now, partner_id=incumbent.partner_id, facts={"codes": codes})
            write_event(session, lead.id, noted)
