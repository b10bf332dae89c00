"""What the past weeks' leads teach about the partners: who is entitled to how much, whose room is scarce, and the best
that could have been done. Pure.

Run each night. The router only adds up what is found here; how it decides is in `ranking`. Entitlement follows
"water-filling": a lead is shared by weight among all whom the hard rules admit, and who is full passes its share on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

# What prices see to: a little less than the whole, as credit does the rest.
FLOOR = 0.95
_FORTNIGHT, _MONDAY = 14, 0
_FILLING_ROUNDS = 60
_BIDDING_ROUNDS = 80
_FIRST_STEP, _LAST_STEP, _STEP_SHRINKS = 0.08, 0.008, 0.96
# A price is at most so much of a whole fit, a subsidy at most so much.
_DEAREST, _CHEAPEST = 0.6, -0.4
# A price that earns sees to so much of what its leads need: whole, it moves more of them than the share lacks.
_EARNS = 0.85
# Between its bounds a price fades: it only stays where it is needed.
_FADES = 0.97


@dataclass(frozen=True)
class PastLead:
    """A lead of the past: its period (weeks are counted apart, as capacity is), and the points of each partner whom
    the hard rules admit, room left aside. `bound_to` is the partner of a relation that was honoured; empty: none.
    """

    period: str
    points: Mapping[str, int]
    bound_to: str = ""


@dataclass(frozen=True)
class Terms:
    """A partner's own: how many leads a period it takes, and its weight among others (by default its capacity)."""

    capacity: int
    weight: int


@dataclass(frozen=True)
class Lesson:
    """What was learned of one partner. `weight_milli`: what is left of its weight so that nobody is entitled to more
    than it can take. `price_milli`: points that a place with it costs (scarce) or earns (owed a share, negative).
    """

    weight_milli: int = 1000
    price_milli: int = 0


def by_holder(points: Mapping[str, int], holders: Mapping[str, str]) -> dict[str, int]:
    """Points by who is entitled: branches of one owner count as one, by the best of them."""
    found: dict[str, int] = {}
    for name, value in points.items():
        holder = holders[name]
        found[holder] = max(found.get(holder, 0), value)
    return found


def is_night_of_learning(first: date, day: date) -> bool:
    """Whether the night before this day teaches: each in the first fortnight after the first lead's day, while there is
    little to go by; then each Monday's, when a week is over.
    """
    age = (day - first).days
    return age > 0 and (age < _FORTNIGHT or day.weekday() == _MONDAY)


def learn(
    leads: Sequence[PastLead], terms: Mapping[str, Terms], floor: float = FLOOR, periods: float = 0.0
) -> dict[str, Lesson]:
    """A lesson for every partner. `floor`: the part of its entitlement that the prices see to. `periods`: how many the
    leads span, where the first or last is cut short; 0: as many as they name.
    """
    periods = periods or max(1, len({lead.period for lead in leads}))
    room = _room(leads, terms, periods)
    open_leads = [lead for lead in leads if not lead.bound_to]
    factors, entitled = _fill(open_leads, terms, room)
    prices = _bid(open_leads, room, {name: floor * share for name, share in entitled.items()})
    return {
        name: Lesson(round(1000 * factors.get(name, 1.0)), _in_points(prices.get(name, 0.0))) for name in sorted(terms)
    }


def entitlements(leads: Sequence[PastLead], terms: Mapping[str, Terms]) -> dict[str, float]:
    """How many of the leads that no relation bound each partner was entitled to, period by period."""
    by_period: dict[str, list[PastLead]] = defaultdict(list)
    for lead in leads:
        by_period[lead.period].append(lead)
    total = dict.fromkeys(terms, 0.0)
    for those in by_period.values():
        room = _room(those, terms, 1)
        _, entitled = _fill([lead for lead in those if not lead.bound_to], terms, room)
        for name, share in entitled.items():
            total[name] += min(share, room[name])
    return total


def jain_index(shares: Sequence[float]) -> float:
    """How even shares are: 1 when all are equal, 1/n when one has everything (Jain, Chiu and Hawe, 1984)."""
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 1.0


def _room(leads: Sequence[PastLead], terms: Mapping[str, Terms], periods: float) -> dict[str, float]:
    """What is left of each partner's capacity after the leads that relations bound."""
    room = {name: float(its.capacity * periods) for name, its in terms.items()}
    for lead in leads:
        if lead.bound_to in room:
            room[lead.bound_to] = max(0.0, room[lead.bound_to] - 1.0)
    return room


def _fill(
    leads: Sequence[PastLead], terms: Mapping[str, Terms], room: Mapping[str, float]
) -> tuple[dict[str, float], dict[str, float]]:
    """Factors on weights, lowered until nobody is entitled to more than it has room for; and the entitlements."""
    factors = {name: 1.0 if room[name] > 0 else 0.0 for name in terms}
    entitled: dict[str, float] = {}
    for _ in range(_FILLING_ROUNDS):
        entitled = dict.fromkeys(terms, 0.0)
        for lead in leads:
            weights = {name: terms[name].weight * factors[name] for name in lead.points if name in terms}
            total = sum(weights.values())
            if total <= 0:
                continue
            for name, weight in weights.items():
                entitled[name] += weight / total
        over = [name for name, share in entitled.items() if share > room[name] * 1.001]
        for name in over:
            factors[name] *= room[name] / entitled[name]
        if not over:
            break
    return factors, entitled


def _bid(leads: Sequence[PastLead], room: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """Prices at which every lead, going where it gains most, keeps each partner between its floor and its room.

    Dual ascent on the assignment; the mean of the second half is the answer, as single rounds swing.
    """
    prices = dict.fromkeys(room, 0.0)
    means = dict.fromkeys(room, 0.0)
    step = _FIRST_STEP
    for number in range(_BIDDING_ROUNDS):
        taken = dict.fromkeys(room, 0)
        for lead in leads:
            best, most = "", 0.0
            for name, points in lead.points.items():
                gain = points / 1000 - prices.get(name, inf)
                if gain > most:
                    best, most = name, gain
            if best:
                taken[best] += 1
        for name, count in taken.items():
            pull = _pull(count, floors.get(name, 0.0), max(0.5, room[name]))
            moved = prices[name] * _FADES if pull == 0.0 else prices[name] + step * pull
            prices[name] = max(_CHEAPEST, min(_DEAREST, moved))
        step = max(_LAST_STEP, step * _STEP_SHRINKS)
        if number >= _BIDDING_ROUNDS // 2:
            for name, price in prices.items():
                means[name] += price / (_BIDDING_ROUNDS - _BIDDING_ROUNDS // 2)
    return means


def _in_points(price: float) -> int:
    return round(1000 * (price if price > 0 else _EARNS * price))


def _pull(count: int, floor: float, room: float) -> float:
    if count > room:
        return min(1.0, (count - room) / room)
    if count < floor:
        return max(-1.0, (count - floor) / max(1.0, floor))
    return 0.0
