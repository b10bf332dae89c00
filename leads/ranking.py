"""Which partner gets a lead. Pure: the same inputs give the same choice, to the byte.

Lawful origin first; then a protection; the customer's wish; a standing relation; then the greatest worth; then a
tie-break that nobody can steer. Everybody's reasons are `explanation`'s affair, storing and offering `routing`'s.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from leads.admission import LIVE, ROOM, admitted, admitted_places, weighed
from leads.customer_identity import company_key
from leads.facts import LeadFacts, PartnerFacts, Policy, ProtectionFacts, RelationFacts
from leads.rules import RULES
from leads.standings import Standings, partner_named, partner_of
from leads.verdicts import Excluded, Fits, Verdict
from leads.worth import Worth, week_gone_milli, worth_of, worths_of

PROTECTION = "protection"
WISH = "wish"
RELATION = "relation"
TURN = "turn"
WHOLE_LEAD_MILLI = 1000

_HMAC_BLOCK = 64  # bytes, of SHA-256
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))

NO_RECEIPT = "NO_RECEIPT"
PROTECTED = "PROTECTED"
NO_PARTNER_FITS = "NO_PARTNER_FITS"
NOBODY_LIVE = "NOBODY_LIVE"

# A claimant whom nothing else excludes gets the lead in the usual way: nobody else is put through to its customer.
_LATER = RULES[LIVE].CODES | {"HAD_IT_BEFORE"}


@dataclass(frozen=True)
class Inputs:
    """All that a decision rests on. `seed` breaks ties."""

    lead: LeadFacts
    partners: Sequence[PartnerFacts]
    relations: tuple[RelationFacts, ...]
    policy: Policy
    now: datetime
    protections: tuple[ProtectionFacts, ...] = ()
    seed: str = ""


@dataclass(frozen=True)
class Incumbent:
    """A partner with a standing claim, and what became of it: chosen, next_in_line or excluded."""

    partner_id: str
    known_by: str
    evidence: str
    verdict: str
    excluded_by: tuple[Excluded, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"excluded_by": [exclusion.to_json() for exclusion in self.excluded_by]}


@dataclass(frozen=True)
class Choice:
    """Who gets the lead and on which basis; nobody: empty, and a code for the person who decides.

    `ranked` are those who could have it, best first; empty where a claim settled it. `shares` say what each was
    entitled to of this lead, in thousandths.
    """

    partner_id: str = ""
    basis: str = ""
    human_reason: str = ""
    incumbents: tuple[Incumbent, ...] = ()
    ranked: tuple[tuple[str, Worth], ...] = ()
    shares: tuple[tuple[str, int], ...] = ()
    unknown_partner_named: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "partner_id": self.partner_id,
            "basis": self.basis,
            "human_reason": self.human_reason,
            "unknown_partner_named": self.unknown_partner_named,
            "incumbents": [incumbent.to_json() for incumbent in self.incumbents],
            "ranked": [[partner_id, worth.value] for partner_id, worth in self.ranked],
            "shares": [list(share) for share in self.shares],
        }


def choose(inputs: Inputs) -> Choice:
    """The choice for one lead in one round."""
    if not inputs.lead.has_origin:
        return Choice(human_reason=NO_RECEIPT)
    if inputs.protections:
        return _by_protection(inputs)
    claims, unknown_named = _claims(inputs)
    incumbents = weigh_claims(inputs, claims)
    for incumbent in incumbents:
        if incumbent.verdict == "chosen":
            basis = WISH if incumbent.known_by == WISH else RELATION
            return Choice(incumbent.partner_id, basis, "", incumbents, (), (), unknown_named)
    if inputs.lead.live_hours and any(map(_gets_it_later, incumbents)):
        return Choice("", "", NOBODY_LIVE, incumbents, (), (), unknown_named)
    ranked, shares = rank_by_worth(inputs)
    if not ranked:
        nobody = NOBODY_LIVE if inputs.lead.live_hours else NO_PARTNER_FITS
        return Choice("", "", nobody, incumbents, (), (), unknown_named)
    return Choice(ranked[0][0], TURN, "", incumbents, ranked, shares, unknown_named)


def judge_all(inputs: Inputs, partner: PartnerFacts) -> dict[str, Verdict]:
    """What every rule says of a partner, with points as the policy weighs them."""
    most = dict(inputs.policy.points)
    lead, now = inputs.lead, inputs.now
    judged = {name: rule.judge(lead, partner, now) for name, rule in RULES.items() if name != LIVE or lead.live_hours}
    return {name: weighed(name, verdict, most) for name, verdict in judged.items()} if most else judged


def admitted_but_for_room(inputs: Inputs) -> Iterator[tuple[PartnerFacts, int]]:
    """All whom the rules admit, room left aside, with their points."""
    return admitted(inputs.partners, inputs.lead, dict(inputs.policy.points), inputs.now)


def tie_break(seed: str, lead_id: str, partner_id: str) -> str:
    """An HMAC under the seed: orders partners differently for every lead, and unforeseeably without the seed."""
    return tie_breaker(seed, lead_id)(partner_id).hex()


def tie_breaker(seed: str, lead_id: str) -> Callable[[str], bytes]:
    """The same for many partners, as bytes. What all have in common is hashed once (RFC 2104, section 4): for short
    messages that is most of it.
    """
    key = seed.encode()
    key = (hashlib.sha256(key).digest() if len(key) > _HMAC_BLOCK else key).ljust(_HMAC_BLOCK, b"\0")
    inner = hashlib.sha256(key.translate(_INNER) + f"{lead_id}|".encode())
    outer = hashlib.sha256(key.translate(_OUTER))

    def order(partner_id: str) -> bytes:
        within, whole = inner.copy(), outer.copy()
        within.update(partner_id.encode())
        whole.update(within.digest())
        return whole.digest()

    return order


def share_out(weights: dict[str, int], seed: str, lead_id: str) -> dict[str, int]:
    """One lead, in thousandths, shared by weight. The largest remainders are rounded up, so that the sum is exact."""
    total = sum(weights.values())
    if total <= 0:
        return dict.fromkeys(weights, 0)
    shares, remainders = {}, {}
    for name, weight in weights.items():
        shares[name], remainders[name] = divmod(WHOLE_LEAD_MILLI * weight, total)
    left = WHOLE_LEAD_MILLI - sum(shares.values())
    for name in first_of(remainders, left, seed, lead_id):
        shares[name] += 1
    return shares


def first_of(values: Mapping[str, int], count: int, seed: str, lead_id: str) -> list[str]:
    """The names of so many greatest values. Ties are broken where it matters: at the last place, each costs a hash."""
    last = sorted(values.values(), reverse=True)[count - 1] if count else 0
    above = [name for name, value in values.items() if count and value > last]
    alike = [name for name, value in values.items() if count and value == last]
    return above + sorted(alike, key=tie_breaker(seed, lead_id))[: count - len(above)]


def weigh_claims(inputs: Inputs, claims: Sequence[RelationFacts]) -> tuple[Incumbent, ...]:
    """Each claimant once, the strongest claim first. The first that the rules admit is chosen."""
    weighed: dict[str, Incumbent] = {}
    taken = False
    for claim in claims:
        partner = partner_of(inputs.partners, claim.partner_id)
        if claim.partner_id in weighed or partner is None:
            continue
        verdicts = judge_all(inputs, partner).values()
        excluded = tuple(verdict for verdict in verdicts if isinstance(verdict, Excluded))
        verdict = "excluded" if excluded else "next_in_line" if taken else "chosen"
        taken = taken or verdict == "chosen"
        weighed[claim.partner_id] = Incumbent(claim.partner_id, claim.known_by, claim.evidence, verdict, excluded)
    return tuple(weighed.values())


def _gets_it_later(incumbent: Incumbent) -> bool:
    return bool(incumbent.excluded_by) and all(one.code in _LATER for one in incumbent.excluded_by)


def _by_protection(inputs: Inputs) -> Choice:
    first = inputs.protections[0]
    holder = RelationFacts(first.partner_id, PROTECTION, f"protected until {first.until}", "")
    incumbents = weigh_claims(inputs, [holder])
    if incumbents and incumbents[0].verdict == "chosen":
        return Choice(first.partner_id, PROTECTION, "", incumbents)
    # Nobody else may have it meanwhile, so a person talks to the holder.
    return Choice("", "", PROTECTED, incumbents)


def _claims(inputs: Inputs) -> tuple[list[RelationFacts], bool]:
    claims, unknown = [], False
    lead = inputs.lead
    for known_by, said in ((WISH, lead.wish), ("named", lead.names_partner)):
        key = company_key(said)
        if not key:
            continue
        found = partner_named(inputs.partners, key)
        if found is None:
            unknown = True
        else:
            evidence = "asked for by the customer" if known_by == WISH else "named as the customer's partner"
            claims.append(RelationFacts(found.partner_id, known_by, evidence, ""))
    return [*claims, *inputs.relations], unknown


def _has_room_now(inputs: Inputs, partner: PartnerFacts) -> bool:
    lead, now = inputs.lead, inputs.now
    if isinstance(RULES[ROOM].judge(lead, partner, now), Excluded):
        return False
    return not lead.live_hours or isinstance(RULES[LIVE].judge(lead, partner, now), Fits)


def rank_by_worth(inputs: Inputs) -> tuple[tuple[tuple[str, Worth], ...], tuple[tuple[str, int], ...]]:
    """Those who could have the lead, best first, and what each is entitled to of it, claims left aside."""
    partners = inputs.partners
    weights, worths = _weigh_columns(inputs, partners) if isinstance(partners, Standings) else _weigh(inputs)
    lead_id, seed = inputs.lead.lead_id, inputs.seed
    return tuple(_best_first(worths, seed, lead_id)), tuple(sorted(share_out(weights, seed, lead_id).items()))


def _best_first(worths: Mapping[str, Worth], seed: str, lead_id: str) -> Iterator[tuple[str, Worth]]:
    by_value: dict[int, list[str]] = defaultdict(list)
    for partner_id, worth in worths.items():
        by_value[worth.value].append(partner_id)
    order = tie_breaker(seed, lead_id)
    for value in sorted(by_value, reverse=True):
        alike = by_value[value]
        # Who is alone with its value needs no tie-break.
        for partner_id in sorted(alike, key=order) if len(alike) > 1 else alike:
            yield partner_id, worths[partner_id]


def _weigh(inputs: Inputs) -> tuple[dict[str, int], dict[str, Worth]]:
    """The weight of each who is entitled to a part of the lead, and what it is worth with each who could have it."""
    gone = week_gone_milli(inputs.now)
    worths: dict[str, Worth] = {}
    sharing: list[tuple[str, str, int]] = []
    for partner, points in sorted(admitted_but_for_room(inputs), key=lambda one: one[0].partner_id):
        sharing.append((partner.holder, partner.partner_id, partner.weight))
        if _has_room_now(inputs, partner):
            worths[partner.partner_id] = worth_of(partner, points, inputs.policy, gone)
    return _largest_branches(sharing), worths


def _weigh_columns(inputs: Inputs, standings: Standings) -> tuple[dict[str, int], dict[str, Worth]]:
    """The same by columns, of which nothing is made but what is asked for."""
    roster, columns = standings.roster, standings.columns
    places, points = admitted_places(standings, inputs.lead, dict(inputs.policy.points), inputs.now)
    if not roster.is_in_order:
        both = sorted(zip(places, points, strict=True), key=lambda one: roster.ids[one[0]])
        places, points = [place for place, _ in both], [one for _, one in both]
    ids = [roster.ids[place] for place in places]
    taken, credit, weekly, price = (
        [column[place] for place in places]
        for column in (columns.taken, columns.credit_milli, columns.weekly_milli, columns.price_milli)
    )
    standing = zip(points, taken, standings.rooms(places), credit, weekly, price, strict=True)
    # By place in `places`: those who could have it.
    free = {at: one for at, one in enumerate(standing) if one[1] < one[2]}
    if inputs.lead.live_hours:
        free = {at: one for at, one in free.items() if _has_room_now(inputs, standings.at(places[at]))}
    worths = worths_of(free.values(), inputs.policy, week_gone_milli(inputs.now))
    weights = zip(ids, standings.weights(places), strict=True)
    if not roster.branches:
        return dict(weights), {ids[at]: worth for at, worth in zip(free, worths, strict=True)}
    holders = (roster.holders[place] for place in places)
    weighed_out = _largest_branches((holder, *one) for holder, one in zip(holders, weights, strict=True))
    return weighed_out, {ids[at]: worth for at, worth in zip(free, worths, strict=True)}


def _largest_branches(sharing: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """Branches of one owner have one share, that of the largest: of holders, partners and weights those who share."""
    largest: dict[str, tuple[str, int]] = {}
    for holder, partner_id, weight in sharing:
        if holder not in largest or weight > largest[holder][1]:
            largest[holder] = (partner_id, weight)
    return dict(largest.values())
