"""Plays a season lead by lead: the product's own choice and yardstick, or a simpler way for comparison."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from benchmarks.routing.world import ComingLead, World
from foundation.postcodes import all_places, places_of
from leads.facts import PartnerFacts, Policy, Profile
from leads.ranking import PROTECTION, RELATION, TURN, WHOLE_LEAD_MILLI, Inputs, choose
from leads.settlement import settle
from leads.yardstick import Lesson, PastLead, Terms, by_holder, is_night_of_learning, learn

_WINDOW_DAYS = 42
_MIDDLE = "6060"
_CLAIMS = frozenset({PROTECTION, RELATION})
_COSTS = {"accepted": WHOLE_LEAD_MILLI, "timed_out": WHOLE_LEAD_MILLI // 2}


@dataclass
class Course:
    """How a season went. `given` is empty where nobody took the lead; `bound` has those whom a relation decided."""

    given: list[str] = field(default_factory=list)
    bound: list[str] = field(default_factory=list)
    broken: int = 0  # relations whose partner was admitted and had room, and did not get the first offer


# What a partner does with an offer: accepted, declined or timed_out.
Answer = Callable[[ComingLead, str, int], str]


def always_accepts(lead: ComingLead, partner_id: str, points: int) -> str:
    """Takes whatever it is offered."""
    return "accepted"


@dataclass
class _Season:
    """A season under way, with what the product keeps in rows."""

    world: World
    policy: Policy
    answer: Answer
    seed: str
    course: Course = field(default_factory=Course)
    taken: Counter[str] = field(default_factory=Counter)
    credit: Counter[str] = field(default_factory=Counter)
    entitled: Counter[str] = field(default_factory=Counter)
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    past: list[tuple[ComingLead, PastLead]] = field(default_factory=list)
    credited: Counter[str] = field(default_factory=Counter)  # this week, by holder


def play(world: World, policy: Policy, answer: Answer = always_accepts, seed: str = "benchmark") -> Course:
    """The product's way: each lead is offered up to `max_offers` times, each time with a fresh choice."""
    season = _Season(world, policy, answer, seed)
    start, week, day = world.leads[0].at.date(), -1, None
    for lead, points in zip(world.leads, world.points, strict=True):
        if lead.week != week:
            _settle(season, week)
            week, season.taken = lead.week, Counter()
        if lead.at.date() != day:
            day = lead.at.date()
            _learn(season, start, day)
        _offer_until_taken(season, lead, points)
    return season.course


def _offer_until_taken(season: _Season, lead: ComingLead, points: dict[str, int]) -> None:
    had: dict[str, str] = {}
    is_shared, bound, given = False, "", ""
    holders = {one.partner_id: one.holder for one in season.world.partners}
    for number in range(season.policy.max_offers):
        facts = tuple(_facts(season, one, had, lead) for one in season.world.partners)
        asked = Inputs(lead.facts, facts, lead.relations, season.policy, lead.at, lead.protections, season.seed)
        choice = choose(asked)
        if number == 0:
            # A protection goes before a relation, so it does not break one.
            season.course.broken += not lead.protections and _is_broken(lead, facts, points, choice.partner_id)
            bound = choice.partner_id if choice.basis in _CLAIMS else ""
        if not choice.partner_id:
            break
        if choice.basis == TURN and not is_shared:
            is_shared = True
            season.credit.update(dict(choice.shares))
            season.entitled.update(dict(choice.shares))
            season.credited.update({holders[name]: milli for name, milli in choice.shares})
        outcome = season.answer(lead, choice.partner_id, points.get(choice.partner_id, 0))
        if choice.basis == TURN:
            season.credit[choice.partner_id] -= _COSTS.get(outcome, 0)
        if outcome == "accepted":
            season.taken[choice.partner_id] += 1
            given = choice.partner_id
            break
        had[choice.partner_id] = outcome
    season.course.given.append(given)
    season.course.bound.append(bound if bound == given else "")
    season.past.append((lead, past_lead(season.world, lead, points, season.course.bound[-1])))


def _is_broken(lead: ComingLead, facts: tuple[PartnerFacts, ...], points: dict[str, int], chosen: str) -> bool:
    for relation in lead.relations:
        holder = next(one for one in facts if one.partner_id == relation.partner_id)
        room = holder.profile.weekly_capacity if holder.room is None else holder.room
        if relation.partner_id in points and holder.taken < room:
            return chosen != relation.partner_id
    return False


def _facts(season: _Season, partner: PartnerFacts, had: dict[str, str], lead: ComingLead) -> PartnerFacts:
    lesson = season.lessons.get(partner.holder, Lesson())
    branches = [partner]
    if partner.profile.owner:
        branches = [one for one in season.world.partners if one.holder == partner.holder]
    names = [one.partner_id for one in branches]
    weeks = max(1.0, (lead.at - season.world.leads[0].at) / timedelta(weeks=1))
    return replace(
        partner,
        taken=sum(season.taken[name] for name in names),
        room=max(one.profile.weekly_capacity for one in branches),
        had_this_lead=had.get(partner.partner_id, ""),
        credit_milli=sum(season.credit[name] for name in names),
        weekly_milli=int(sum(season.entitled[name] for name in names) / weeks),
        weight_milli=lesson.weight_milli,
        price_milli=lesson.price_milli,
    )


def _settle(season: _Season, week: int) -> None:
    leads = [past for lead, past in season.past if lead.week == week]
    found = settle(str(week), leads, season.credited, terms_of(season.world))
    first = {one.holder: one.partner_id for one in reversed(season.world.partners)}
    for holder, milli in found.corrections.items():
        season.credit[first[holder]] += milli
        season.entitled[first[holder]] += milli
    season.credited = Counter()


def _learn(season: _Season, start: date, day: date) -> None:
    if not season.past or not is_night_of_learning(start, day):
        return
    since = season.past[-1][0].at - timedelta(days=_WINDOW_DAYS)
    window = [(lead.at.date(), past) for lead, past in season.past if lead.at > since]
    # Five working days make a week: the weekend brings nothing.
    worked = len({worked_on for worked_on, _ in window})
    season.lessons = learn([past for _, past in window], terms_of(season.world), periods=worked / 5)


def past_lead(world: World, lead: ComingLead, points: dict[str, int], bound_to: str) -> PastLead:
    """A lead as the yardstick sees it: branches of one owner are one."""
    holders = {one.partner_id: one.holder for one in world.partners}
    return PastLead(str(lead.week), by_holder(points, holders), holders.get(bound_to, ""))


def terms_of(world: World) -> dict[str, Terms]:
    """Capacity and weight of each partner, of branches with one owner those of the largest."""
    largest: dict[str, int] = {}
    for one in world.partners:
        largest[one.holder] = max(largest.get(one.holder, 0), one.profile.weekly_capacity)
    return {holder: Terms(capacity, capacity) for holder, capacity in largest.items()}


def greedy(world: World) -> Course:
    """The best fit with room, after relations."""

    def best(lead: ComingLead, free: dict[str, int]) -> str:
        return max(sorted(free), key=free.__getitem__)

    return _simple(world, best, honours=True)


def round_robin(world: World) -> Course:
    """Whoever is furthest behind its weight among those admitted; relations and fit count for nothing."""
    got: Counter[str] = Counter()
    weights = {one.partner_id: one.profile.weekly_capacity for one in world.partners}

    def next_one(lead: ComingLead, free: dict[str, int]) -> str:
        name = min(sorted(free), key=lambda one: (got[one] + 1) / weights[one])
        got[name] += 1
        return name

    return _simple(world, next_one, honours=False)


def _simple(world: World, pick: Callable[[ComingLead, dict[str, int]], str], *, honours: bool) -> Course:
    course, taken, week = Course(), Counter[str](), -1
    room = {one.partner_id: one.profile.weekly_capacity for one in world.partners}
    for lead, points in zip(world.leads, world.points, strict=True):
        if lead.week != week:
            week, taken = lead.week, Counter()
        free = {name: value for name, value in points.items() if taken[name] < room[name]}
        related = next((one.partner_id for one in lead.relations if one.partner_id in free), "")
        bound = related if honours else ""
        given = bound or (pick(lead, free) if free else "")
        taken[given] += 1
        course.given.append(given)
        course.bound.append(bound)
        course.broken += bool(related) and given != related
    return course


def box_and_dice(world: World, seed: int) -> Course:
    """As Odoo's partner assignment: those in a box around the customer, widened until somebody is in it, by dice.

    addons/website_crm_partner_assign/models/crm_lead.py: degrees ±2/±1.5, ±4/±3, ±8/±8, then the country; weights by
    grade; neither skill, language, size, room nor relation. Its known fault in batches is not copied.
    """
    chance = random.Random(seed)
    course = Course()
    homes = {one.partner_id: _degrees(_home_of(one.profile)) for one in world.partners}
    weights = {one.partner_id: one.profile.weekly_capacity for one in world.partners}
    for lead in world.leads:
        north, east = _degrees(lead.facts.postcode)
        inside: list[str] = []
        for tall, wide in ((2.0, 1.5), (4.0, 3.0), (8.0, 8.0), (90.0, 180.0)):
            inside = [name for name, (y, x) in homes.items() if abs(y - north) <= tall and abs(x - east) <= wide]
            if inside:
                break
        given = chance.choices(inside, [weights[name] for name in inside])[0]
        course.given.append(given)
        course.bound.append("")
    for lead, points, given in zip(world.leads, world.points, course.given, strict=True):
        course.broken += any(one.partner_id in points and one.partner_id != given for one in lead.relations)
    return course


def _home_of(profile: Profile) -> str:
    """Where a partner sits; where its file does not say, in the middle of what it covers, or of the country."""
    if profile.home_postcode:
        return profile.home_postcode
    covered = [
        postcode
        for postcode, places in sorted(all_places().items())
        if postcode.startswith(profile.postcodes or ("-",)) or places[0].canton in profile.cantons
    ]
    return covered[len(covered) // 2] if covered else _MIDDLE


def _degrees(postcode: str) -> tuple[float, float]:
    place = places_of(postcode)[0]
    return place.latitude, place.longitude
