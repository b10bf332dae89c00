"""The policy lab: what a changed policy would have done with past leads, from what their decisions rested on. Pure.

Every lead's first choice is made again under both policies; where it falls on somebody who declined that very lead in
fact, or let it lapse, the next one is chosen as routing does. What differs is carried on: whoever would have got a lead
has less room and credit for the next one, whoever would not has more. Of all others nobody knows how they would answer.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from leads.facts import PartnerFacts, Policy
from leads.optimum import best_points
from leads.ranking import TURN, WHOLE_LEAD_MILLI, Choice, Inputs, admitted_but_for_room, choose
from leads.yardstick import PastLead, Terms, by_holder, entitlements, jain_index

_SWISS_TIME = ZoneInfo("Europe/Zurich")
# A smaller entitlement says nothing of fairness: whole leads alone would decide.
_ENOUGH_ENTITLED = 2.0


@dataclass(frozen=True)
class Measures:
    """How good and how fair, in thousandths. `fit_milli` is of the best under the same promises, by today's points."""

    fit_milli: int
    jain_milli: int
    worst_milli: int
    routed: int

    def to_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Effect:
    """What it comes to for one partner (or owner of branches): leads before and after, and its entitlement."""

    holder: str
    before: int
    after: int
    entitled_milli: int


@dataclass(frozen=True)
class Trial:
    """What the changed policy would have done. `changed` leads would have gone to somebody else; `followed` says in how
    many somebody was passed over who had let that very lead go, before and after.
    """

    leads: int
    changed: int
    before: Measures
    after: Measures
    effects: tuple[Effect, ...]
    followed: tuple[int, int] = (0, 0)

    def to_json(self) -> dict[str, Any]:
        return {
            "leads": self.leads,
            "changed": self.changed,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "followed": list(self.followed),
            "partners": {one.holder: [one.before, one.after, one.entitled_milli] for one in self.effects},
        }


@dataclass(frozen=True)
class Refusal:
    """How a partner let a lead go in fact, declined or timed_out, and what that cost it, in thousandths of a lead."""

    how: str
    cost_milli: int


# By partner, of one lead.
Refusals = Mapping[str, Refusal]
_NONE: Refusals = MappingProxyType({})


@dataclass(frozen=True)
class _Played:
    """Who gets a lead in the end, and what those paid who were asked first and let it go."""

    choice: Choice
    let_go: tuple[tuple[str, int], ...] = ()


@dataclass
class _Course:
    """Two courses beside each other: who got each lead, and by how much the changed one is off the other."""

    given: list[tuple[str, str]]
    by_turn: list[tuple[bool, bool]]
    credit: Counter[str]
    taken: dict[str, Counter[str]]
    followed: list[int]


def try_policy(
    rounds: Sequence[Inputs],
    terms: Mapping[str, Terms],
    policy: Policy,
    refused: Mapping[str, Refusals] = MappingProxyType({}),
) -> Trial:
    """Play the first decisions of past leads, in their order, under their own policies and under this one.

    `terms` are each holder's capacity and weight, as `leads.yardstick` has them; `refused` says by lead who let it go.
    """
    course = _Course([], [], Counter(), defaultdict(Counter), [0, 0])
    past = [_play_one(course, inputs, policy, refused.get(inputs.lead.lead_id, _NONE)) for inputs in rounds]
    due = entitlements(past, terms)
    received = [_received(course, side) for side in (0, 1)]
    best = best_points(past, {name: its.capacity for name, its in terms.items()}, keep_relations=True)
    before, after = (_measures(course, past, due, best, side) for side in (0, 1))
    holders = sorted(set(due) | set(received[0]) | set(received[1]))
    effects = tuple(
        Effect(name, received[0][name], received[1][name], round(1000 * due.get(name, 0.0))) for name in holders
    )
    changed = sum(old != new for old, new in course.given)
    return Trial(len(past), changed, before, after, effects, (course.followed[0], course.followed[1]))


def _play_one(course: _Course, inputs: Inputs, policy: Policy, refused: Refusals) -> PastLead:
    year, week, _ = inputs.now.astimezone(_SWISS_TIME).isocalendar()
    period = f"{year}-{week:02}"
    holders = {one.partner_id: one.holder for one in inputs.partners}
    old = _play(inputs, refused)
    partners = tuple(_moved(one, course, course.taken[period]) for one in inputs.partners)
    new = _play(replace(inputs, policy=policy, partners=partners), refused)
    sides = (holders.get(old.choice.partner_id, ""), holders.get(new.choice.partner_id, ""))
    _carry_on(course, (old.choice, new.choice), sides, course.taken[period])
    for side, (sign, played) in enumerate(((1, old), (-1, new))):
        course.followed[side] += bool(played.let_go)
        for partner_id, cost in played.let_go:
            course.credit[holders[partner_id]] += sign * cost
    points = by_holder({one.partner_id: points for one, points in admitted_but_for_room(inputs)}, holders)
    return PastLead(period, points, sides[0] if old.choice.basis != TURN else "")


def _play(inputs: Inputs, refused: Refusals) -> _Played:
    """The choice, and on from those who let this lead go in fact, as far as the policy goes on."""
    choice, let_go = choose(inputs), list[tuple[str, int]]()
    while (refusal := refused.get(choice.partner_id)) is not None:
        let_go.append((choice.partner_id, refusal.cost_milli * (choice.basis == TURN)))
        if len(let_go) >= inputs.policy.max_offers:
            return _Played(Choice(), tuple(let_go))
        partners = tuple(
            replace(one, had_this_lead=refusal.how) if one.partner_id == choice.partner_id else one
            for one in inputs.partners
        )
        inputs = replace(inputs, partners=partners)
        choice = choose(inputs)
    return _Played(choice, tuple(let_go))


def _moved(partner: PartnerFacts, course: _Course, taken: Counter[str]) -> PartnerFacts:
    credit, more = course.credit[partner.holder], taken[partner.holder]
    if not credit and not more:
        return partner
    return replace(partner, credit_milli=partner.credit_milli + credit, taken=max(0, partner.taken + more))


def _carry_on(course: _Course, choices: tuple[Choice, Choice], sides: tuple[str, str], taken: Counter[str]) -> None:
    course.given.append(sides)
    course.by_turn.append((choices[0].basis == TURN, choices[1].basis == TURN))
    for sign, choice, holder in zip((-1, 1), choices, sides, strict=True):
        if holder:
            taken[holder] += sign
            course.credit[holder] -= sign * WHOLE_LEAD_MILLI * (choice.basis == TURN)


def _received(course: _Course, side: int) -> Counter[str]:
    return Counter(
        given[side]
        for given, by_turn in zip(course.given, course.by_turn, strict=True)
        if given[side] and by_turn[side]
    )


def _measures(course: _Course, past: Sequence[PastLead], due: Mapping[str, float], best: int, side: int) -> Measures:
    received = _received(course, side)
    shares = [received[name] / share for name, share in due.items() if share >= _ENOUGH_ENTITLED]
    reached = sum(lead.points.get(given[side], 0) for lead, given in zip(past, course.given, strict=True))
    return Measures(
        fit_milli=1000 * reached // best if best else 1000,
        jain_milli=round(1000 * jain_index(shares)) if shares else 1000,
        worst_milli=round(1000 * min(shares)) if shares else 1000,
        routed=sum(bool(given[side]) for given in course.given),
    )
