"""Routes one lead: gathers the facts, lets `ranking` decide, keeps the decision, and carries it out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from leads.candidates import gather
from leads.delivery import tell_incumbent
from leads.facts import Policy
from leads.lead_book import Note, give_to_human, lock_lead, write_event
from leads.lead_states import LeadStatus
from leads.offers import BY_HAND, Making, make_offer
from leads.ranking import TURN, Decision, Inputs, decide
from leads.tables import Lead, Offer, RoutingRound, TurnShare

OFFERS_USED_UP = "OFFERS_USED_UP"
NO_PARTNER_FITS = "NO_PARTNER_FITS"


@dataclass(frozen=True)
class Routed:
    """What became of a lead: its status, whether this run changed it, and the partner that was offered it, if any."""

    lead_id: str
    status: LeadStatus
    changed: bool
    partner_id: str = ""


def route(session: Session, lead_id: str, policy: Policy, now: datetime) -> Routed:
    """Offer an open lead to the next partner, or give it to a person. A lead that is not open stays as it is.

    Raises:
        NotFound: there is no such lead.
    """
    lead = lock_lead(session, lead_id)
    if lead.status != LeadStatus.OPEN:
        return Routed(lead_id, LeadStatus(lead.status), changed=False)
    if _offers_lost(session, lead) >= policy.max_offers:
        give_to_human(session, lead, OFFERS_USED_UP, now)
        return Routed(lead_id, LeadStatus.WITH_HUMAN, changed=True)
    inputs = gather(session, lead, policy, now)
    decision = decide(inputs)
    _keep(session, lead, inputs, decision)
    _tell_passed_over(session, lead, decision, now)
    if not decision.partner_id:
        give_to_human(session, lead, NO_PARTNER_FITS, now)
        return Routed(lead_id, LeadStatus.WITH_HUMAN, changed=True)
    make_offer(session, lead, decision.partner_id, Making(decision.basis, policy, now))
    return Routed(lead_id, LeadStatus.OFFERED, changed=True, partner_id=decision.partner_id)


def _offers_lost(session: Session, lead: Lead) -> int:
    return session.scalars(
        select(func.count()).where(
            Offer.lead_id == lead.id, Offer.offered_at >= lead.in_line_since, Offer.basis != BY_HAND
        )
    ).one()


def _keep(session: Session, lead: Lead, inputs: Inputs, decision: Decision) -> None:
    number = (session.scalar(select(func.max(RoutingRound.number)).where(RoutingRound.lead_id == lead.id)) or 0) + 1
    lead.decision = decision.to_json() | {"round": number}
    session.add(
        RoutingRound(
            lead_id=lead.id,
            number=number,
            at=inputs.now,
            inputs=inputs_to_json(inputs),
            decision=decision.to_json(),
        )
    )
    if decision.basis == TURN and _has_no_shares(session, lead.id):
        session.add_all(
            TurnShare(lead_id=lead.id, partner_id=one.partner_id, at=inputs.now, share_milli=one.share_milli)
            for one in decision.candidates
            if one.fits
        )
    session.flush()


def _has_no_shares(session: Session, lead_id: str) -> bool:
    # A lead entitles once, in the first round that goes by turn; the rounds after it share out nothing new.
    return session.scalar(select(TurnShare.partner_id).where(TurnShare.lead_id == lead_id).limit(1)) is None


def _tell_passed_over(session: Session, lead: Lead, decision: Decision, now: datetime) -> None:
    for incumbent in decision.incumbents:
        codes = [exclusion.code for exclusion in incumbent.excluded_by]
        # Whoever had the lead before them and let it go needs no telling.
        if incumbent.verdict != "excluded" or "HAD_IT_BEFORE" in codes:
            continue
        # Its own values only: what was wanted would tell more of the customer than an offer does.
        facts = {"excluded_by": [{"code": one.code, "found": one.found} for one in incumbent.excluded_by]}
        if tell_incumbent(session, lead, incumbent.partner_id, facts, now):
            noted = Note("incumbent_passed_over", now, partner_id=incumbent.partner_id, facts={"codes": codes})
            write_event(session, lead.id, noted)


def inputs_to_json(inputs: Inputs) -> dict[str, Any]:
    """Inputs as they are kept: partners by revision, whose profile `PartnerRevision` has."""
    return {
        "lead": inputs.lead.to_json(),
        "partners": [partner.counts() for partner in inputs.partners],
        "relations": [relation.to_json() for relation in inputs.relations],
        "policy": inputs.policy.to_json(),
        "now": inputs.now.isoformat(),
    }
