"""Whom the rules admit to a lead, room left aside, and with how many points: one by one, or by columns. Pure.

What each rule says of somebody is its own affair, who gets the lead `ranking`'s.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import compress

from leads.facts import LeadFacts, PartnerFacts
from leads.rules import RULES, SCALES, SIEVES
from leads.standings import Standings
from leads.verdicts import OUT, Excluded, Fits, Verdict

# These come last: whoever only lacks room, or takes no live call, keeps its share of the lead.
ROOM = "capacity"
LIVE = "live"

_Judges = Sequence[tuple[str, Callable[[LeadFacts, PartnerFacts, datetime], Verdict]]]

# Those that exclude most at least cost come first: the choice stops at the first. Those that never exclude come last.
_FIRST = ("solution", "language", "complexity", "size")
_IN_ORDER = tuple(
    (name, rule.judge)
    for name, rule in sorted(
        RULES.items(),
        key=lambda one: (_FIRST.index(one[0]) if one[0] in _FIRST else len(_FIRST), not one[1].CODES, one[0]),
    )
    if name not in {ROOM, LIVE}
)
# Sieves that give no points have said all they have to say, and who is left, others exclude first.
_FIRST_BEHIND_SIEVES = ("size", "region")
_BEHIND_SIEVES = sorted(
    (name for name, _ in _IN_ORDER if name not in SIEVES or RULES[name].MAX_POINTS),
    key=lambda name: name not in _FIRST_BEHIND_SIEVES,
)


def admitted(
    partners: Sequence[PartnerFacts], lead: LeadFacts, most: Mapping[str, int], now: datetime
) -> Iterator[tuple[PartnerFacts, int]]:
    """Each whom the rules admit, with its points. `most`: what rules give at most, where not their own."""
    if isinstance(partners, Standings):
        for place, points in zip(*admitted_places(partners, lead, most, now), strict=True):
            yield partners.at(place), points
        return
    for partner in partners:
        points = 0
        for name, judge in _IN_ORDER:  # judging stops at the first rule that excludes
            verdict = judge(lead, partner, now)
            if isinstance(verdict, Excluded):
                break
            points += points_of(name, verdict.points, most)
        else:
            yield partner, points


def admitted_places(
    standings: Standings, lead: LeadFacts, most: Mapping[str, int], now: datetime
) -> tuple[list[int], list[int]]:
    """The same as places on the roster, in order, and the points of each: rule by rule, over all who are left."""
    places = standings.roster.possible(lead)
    points = [0] * len(places)
    for name in _BEHIND_SIEVES:
        given = _given(name, standings, places, (lead, now))
        if RULES[name].CODES and OUT in given:
            is_in = [one != OUT for one in given]
            places, points, given = (list(compress(these, is_in)) for these in (places, points, given))
        if RULES[name].MAX_POINTS:
            if name in most:
                given = [points_of(name, one, most) for one in given]
            points = list(map(int.__add__, points, given))
    return places, points


def _given(name: str, standings: Standings, places: Sequence[int], asked: tuple[LeadFacts, datetime]) -> list[int]:
    """What a rule gives to each of these, or `OUT`."""
    lead, now = asked
    if name not in SCALES:
        verdicts = (RULES[name].judge(lead, standings.at(place), now) for place in places)
        return [one.points if isinstance(one, Fits) else OUT for one in verdicts]
    return standings.given(name, SCALES[name].turns_on(lead, now), places)


def weighed(name: str, verdict: Verdict, most: Mapping[str, int]) -> Verdict:
    """A verdict with its points as the policy weighs them."""
    if isinstance(verdict, Excluded) or name not in most:
        return verdict
    return Fits(points_of(name, verdict.points, most), verdict.why)


def points_of(name: str, points: int, most: Mapping[str, int]) -> int:
    """A rule's points as the policy weighs them."""
    return points * most[name] // RULES[name].MAX_POINTS if name in most else points
