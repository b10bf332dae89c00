"""Why a lead did or did not come to a partner, as that partner may see it: its own row, others by pseudonym.

Nothing here tells more of the customer than a teaser does. Changes nothing; the reasons come from `replay`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from foundation.secret_key import derived_key
from foundation.settings import Settings
from leads.counterfactual import WhatIf, what_if
from leads.explanation import Candidate, Explanation
from leads.facts import Policy
from leads.lead_states import OfferStatus
from leads.policy_dials import points_of
from leads.pseudonyms import PURPOSE, pseudonym
from leads.ranking import Inputs, judge_all
from leads.replay import explain_round, inputs_of, was_candidate
from leads.tables import Lead, Offer, Partner, RoutingRound
from leads.teaser import teaser_of
from leads.verdicts import UNKNOWN, Excluded, Verdict

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_OWN = (OfferStatus.LIVE, OfferStatus.ACCEPTED)
# Points of these two would tell where the customer lies and how large it is, so partners see them in steps.
_TELLING = frozenset({"region", "size"})
_STEP = 10


@dataclass(frozen=True)
class RuleRow:
    """One rule's verdict on the partner: points of at most `most`, or the code with what was wanted and found."""

    rule: str
    fits: bool
    points: int
    most: int
    code: str
    wanted: str
    found: str


@dataclass(frozen=True)
class OtherRow:
    """Another candidate: its pseudonym, place (0: excluded), value where it has a place, and its excluding codes."""

    name: str
    rank: int
    value: int | None
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Why:
    """One round of a lead for one partner. `is_mine`: it was chosen. `changes`: what would have changed it.

    `own` has the parts of the value; its verdicts are in `rules`.
    """

    lead_id: str
    number: int
    rounds: tuple[int, ...]
    at: datetime
    teaser: dict[str, Any]
    basis: str
    is_mine: bool
    own: Candidate
    rules: tuple[RuleRow, ...]
    others: tuple[OtherRow, ...]
    changes: tuple[WhatIf, ...]
    verifies: bool


@dataclass(frozen=True)
class Elsewhere:
    """A lead that went elsewhere, in short: what excluded the partner, or that the rules admitted it."""

    lead_id: str
    at: datetime
    teaser: dict[str, Any]
    basis: str
    codes: tuple[str, ...]


def list_elsewhere(session: Session, partner_id: str, before_id: str = "", limit: int = 25) -> list[Elsewhere]:
    """One page of the leads that this partner was a candidate for and did not get, the newest first.

    Raises:
        NotFound: there is no such partner.
    """
    partner = session.get(Partner, partner_id) if partner_id else None
    if partner is None:
        raise NotFound("there is no such partner")
    query = select(RoutingRound).where(RoutingRound.number == 1).order_by(RoutingRound.lead_id.desc())
    found: list[Elsewhere] = []
    while len(found) < limit:
        if before_id:
            query = query.where(RoutingRound.lead_id < before_id)
        rounds = session.scalars(query.limit(limit)).all()
        if not rounds or rounds[0].at < partner.created_at:
            break
        before_id = rounds[-1].lead_id
        found += _elsewhere(session, partner_id, [kept.lead_id for kept in rounds])
    return found[:limit]


def _elsewhere(session: Session, partner_id: str, lead_ids: list[str]) -> list[Elsewhere]:
    own = select(Offer.lead_id).where(
        Offer.lead_id.in_(lead_ids), Offer.partner_id == partner_id, Offer.status.in_(_OWN)
    )
    mine = set(session.scalars(own))
    leads = {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_(lead_ids)))}
    latest = {
        kept.lead_id: kept
        for kept in session.scalars(
            select(RoutingRound).where(RoutingRound.lead_id.in_(lead_ids)).order_by(RoutingRound.number)
        )
    }
    found = []
    for lead_id in lead_ids:
        kept = latest[lead_id]
        inputs = inputs_of(session, kept)
        facts = next((one for one in inputs.partners if one.partner_id == partner_id), None)
        # An offer of its own that is over, or a round that it was not part of.
        if lead_id in mine or facts is None:
            continue
        verdicts = judge_all(inputs, facts).values()
        codes = tuple(verdict.code for verdict in verdicts if isinstance(verdict, Excluded))
        teaser = teaser_of(inputs.lead, leads[lead_id].answers)
        found.append(Elsewhere(lead_id, kept.at, teaser, kept.basis, codes))
    return found


def why_for(session: Session, settings: Settings, partner_id: str, lead_id: str, number: int = 0) -> Why:
    """One round of a lead as one of its candidates may see it. `number` 0: the latest that it was part of.

    Raises:
        NotFound: there is no such lead or round, or the partner was no candidate in it.
    """
    rounds = candidacies(session, partner_id, lead_id)
    number = number or (rounds[-1] if rounds else 0)
    if number not in rounds:
        raise NotFound("there is no such decision")
    kept = session.get_one(RoutingRound, (lead_id, number))
    lead = session.get_one(Lead, lead_id)
    inputs = inputs_of(session, kept)
    explained = explain_round(session, lead_id, number)
    own = explained.of(partner_id)
    assert own is not None
    teaser = teaser_of(inputs.lead, lead.answers)
    key = derived_key(settings, PURPOSE)
    most = points_of(inputs.policy)
    return Why(
        lead_id=lead_id,
        number=number,
        rounds=rounds,
        at=kept.at,
        teaser=teaser,
        basis=kept.basis,
        is_mine=kept.partner_id == partner_id,
        own=replace(own, verdicts={}),  # with all their values they would tell too much
        rules=tuple(_as_told(name, verdict, teaser, most) for name, verdict in own.verdicts.items()),
        others=_others(explained, partner_id, key, f"{kept.at.astimezone(_SWISS_TIME):%Y-%m}"),
        changes=what_if(inputs, partner_id),
        verifies=explained.verifies,
    )


def candidacies(session: Session, partner_id: str, lead_id: str) -> tuple[int, ...]:
    """The numbers of the rounds of a lead that a partner was a candidate in."""
    if not partner_id:
        return ()
    rounds = session.scalars(select(RoutingRound).where(RoutingRound.lead_id == lead_id).order_by(RoutingRound.number))
    return tuple(kept.number for kept in rounds if was_candidate(session, kept, partner_id))


def rule_rows(candidate: Candidate, policy: Policy) -> tuple[RuleRow, ...]:
    """A candidate's verdicts with all their values, for people who may see all of the lead."""
    most = points_of(policy)
    return tuple(_plainly(name, verdict, most) for name, verdict in candidate.verdicts.items())


def count_rounds(session: Session, lead_id: str) -> int:
    """How many decisions there are about a lead."""
    return session.scalar(select(func.max(RoutingRound.number)).where(RoutingRound.lead_id == lead_id)) or 0


def changes_for(session: Session, lead_id: str, number: int, partner_id: str) -> tuple[tuple[WhatIf, ...], Policy]:
    """What would have changed a round for a partner, and the policy that it was decided under.

    Raises:
        NotFound: the lead has no such round.
    """
    kept = session.get(RoutingRound, (lead_id, number))
    if kept is None:
        raise NotFound("this lead has no such round")
    inputs: Inputs = inputs_of(session, kept)
    return what_if(inputs, partner_id), inputs.policy


def _others(explained: Explanation, viewer_id: str, key: bytes, month: str) -> tuple[OtherRow, ...]:
    rows = [
        OtherRow(
            pseudonym(key, month, viewer_id, one.partner_id),
            one.rank,
            one.worth.value if one.fits else None,
            tuple(exclusion.code for exclusion in one.exclusions),
        )
        for one in explained.candidates
        if one.partner_id != viewer_id
    ]
    # The excluded by pseudonym: any other order would be the same for every viewer, and so tell who is who.
    return tuple(sorted(rows, key=lambda row: (not row.rank, row.rank, row.name)))


def _plainly(rule: str, verdict: Verdict, points: Mapping[str, int]) -> RuleRow:
    most = points.get(rule, 0)
    if isinstance(verdict, Excluded):
        return RuleRow(rule, False, 0, most, verdict.code, verdict.wanted, verdict.found)
    return RuleRow(rule, True, verdict.points, most, "", "", verdict.why)


def _as_told(rule: str, verdict: Verdict, teaser: dict[str, Any], most: Mapping[str, int]) -> RuleRow:
    """The verdict without what would tell more of the customer than its teaser."""
    row = _plainly(rule, verdict, most)
    if rule not in _TELLING:
        return row
    shown = str(teaser["employees"]) if rule == "size" else f"{teaser['postcode_area']}xx {teaser['canton']}".strip()
    if isinstance(verdict, Excluded):
        return RuleRow(rule, False, 0, row.most, row.code, shown, row.found)
    found = shown
    if row.found.endswith(" km"):
        found = f"≤ {_up_to_step(int(row.found.removesuffix(' km')))} km"
    elif row.found in {"*", UNKNOWN}:
        found = row.found
    return RuleRow(rule, True, _up_to_step(row.points), row.most, "", "", found)


def _up_to_step(value: int) -> int:
    return -(-value // _STEP) * _STEP
