"""The best that could have been done with past leads, all of them known beforehand: the yardstick for fit. Pure.

An exact transport problem, solved by shortest augmenting paths over partners: leads are many, partners few.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from leads.yardstick import PastLead


def best_points(leads: Sequence[PastLead], capacity: Mapping[str, int], *, keep_relations: bool = False) -> int:
    """The greatest sum of points that any assignment within capacity reaches, period by period.

    `keep_relations`: leads that a relation bound stay with their partner.
    """
    by_period: dict[str, list[PastLead]] = defaultdict(list)
    for lead in leads:
        by_period[lead.period].append(lead)
    return sum(_best_of_period(those, capacity, keep_relations=keep_relations) for those in by_period.values())


def _best_of_period(leads: Sequence[PastLead], capacity: Mapping[str, int], *, keep_relations: bool) -> int:
    left = dict(capacity)
    total = 0
    free = []
    for lead in leads:
        if keep_relations and lead.bound_to in lead.points:
            left[lead.bound_to] = left.get(lead.bound_to, 0) - 1
            total += lead.points[lead.bound_to]
        else:
            free.append(lead)
    return total + _Assignment({name: max(0, room) for name, room in left.items()}).assign_all(free)


class _Assignment:
    """Leads that have partners, and the cheapest way to move one from a partner to another."""

    def __init__(self, room: dict[str, int]) -> None:
        self._room = room
        self._held: dict[str, list[PastLead]] = {name: [] for name in room}
        # By (from, to): what the best lead to move loses, and which lead that is.
        self._moves: dict[str, dict[str, tuple[int, PastLead]]] = {name: {} for name in room}

    def assign_all(self, leads: Sequence[PastLead]) -> int:
        """The points of the best assignment. Each lead adds a best path, so the assignment stays the best one.

        A lead that gains nothing stays out; so may one that was in, when the path ends at its place.
        """
        for lead in leads:
            self._add(lead)
        return sum(lead.points[name] for name, held in self._held.items() for lead in held)

    def _add(self, lead: PastLead) -> None:
        gain = {name: points for name, points in lead.points.items() if name in self._room}
        came_from: dict[str, tuple[str, PastLead]] = dict.fromkeys(gain, ("", lead))
        # Bellman-Ford by rounds: gains along a path may fall, so Dijkstra would need potentials.
        changed = list(gain)
        while changed:
            grown = set()
            for name in changed:
                for other, (loss, moved) in self._moves[name].items():
                    if gain[name] - loss > gain.get(other, -1) and not _is_before(other, name, came_from):
                        gain[other] = gain[name] - loss
                        came_from[other] = (name, moved)
                        grown.add(other)
            changed = sorted(grown)
        end, dropped = self._best_end(gain)
        if end:
            self._carry_out(end, dropped, came_from)

    def _best_end(self, gain: Mapping[str, int]) -> tuple[str, PastLead | None]:
        best, end, dropped = 0, "", None
        for name, so_far in gain.items():
            if len(self._held[name]) < self._room[name]:
                if so_far > best:
                    best, end, dropped = so_far, name, None
            elif self._held[name]:
                least = min(self._held[name], key=lambda held: held.points[name])
                if so_far - least.points[name] > best:
                    best, end, dropped = so_far - least.points[name], name, least
        return end, dropped

    def _carry_out(self, end: str, dropped: PastLead | None, came_from: Mapping[str, tuple[str, PastLead]]) -> None:
        touched = {end}
        if dropped is not None:
            self._held[end].remove(dropped)
        at = end
        while at:
            before, moved = came_from[at]
            self._held[at].append(moved)
            if before:
                self._held[before].remove(moved)
                touched.add(before)
            at = before
        for name in touched:
            self._moves[name] = self._cheapest_moves(name)

    def _cheapest_moves(self, name: str) -> dict[str, tuple[int, PastLead]]:
        moves: dict[str, tuple[int, PastLead]] = {}
        for held in self._held[name]:
            for other, points in held.points.items():
                if other == name or other not in self._room:
                    continue
                loss = held.points[name] - points
                if other not in moves or loss < moves[other][0]:
                    moves[other] = (loss, held)
        return moves


def _is_before(name: str, at: str, came_from: Mapping[str, tuple[str, PastLead]]) -> bool:
    """Whether `name` lies on the path to `at`: a path never meets itself."""
    while at:
        if at == name:
            return True
        at = came_from[at][0]
    return False
