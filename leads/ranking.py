"""Which partner gets a lead, and why not the others. Pure: the same inputs give the same decision, to the byte.

Hard rules first; then a standing relation; then whose turn it is; then who fits better; then a tie-break that nobody
can steer. Storing and offering are `leads.routing`'s affair.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from leads.customer_identity import company_key
from leads.facts import LeadFacts, PartnerFacts, Policy, RelationFacts
from leads.rules import RULES
from leads.verdicts import Excluded, Fits, Verdict

RELATION = "relation"
TURN = "turn"
WHOLE_LEAD_MILLI = 1000


@dataclass(frozen=True)
class Inputs:
    """All that a decision rests on."""

    lead: LeadFacts
    partners: tuple[PartnerFacts, ...]
    relations: tuple[RelationFacts, ...]
    policy: Policy
    now: datetime


@dataclass(frozen=True)
class Candidate:
    """One partner as the rules saw it. `turn_milli` is received over entitled, in thousandths; low goes first."""

    partner_id: str
    verdicts: dict[str, Verdict]
    share_milli: int = 0
    turn_milli: int = 0
    rank: int = 0

    @property
    def fits(self) -> bool:
        return all(isinstance(verdict, Fits) for verdict in self.verdicts.values())

    @property
    def points(self) -> int:
        return sum(verdict.points for verdict in self.verdicts.values() if isinstance(verdict, Fits))

    @property
    def exclusions(self) -> tuple[Excluded, ...]:
        return tuple(verdict for verdict in self.verdicts.values() if isinstance(verdict, Excluded))

    def to_json(self) -> dict[str, Any]:
        return {
            "partner_id": self.partner_id,
            "fits": self.fits,
            "points": self.points,
            "rules": {name: verdict.to_json() for name, verdict in self.verdicts.items()},
            "share_milli": self.share_milli,
            "turn_milli": self.turn_milli,
            "rank": self.rank,
        }


@dataclass(frozen=True)
class Incumbent:
    """A partner with a standing relation, and what became of it: chosen, next_in_line or excluded."""

    partner_id: str
    known_by: str
    evidence: str
    verdict: str
    excluded_by: tuple[Excluded, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "partner_id": self.partner_id,
            "known_by": self.known_by,
            "evidence": self.evidence,
            "verdict": self.verdict,
            "excluded_by": [exclusion.to_json() for exclusion in self.excluded_by],
        }


@dataclass(frozen=True)
class Decision:
    """Who gets the lead, on which basis (relation, turn), and every partner's reasons. No partner: empty text."""

    partner_id: str
    basis: str
    candidates: tuple[Candidate, ...]
    incumbents: tuple[Incumbent, ...]
    unknown_partner_named: bool
    policy_version: str

    def to_json(self) -> dict[str, Any]:
        return {
            "partner_id": self.partner_id,
            "basis": self.basis,
            "policy_version": self.policy_version,
            "unknown_partner_named": self.unknown_partner_named,
            "incumbents": [incumbent.to_json() for incumbent in self.incumbents],
            "candidates": [candidate.to_json() for candidate in self.candidates],
        }


def decide(inputs: Inputs) -> Decision:
    """The decision for one lead in one round. Candidates come back best first, the excluded ones after them."""
    in_order = sorted(inputs.partners, key=lambda partner: partner.partner_id)
    judged = {partner.partner_id: _judge(inputs, partner) for partner in in_order}
    candidates = _rank_by_turn(inputs, in_order, judged)
    named, unknown_named = _named_partner(inputs)
    incumbents = _weigh_incumbents((*named, *inputs.relations), judged)
    kept = next((incumbent for incumbent in incumbents if incumbent.verdict == "chosen"), None)
    first = candidates[0] if candidates and candidates[0].fits else None
    chosen, basis = (kept.partner_id, RELATION) if kept else (first.partner_id, TURN) if first else ("", "")
    return Decision(chosen, basis, candidates, incumbents, unknown_named, inputs.policy.version)


def _judge(inputs: Inputs, partner: PartnerFacts) -> dict[str, Verdict]:
    return {name: rule.judge(inputs.lead, partner, inputs.now) for name, rule in RULES.items()}


def _rank_by_turn(
    inputs: Inputs, partners: Sequence[PartnerFacts], judged: dict[str, dict[str, Verdict]]
) -> tuple[Candidate, ...]:
    found = {partner.partner_id: Candidate(partner.partner_id, judged[partner.partner_id]) for partner in partners}
    weights = {p.partner_id: p.profile.weekly_capacity for p in partners if found[p.partner_id].fits}
    shares = share_out(weights, inputs.lead.lead_id)
    measured = [
        replace(
            found[partner.partner_id],
            share_milli=shares[partner.partner_id],
            turn_milli=_turn_milli(partner, Fraction(partner.profile.weekly_capacity, sum(weights.values()))),
        )
        if partner.partner_id in weights
        else found[partner.partner_id]
        for partner in partners
    ]
    lead_id = inputs.lead.lead_id
    measured.sort(key=lambda one: (not one.fits, one.turn_milli, -one.points, tie_break(lead_id, one.partner_id)))
    return tuple(replace(one, rank=place if one.fits else 0) for place, one in enumerate(measured, start=1))


def _turn_milli(partner: PartnerFacts, share: Fraction) -> int:
    # Half a lead is added to what was received: without it, a partner that is entitled to a sliver would go before one
    # that is owed nearly a whole lead, and a newcomer would get its first at once (the divisor method of Sainte-Laguë).
    received = partner.received_milli + WHOLE_LEAD_MILLI // 2
    return int(1000 * received / (partner.entitled_milli + WHOLE_LEAD_MILLI * share))


def share_out(weights: dict[str, int], lead_id: str) -> dict[str, int]:
    """One lead, in thousandths, shared by weight. The largest remainders are rounded up, so that the sum is exact."""
    total = sum(weights.values())
    if total <= 0:
        return dict.fromkeys(weights, 0)
    shares = {name: WHOLE_LEAD_MILLI * weight // total for name, weight in weights.items()}
    left = WHOLE_LEAD_MILLI - sum(shares.values())
    by_remainder = sorted(
        weights, key=lambda name: (-(WHOLE_LEAD_MILLI * weights[name] % total), tie_break(lead_id, name))
    )
    for name in by_remainder[:left]:
        shares[name] += 1
    return shares


def tie_break(lead_id: str, partner_id: str) -> str:
    """A hash that orders partners differently for every lead and the same at every replay."""
    return hashlib.sha256(f"{lead_id}|{partner_id}".encode()).hexdigest()


def _named_partner(inputs: Inputs) -> tuple[tuple[RelationFacts, ...], bool]:
    key = company_key(inputs.lead.names_partner)
    if not key:
        return (), False
    for partner in inputs.partners:
        if company_key(partner.profile.name) == key:
            return (RelationFacts(partner.partner_id, "named", "named as the customer's partner", ""),), False
    return (), True


def _weigh_incumbents(
    relations: Sequence[RelationFacts], judged: dict[str, dict[str, Verdict]]
) -> tuple[Incumbent, ...]:
    weighed: dict[str, Incumbent] = {}
    taken = False
    for relation in relations:
        if relation.partner_id in weighed or relation.partner_id not in judged:
            continue
        excluded = tuple(v for v in judged[relation.partner_id].values() if isinstance(v, Excluded))
        verdict = "excluded" if excluded else "next_in_line" if taken else "chosen"
        taken = taken or verdict == "chosen"
        weighed[relation.partner_id] = Incumbent(
            relation.partner_id, relation.known_by, relation.evidence, verdict, excluded
        )
    return tuple(weighed.values())
