"""What a season of routing comes to: fit against both optima, fairness against entitlement, promises kept. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.routing.play import Course, past_lead, terms_of
from benchmarks.routing.world import World
from leads.optimum import best_points
from leads.yardstick import PastLead, entitlements, jain_index

# Whoever is entitled to less in the whole season is left out of fairness: integers alone would decide.
_ENTITLED_AT_LEAST = 10.0


@dataclass(frozen=True)
class Score:
    """Parts of one. `of_free` and `of_promised` are fit over the optimum without and with relations kept."""

    of_free: float
    of_promised: float
    jain: float
    worst: float
    routed: float
    ineligible: int
    broken: int


@dataclass(frozen=True)
class Optima:
    """The greatest sums of points of a world: free of promises, and with each relation kept that can be."""

    free: int
    promised: int


def optima_of(world: World) -> Optima:
    """Exact, by `leads.optimum`. Relations are kept in the order in which leads come, as far as there is room."""
    capacity = {one.partner_id: one.profile.weekly_capacity for one in world.partners}
    taken: Counter[tuple[int, str]] = Counter()
    past = []
    for lead, points in zip(world.leads, world.points, strict=True):
        bound = ""
        for relation in lead.relations:
            key = (lead.week, relation.partner_id)
            if relation.partner_id in points and taken[key] < capacity[relation.partner_id]:
                taken[key] += 1
                bound = relation.partner_id
        past.append(PastLead(str(lead.week), points, bound))
    return Optima(best_points(past, capacity), best_points(past, capacity, keep_relations=True))


def score(world: World, course: Course, optima: Optima) -> Score:
    """The score of a course. Fairness looks at the leads that no relation bound."""
    reached = sum(points.get(name, 0) for points, name in zip(world.points, course.given, strict=True))
    shares = _shares(world, course)
    return Score(
        of_free=reached / optima.free,
        of_promised=reached / optima.promised,
        jain=jain_index(shares) if shares else 1.0,
        worst=min(shares, default=1.0),
        routed=sum(map(bool, course.given)) / len(course.given),
        ineligible=sum(
            bool(name) and name not in points for points, name in zip(world.points, course.given, strict=True)
        ),
        broken=course.broken,
    )


def _shares(world: World, course: Course) -> Sequence[float]:
    rows = zip(world.leads, world.points, course.bound, strict=True)
    past = [past_lead(world, lead, points, bound) for lead, points, bound in rows]
    holders = {one.partner_id: one.holder for one in world.partners}
    received = Counter(
        holders[name] for name, bound in zip(course.given, course.bound, strict=True) if name and not bound
    )
    due = entitlements(past, terms_of(world))
    return [received[name] / share for name, share in due.items() if share >= _ENTITLED_AT_LEAST]
